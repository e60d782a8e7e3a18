"""The books before the first sale: the firm's own articles, rules for its bills, what there was when the books began."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from cabinet.contracts.parties import ILegalEntities, LegalEntity
from cabinet.interfaces import INumbering
from cabinet_finsystem.articles.defaults import WRITE_OFFS
from cabinet_finsystem.articles.values import NewRule
from cabinet_finsystem.demo import costs, sales
from cabinet_finsystem.demo.market import Customer
from cabinet_finsystem.interfaces import IArticleRules, IArticles, ILedger, IPayments, IWriteOffs
from cabinet_finsystem.invoicing.issuing import SEQUENCE
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.write_offs.values import RuleData

# The tree of a new site → as the firm calls it.
_NAMES = {
    "Услуги": "Обслуживание по договорам",
    "Товары": "Оборудование и материалы",
    "Материалы и товары": "Материалы и оборудование",
    "Зарплата производства": "Зарплата мастеров",
}
_MADE = (("income", "Монтаж и проекты"), ("income", "Разовые вызовы"))
ARTICLES = {
    sales.SERVICE: "Обслуживание по договорам",
    sales.PROJECTS: "Монтаж и проекты",
    sales.GOODS: "Оборудование и материалы",
    sales.CALLS: "Разовые вызовы",
    costs.MATERIALS: "Материалы и оборудование",
    costs.MASTERS: "Зарплата мастеров",
    costs.SUBCONTRACT: "Субподряд",
    costs.TRANSPORT: "Транспорт",
    costs.OFFICE: "Зарплата офиса",
    costs.RENT: "Аренда и содержание",
    costs.ADVERTISING: "Реклама и продажи",
    costs.NETWORK: "Связь и интернет",
    costs.SOFTWARE: "Программы и сервисы",
    costs.SUNDRIES: "Прочие операционные",
    costs.FEES: "Комиссии банков и касс",
    costs.TAXES: "Налоги и сборы",
}
OPENING_MONEY = (1_684_320_15, 412_900_40)
_TELECOM_LIMIT = 4_500_00
_BEFORE = 640
"""Invoices of the first year that were written before the books begin."""
_DEBTS = (
    (1, -29_400_00), (5, -38_400_00), (8, -14_700_00), (11, -57_250_50), (18, 12_600_00), (20, -72_600_00),
    (23, -96_300_00), (24, -64_900_00), (31, -36_200_00), (33, 4_380_00), (36, -105_400_00),
)  # fmt: skip


def arrange_articles(request: Any) -> dict[str, int]:
    """Give the tree the firm's own names; the demo's words for articles → their ids."""
    articles = request.find_service(IArticles)
    for node in articles.tree():
        if node.name in _NAMES:
            articles.rename(node.id, _NAMES[node.name])
    for place, (section, name) in enumerate(_MADE, start=1):
        made = articles.create(articles.system_id(section), name)
        articles.move(made.id, articles.system_id(section), place)
    ids = {node.name: node.id for node in articles.tree()}
    for first, name in enumerate(
        ("Обслуживание по договорам", "Монтаж и проекты", "Оборудование и материалы", "Разовые вызовы")
    ):
        articles.move(ids[name], articles.system_id("income"), first)
    return {word: ids[name] for word, name in ARTICLES.items()}


def write_rules(request: Any, articles: dict[str, int]) -> None:
    """Rules for what comes every month. Telecom only up to its usual bill: a larger one is worth a look."""
    rules = request.find_service(IArticleRules)
    rules.add(NewRule("out", articles[costs.MASTERS], purpose="зарплата участка"))
    rules.add(NewRule("out", articles[costs.OFFICE], purpose="зарплата офиса"))
    rules.add(NewRule("out", articles[costs.TAXES], counterparty="7727406020"))
    rules.add(NewRule("out", articles[costs.FEES], purpose="комиссия"))
    rules.add(NewRule("in", articles[sales.CALLS], purpose="вызов мастера, QR-код"))
    rules.add(NewRule("out", articles[costs.NETWORK], counterparty=costs.TELECOM.party.inn, amount_to=_TELECOM_LIMIT))
    for supplier in costs.WITH_RULES:
        rules.add(NewRule("out", articles[supplier.article], counterparty=supplier.party.inn))


def write_small_rests_off(request: Any) -> None:
    """Up to a rouble that is missing is forgiven, of a client three a month; what is too much stays on his balance."""
    articles, offs = request.find_service(IArticles), request.find_service(IWriteOffs)
    cost = articles.system_id(WRITE_OFFS)
    offs.arrange("RUB", RuleData(1_00, cost, cost, month_most=3_00))
    offs.switch("RUB", on=True)


def write_off_what_waited(demo: Any, day: datetime.date) -> None:
    """What the daily run does once bank lines that might have been the rest are decided."""
    with demo.on(day, 12) as request:
        offs = request.find_service(IWriteOffs)
        for client_id in offs.waiting():
            offs.run(client_id, day)


def open_books(request: Any, day: datetime.date, market: Sequence[Customer]) -> dict[int, int]:
    """Balances of the day before the first: our bank accounts, debts and advances of clients. Returns the latter by client."""
    entity: LegalEntity = request.find_service(ILegalEntities).default()
    accounts = sorted(entity.accounts, key=lambda account: not account.is_default)
    entries = [
        NewEntry(
            date=day,
            kind="opening",
            source=("account", account.id),
            text="Остаток на начало учёта",
            legal_entity_id=entity.id,
            postings=(
                NewPosting(AccountRef.bank(account.id, "RUB"), minor),
                NewPosting(AccountRef(AccountKind.EQUITY, "RUB"), -minor),
            ),
        )
        for account, minor in zip(accounts, OPENING_MONEY, strict=True)
    ]
    request.find_service(ILedger).post(entries)
    found: dict[int, int] = {}
    for place, minor in _DEBTS:
        client_id = market[place].client_id
        request.find_service(IPayments).opening(
            client_id=client_id, date=day, minor=minor, currency="RUB", text="Начальный остаток"
        )
        found[client_id] = minor
    request.find_service(INumbering).advance(SEQUENCE, str(entity.public_id), day.year, _BEFORE)
    return found
