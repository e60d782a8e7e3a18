"""News of the made-up firm: for everybody, for clients with a kind of contract, for its own people; some must be accepted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from cabinet.audience.values import CHOSEN, Audience
from cabinet.interfaces import IAudiences, IClock, IPeople, ISettings
from cabinet_news.interfaces import ArticleFacts, INews
from cabinet_news.models import Article
from cabinet_news.resources import OPEN
from cabinet_news.services import READ, VIEW

_EVERYBODY, _CLIENTS, _STAFF = Audience("public"), Audience("clients"), Audience("staff")
_HEAD, _MANAGER = "head@demo.example", "manager@demo.example"
_KEPT_FOR = "client@demo.example"
"""Who has not accepted yet, so that whoever tries the demo can."""


def _with_contract(kind: str) -> Audience:
    return Audience(CHOSEN, groups=frozenset({("client_manager.contract_kind", kind)}))


@dataclass(frozen=True, slots=True)
class _Piece:
    """``days``: since it appeared, less than nothing for one that waits, None for a draft; ``lasts``: days until it is over."""

    days: int | None
    audience: Audience
    title: str
    body: str
    lasts: int | None = None
    pinned: bool = False
    must_accept: bool = False
    by: str = _MANAGER


_PIECES = (
    _Piece(
        64,
        _CLIENTS,
        "Перерыв в работе телефонной линии",
        "В четверг **с 10 до 12 часов** связисты переключают нашу линию. Пишите в это время через кабинет: дежурный видит заявки.",
        lasts=4,
    ),
    _Piece(
        47,
        _EVERYBODY,
        "Мы открыли склад на Северной",
        "Фильтры, ремни и расходные материалы теперь можно забрать самим.\n\n"
        "- **Адрес:** Северная, 14, ворота 3\n- **Часы:** по будням с 8:30 до 18:00\n\n"
        "Номер счёта назовите на воротах: бумаги мы подготовим заранее.",
        by=_HEAD,
    ),
    _Piece(
        23,
        _with_contract("Обслуживание"),
        "Новый порядок согласования выездов",
        "С этого месяца время планового выезда мы согласуем **за пять рабочих дней**.\n\n"
        "### Что меняется\n\n1. Инженер предлагает день и двухчасовое окно.\n2. Вы подтверждаете или называете другое.\n"
        "3. За день до выезда приходит напоминание.\n\n> Аварийных выездов порядок не касается: они как прежде, в течение четырёх часов.",
        must_accept=True,
        by=_HEAD,
    ),
    _Piece(
        16,
        _EVERYBODY,
        "Как подготовить вентиляцию к сезону",
        "Короткий список от наших инженеров.\n\n"
        "| Что проверить | Когда |\n|---|---|\n| Фильтры приточных установок | раз в месяц |\n"
        "| Ремни вентиляторов | раз в квартал |\n| Дренаж кондиционеров | до первого тепла |\n\n"
        "Сами не справляетесь — напишите менеджеру, подберём день.",
    ),
    _Piece(
        11,
        _STAFF,
        "Регламент выезда на объект",
        "Прочтите и подтвердите.\n\n1. Допуск и инструктаж — **до** начала работ.\n2. Фотографии узла до и после.\n"
        "3. Акт подписываем на месте; без подписи счёт не выставляем.",
        must_accept=True,
        by=_HEAD,
    ),
    _Piece(
        8,
        _with_contract("Поставка"),
        "Цены на фильтры с первого числа",
        "Производитель поднял цены на фильтры классов F7 и F9 на **4 %**. Счета, выставленные до конца месяца, не меняются.",
    ),
    _Piece(
        3,
        _CLIENTS,
        "Новый номер аварийной службы",
        "Запишите, пожалуйста: **+7 900 000-00-24**, круглосуточно.\n\nПрежний номер работает ещё месяц, потом его не станет.",
        pinned=True,
        must_accept=True,
        by=_HEAD,
    ),
    _Piece(
        -5,
        _CLIENTS,
        "Профилактика личного кабинета",
        "В ночь на воскресенье, с 1 до 3 часов, кабинет будет недоступен: обновляем сервер.",
        lasts=3,
    ),
    _Piece(
        None,
        _CLIENTS,
        "Итоги года: что показал мониторинг",
        "Черновик. Собрать цифры по аварийным выездам и сравнить с прошлым годом.",
        by=_HEAD,
    ),
)


def fill(_registry: Any, demo: Any) -> None:
    """Write them on their days, and let people accept on the days after."""
    with demo.on(demo.today - datetime.timedelta(90)) as request:
        request.find_service(ISettings).change({OPEN: True})
    for piece in _PIECES:
        wrote = demo.today - datetime.timedelta(max(piece.days or 0, 0))
        with demo.on(wrote, 9.5) as request:
            author = request.find_service(IPeople).by_email(piece.by).id
        with demo.on(wrote, 9.5, by=author) as request:
            key = _write(request, piece).public_id
        if piece.days is not None and piece.days > 0:
            _read(demo, key, wrote, piece.days)


def _write(request: Any, piece: _Piece) -> Article:
    now, zone = request.find_service(IClock).now(), request.find_service(IClock).zone
    appears = None if piece.days is None else now
    if appears is not None and piece.days is not None and piece.days < 0:
        day = now.astimezone(zone).date() - datetime.timedelta(piece.days)
        appears = datetime.datetime.combine(day, datetime.time(9), zone)
    facts = ArticleFacts(
        title=piece.title,
        body=piece.body,
        audience=piece.audience,
        appears_at=appears,
        ends_at=appears + datetime.timedelta(piece.lasts) if appears is not None and piece.lasts else None,
        pinned=piece.pinned,
        must_accept=piece.must_accept,
        announce=piece.days is not None and piece.days < 0,
    )
    article: Article = request.find_service(INews).add(facts)
    return article


def _read(demo: Any, key: Any, wrote: datetime.date, days: int) -> None:
    """Two of three have read it within some days, and accepted it where they must."""
    with demo.on(wrote, 10, writing=False) as request:
        audiences, news = request.find_service(IAudiences), request.find_service(INews)
        audience = audiences.get(news.any(key).audience_id)
        staff = audiences.colleagues(VIEW) if audience.reach == "staff" else []
        members = [] if staff else audiences.members(audience, READ)
        people = [(user.id, None, user.email) for user in staff]
        people += [(row.user_id, row.client_id, row.user.email) for row in members if row.user.password_hash]
    for day in range(min(days, 4)):
        today = [one for one in people if one[2] != _KEPT_FOR and demo.random.randrange(3) == 0]
        for user_id, client_id, _email in today:
            with demo.on(wrote + datetime.timedelta(day), 11 + demo.random.randrange(6), by=user_id) as request:
                news = request.find_service(INews)
                article = news.any(key)
                news.mark_read(article, user_id)
                news.accept(article, user_id, client_id)
        people = [one for one in people if one not in today]
