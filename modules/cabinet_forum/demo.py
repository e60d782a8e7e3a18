"""The demo's side of the forum: boards for all clients, for one, for our own people, with talk in them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cabinet.audience.values import Audience, of_staff
from cabinet.db.scope import ALL
from cabinet.identity.models import Membership
from cabinet.interfaces import IPeople
from cabinet_forum.interfaces import IBoards, ISubscriptions, ITopics
from cabinet_forum.models import Board, Topic

STAR, SIMPLE, HEAD, MANAGER = "client@demo.example", "client2@demo.example", "head@demo.example", "manager@demo.example"
_QUESTIONS, _CRAFT, _OWN, _US = "Вопросы и ответы", "Опыт и приёмы", "Объект на Садовой", "Внутреннее"


@dataclass(frozen=True, slots=True)
class _Talk:
    """A topic: days ago it began, and who said what, a post a day."""

    board: str
    title: str
    ago: int
    posts: tuple[tuple[str, str], ...]
    acts: tuple[str, ...] = ()


_BOARDS = (
    (_QUESTIONS, "Спрашивайте о работе, документах и оплате: отвечаем мы и те, кто уже прошёл через это"),
    (_CRAFT, "Чем делитесь друг с другом вы: что помогло, что нет"),
    (_OWN, "Всё об этом объекте: сроки, допуски, фотографии"),
    (_US, "Видят только наши сотрудники"),
)

_TALKS = (
    _Talk(
        _QUESTIONS,
        "Как пользоваться форумом",
        60,
        (
            (
                HEAD,
                (
                    "Добрый день!\n\nЗдесь можно **спросить** и **ответить**. Несколько правил:\n\n- одна тема — один вопрос;\n"
                    "- номера счетов и суммы пишите в обращении, а не здесь: форум видят все клиенты;\n"
                    "- кто отвечает, тому спасибо.\n\nДругих клиентов вы видите по имени, без названия компании."
                ),
            ),
        ),
        ("pin", "lock"),
    ),
    _Talk(
        _QUESTIONS,
        "Чем УПД отличается от акта и счёта-фактуры?",
        34,
        (
            (SIMPLE, "Раньше приходили акт и счёт-фактура, теперь один УПД. Для бухгалтерии это одно и то же?"),
            (
                MANAGER,
                (
                    "Да. УПД со статусом **1** заменяет оба документа:\n\n| Было | Стало |\n|---|---|\n| акт | УПД, статус 1 или 2 |\n"
                    "| счёт-фактура | УПД, статус 1 |\n\nНомер и дата одни, хранить нужно один файл."
                ),
            ),
            (STAR, "> Номер и дата одни\n\nМы тоже сначала сомневались, налоговая приняла без вопросов."),
            (SIMPLE, "Спасибо, всё понятно."),
        ),
    ),
    _Talk(
        _QUESTIONS,
        "Можно ли платить с двух расчётных счетов?",
        19,
        (
            (STAR, "Открыли второй счёт в другом банке. Нужно ли предупреждать, прежде чем платить с него?"),
            (MANAGER, "Не обязательно: платёж узнают по ИНН и номеру счёта в назначении. Но карточку лучше обновить."),
        ),
    ),
    _Talk(
        _CRAFT,
        "Как подготовить помещение к зиме",
        12,
        (
            (
                STAR,
                (
                    "Собрали свой список, дополняйте:\n\n1. промыть фильтры до первых холодов;\n2. проверить автоматику на ночном режиме;\n"
                    "3. записать показания счётчиков *до* пуска."
                ),
            ),
            (SIMPLE, "Ещё: закрыть приточку на выходные. У нас это дало заметную разницу в счёте за тепло."),
            (MANAGER, "Хороший список! Пункт 2 делаем бесплатно при плановом выезде, просто напомните о нём в заявке."),
        ),
    ),
    _Talk(
        _CRAFT,
        "Кто хранит документы только в электронном виде?",
        5,
        ((SIMPLE, "Хотим отказаться от бумаги совсем. Кто уже так живёт, что говорит аудит?"),),
    ),
    _Talk(
        _OWN,
        "Допуск бригады на ноябрь",
        8,
        (
            (STAR, "Список людей прежний? Пропуска заканчиваются в конце месяца."),
            (MANAGER, "Меняется один человек, пришлю до четверга. Остальные те же."),
            (STAR, "Принято, жду."),
        ),
    ),
    _Talk(
        _US,
        "Кому переслать вопрос о скидке?",
        3,
        (
            (MANAGER, "Клиент просит скидку за годовую предоплату. Отвечать мне или это решает руководитель?"),
            (HEAD, "До 5 % решай сам, больше — ко мне. Запиши условие в договор, не только в переписку."),
        ),
    ),
)


def fill(registry: Any, demo: Any) -> None:  # noqa: ARG001 - as every step is called
    """Boards, then talk as it went on."""
    with demo.on(demo.today - datetime.timedelta(days=61)) as request:
        people = {email: request.find_service(IPeople).by_email(email) for email in (STAR, SIMPLE, HEAD, MANAGER)}
        theirs = {e: _client_of(request, people[e].id) for e in (STAR, SIMPLE)}
    with demo.on(demo.today - datetime.timedelta(days=61), by=people[HEAD].id) as request:
        for_whom = {_OWN: Audience("chosen", frozenset({theirs[STAR]})), _US: Audience("staff")}
        boards = {
            title: request.find_service(IBoards).add(title, about, for_whom.get(title, Audience("clients")), place).id
            for place, (title, about) in enumerate(_BOARDS)
        }
        follow = request.find_service(ISubscriptions).follow
        for board in request.find_service(IBoards).visible(of_staff(ALL)):
            follow(people[MANAGER].id, None, board=board)
    for talk in sorted(_TALKS, key=lambda one: -one.ago):
        _talk(demo, talk, boards[talk.board], people, theirs)


def _talk(demo: Any, talk: _Talk, board_id: int, people: Any, theirs: Any) -> None:
    topic_id = 0
    for n, (email, text) in enumerate(talk.posts):
        day = demo.today - datetime.timedelta(days=talk.ago - n)
        with demo.on(day, 11 + n, by=people[email].id) as request:
            topics, client_id = request.find_service(ITopics), theirs.get(email)
            if n == 0:
                topic = topics.start(request.db.get_one(Board, board_id), talk.title, text, client_id)
                topic_id = topic.id
            else:
                topic = request.db.get_one(Topic, topic_id)
                topics.reply(topic, text, client_id)
            request.find_service(ISubscriptions).follow(people[email].id, client_id, topic=topic)
    with demo.on(demo.today - datetime.timedelta(days=talk.ago), 12, by=people[HEAD].id) as request:
        for act in talk.acts:
            request.find_service(ITopics).moderate(request.db.get_one(Topic, topic_id), act)


def _client_of(request: Any, user_id: int) -> int:
    return request.db.scalars(select(Membership.client_id).where(Membership.user_id == user_id)).one()  # type: ignore[no-any-return]
