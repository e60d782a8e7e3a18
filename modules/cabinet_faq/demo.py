"""What the demo firm is asked: written by its people through the service, as everything in the demo is."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from typing import Any

from cabinet.audience.values import GUEST, Audience
from cabinet.interfaces import ISettings
from cabinet_faq.interfaces import FOR_GUESTS, IFaq, QuestionFacts, Voter

PUBLIC, CLIENTS, STAFF = Audience("public"), Audience("clients"), Audience("staff")


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    answer: str
    audience: Audience


GROUPS: tuple[tuple[str, tuple[_Asked, ...]], ...] = (
    (
        "Счета и оплата",
        (
            _Asked(
                "Как оплатить счёт?",
                "Откройте раздел **Деньги**, выберите счёт и нажмите «Оплатить».\n\n"
                "1. Отсканируйте QR-код в приложении своего банка, или\n"
                "2. скачайте счёт в PDF и отдайте его бухгалтеру, или\n"
                "3. скопируйте реквизиты со страницы счёта.\n\n"
                "В назначении платежа укажите номер счёта: так деньги найдут его сами.",
                PUBLIC,
            ),
            _Asked(
                "Когда оплата появится в кабинете?",
                "Обычно на следующее утро после того, как банк провёл платёж: мы загружаем выписку каждый рабочий день. "
                "Если прошло больше двух дней, напишите своему менеджеру и приложите платёжное поручение.",
                PUBLIC,
            ),
            _Asked(
                "Можно ли одним платежом оплатить несколько счетов?",
                "Да. Перечислите номера счетов в назначении: «Оплата по сч. 15, 17». Что останется сверх них, "
                "ляжет на ваш баланс, и следующий счёт можно будет погасить с него.",
                CLIENTS,
            ),
            _Asked(
                "Что делать, если мы заплатили больше, чем нужно?",
                "Ничего страшного: лишнее остаётся на балансе. Его можно зачесть в следующий счёт или вернуть, "
                "для возврата пришлите письмо с реквизитами.",
                CLIENTS,
            ),
        ),
    ),
    (
        "Документы",
        (
            _Asked(
                "Где взять акт выполненных работ?",
                "В разделе **Документы** рядом со счётом. Акт можно скачать в PDF с печатью и подписью; "
                "оригинал мы отправляем почтой раз в квартал или раньше, если попросите.",
                PUBLIC,
            ),
            _Asked(
                "Как получить акт сверки?",
                "Откройте **Деньги → Акты сверки**. Готовый акт можно принять прямо в кабинете или указать строку, "
                "с которой вы не согласны: мы увидим её сразу.",
                CLIENTS,
            ),
            _Asked(
                "Как исправить реквизиты в счёте?",
                "Проверьте реквизиты на странице **Наша компания**. Если там старые данные, напишите менеджеру: "
                "после исправления он пришлёт новый счёт, а прежний отменит.",
                CLIENTS,
            ),
        ),
    ),
    (
        "Доступ и безопасность",
        (
            _Asked(
                "Как дать доступ коллеге?",
                "Администратор вашей компании открывает **Коллеги** и приглашает его по адресу почты. "
                "Роль решает, что он увидит: бухгалтер — деньги, покупатель — счета без баланса.",
                CLIENTS,
            ),
            _Asked(
                "Я забыл пароль. Как войти?",
                "На странице входа нажмите «Забыли пароль?»: письмо со ссылкой придёт через минуту и действует один час. "
                "Если письма нет, загляните в папку со спамом.",
                PUBLIC,
            ),
        ),
    ),
    (
        "Для своих",
        (
            _Asked(
                "Клиент просит скидку. Кто решает?",
                "До 5 % — менеджер, до 15 % — руководитель. Причину пишем в примечании к договору, чтобы через год "
                "было понятно, откуда она взялась.",
                STAFF,
            ),
            _Asked(
                "Деньги пришли без назначения. Что делать?",
                "Оставьте строку в очереди и спросите клиента. **Не зачисляйте наугад**: исправлять придётся в двух местах.",
                STAFF,
            ),
        ),
    ),
)
DRAFT = _Asked("Сколько хранятся документы?", "Черновик: уточнить сроки у бухгалтерии.", CLIENTS)


def fill(registry: Any, demo: Any) -> None:  # noqa: ARG001 - what every step is given
    """Groups and answers, then what readers made of them."""
    chance = random.Random(7)  # noqa: S311 - made-up figures, the same in every demo
    head = demo.shared.get("client_manager.head")  # None where the module that makes our people is not there
    with demo.on(demo.today - datetime.timedelta(days=90), by=head) as request:
        faq = request.find_service(IFaq)
        for title, questions in GROUPS:
            group = faq.add_group(title)
            for asked in questions:
                faq.publish(faq.add(QuestionFacts(asked.question, asked.answer, group, asked.audience)))
            if title == "Документы":
                faq.add(QuestionFacts(DRAFT.question, DRAFT.answer, group, DRAFT.audience))
        request.find_service(ISettings).change({FOR_GUESTS: True})
    with demo.on(demo.today - datetime.timedelta(days=3)) as request:
        faq = request.find_service(IFaq)
        for shelf in faq.shelves(GUEST):
            for row in shelf.questions:
                for _n in range(chance.randrange(20, 60)):
                    faq.count_read(row)
                for n in range(chance.randrange(4, 9)):
                    faq.rate(row, Voter(guest=f"demo {n}"), chance.random() < 0.85)
