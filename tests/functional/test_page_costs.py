"""What pages cost: how many statements each sends to the database. A page that grows dearer says so here."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from webtest import TestApp

from cabinet.audience.values import Audience
from cabinet.interfaces import IClientDirectory, IClock, IPeople
from cabinet_client_manager.interfaces import ContactFacts, IContacts
from cabinet_client_manager.testing import a_client, a_contract
from cabinet_faq.testing import a_question
from cabinet_finsystem.interfaces import IActBook, IStatementDesk
from cabinet_finsystem.testing import a_correction_draft, a_draft, a_payment, an_invoice, open_books
from cabinet_forum.testing import a_board, a_reply, a_topic
from cabinet_news.testing import an_article

# Of each page two statements are for who asks and which modules are on, one for the bell, of the office's one or two for the badges of the
# menu.
COSTS = {
    "owner": {
        "/site/users": 12,
        "/site/roles": 7,
        "/account": 3,
        "/account/security": 4,
        "/account/sessions": 4,
        "/account/notices": 7,
        "/site/notices": 6,
        "/site/mail": 8,
        "/site/audit": 7,
        "/site/jobs": 7,
        "/site/modules": 8,
    },
    "manager": {
        "/office/": 9,
        "/office/clients": 8,
        "/office/clients/{client}": 19,
        "/office/clients/{client}/edit": 8,
        "/office/contracts": 6,
        "/office/invoices": 7,
        "/office/invoices/{invoice}": 16,
        "/office/invoices/{invoice}/correction": 10,
        "/office/invoices/corrections/{correction}": 15,
        "/office/invoices/{draft}/edit": 16,
        "/office/invoices/new?client={client}": 14,
        "/office/acts": 8,
        "/office/acts/issue": 6,
        "/office/acts/{act}": 12,
        "/office/invoices/{invoice}/act": 9,
        "/office/payments": 9,
        "/office/payments/{payment}": 15,
        "/office/payments/new?client={client}": 11,
        "/office/statements": 8,
        "/office/statements/queue": 8,  # with what was done today
        "/office/search?q=18": 16,
        "/office/notices": 6,
        "/office/jobs": 6,
        "/office/news": 12,
        "/office/news/new": 8,
        "/office/news/{article}": 21,
        "/office/news/{article}/edit": 16,
        "/office/news/{article}/acceptances": 11,
        "/office/faq": 7,
        "/office/faq?q=pay": 6,
        "/office/faq/new": 9,
        "/office/faq/{question}": 11,
        "/office/faq/{question}/edit": 12,
        "/office/forum": 7,
        "/office/forum?q=first": 8,
        "/office/forum/board/{board}": 12,
        "/office/forum/boards/{board}/topic": 7,
        "/office/forum/topics/{topic}": 14,
        "/office/forum/posts/{post}/edit": 8,
        "/office/forum/posts/{post}/history": 9,
        "/office/audience?audience-reach=chosen&audience-find=a&reaches=chosen": 13,
    },
    "head": {
        "/office/": 15,
        "/office/activity": 9,
        "/office/activity/{head}": 12,
        "/office/articles": 7,
        "/office/articles/rules": 9,
        "/office/dunning": 7,
        "/office/write-offs/list": 8,
        "/office/write-offs": 10,
        "/office/reports/pnl": 11,
        "/office/reports/receivables": 9,
        "/office/reports/money": 14,
        "/office/reports/revenue": 12,
        "/office/reports/revenue?group=item": 13,
        "/office/reports/balances": 8,
    },
    "client": {
        "/my/{client}/": 9,
        "/my/{client}/invoices": 7,
        "/my/{client}/invoices/{invoice}": 10,
        "/my/{client}/invoices/acts": 7,
        "/my/{client}/invoices/acts/{act}": 8,
        "/my/{client}/invoices/payments": 8,
        "/my/{client}/invoices/account": 8,
        "/my/{client}/notices": 6,
        "/my/{client}/company": 11,
        "/my/{client}/colleagues": 9,
        "/my/{client}/news": 7,
        "/my/{client}/news/{article}": 8,
        "/my/{client}/faq": 7,
        "/my/{client}/faq?q=pay": 6,
        "/my/{client}/faq/{question}": 8,
        "/my/{client}/forum": 7,
        "/my/{client}/forum?q=first": 8,
        "/my/{client}/forum/board/{board}": 9,
        "/my/{client}/forum/topics/{topic}": 13,
    },
}


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_faq", "cabinet_finsystem", "cabinet_forum", "cabinet_news"]


@pytest.fixture
def names(unit_of_work: Any) -> dict[str, str]:
    """A site at work: a client with a contact, a contract, invoices and a payment; a statement."""
    day = datetime.timedelta(1)
    with unit_of_work() as request:
        today = request.find_service(IClock).today()
        open_books(request)
        card = a_client(request, 2)
        a_contract(request, card, 18)
        request.find_service(IContacts).add(card.client_id, ContactFacts("Olga"))
        late = an_invoice(request, card.client_id, 8_640_000, date=today - 30 * day, due=today - 2 * day)
        paid = an_invoice(request, card.client_id, 100_000, date=today - 60 * day)
        draft = a_draft(request, card.client_id, 70_000)
        payment = a_payment(request, card.client_id, 150_000, (paid, 100_000), date=today - 50 * day)
        correction = a_correction_draft(request, paid, {"price": 90_000}, day=today)
        acts = request.find_service(IActBook)
        act = acts.draft_of(paid, date=today)
        acts.issue(act)
        request.find_service(IStatementDesk).receive(b"1CClientBankExchange", "kl_to_1c.txt")
        article = an_article(
            request, Audience("chosen", frozenset({card.client_id})), title="Rules", must_accept=True, announce=False
        )
        an_article(request, title="Prices", announce=False)
        question = a_question(request, "How do I pay?")
        a_question(request, "How do I pay by card?", group=question.group)
        board = a_board(request, Audience("clients"))
        writers = [request.find_service(IPeople).add(email=f"{one}@example.org", name=one) for one in ("anna", "olga")]
        topic = a_topic(request, board, writers[0], client_id=card.client_id)
        for writer in (*writers, *writers):
            post = a_reply(request, topic, writer, client_id=card.client_id)
        a_topic(request, board, writers[1])
    found = {
        "article": article,
        "act": act,
        "correction": correction,
        "client": card,
        "invoice": late,
        "draft": draft,
        "payment": payment,
        "question": question,
        "board": board,
        "topic": topic,
        "post": post,
    }
    return {name: row.public_id.hex for name, row in found.items()}


@pytest.fixture
def visitor(
    names: Any, person: Any, signed_in: Callable[[str], TestApp], unit_of_work: Any
) -> Callable[[str], TestApp]:
    """``visitor("head")``: the browser of somebody who is that."""

    def come_in(role: str) -> TestApp:
        with unit_of_work() as request:
            client = request.find_service(IClientDirectory).by_public_id(uuid.UUID(names["client"]))
        if role == "client":
            person("client@example.org", client=client)
        else:
            names[role] = person(f"{role}@example.org", role).public_id.hex
        return signed_in(f"{role}@example.org")

    return come_in


@pytest.mark.parametrize("role", COSTS)
def test_a_page_costs_no_more_than_the_table_says(
    role: str, visitor: Any, names: dict[str, str], count_queries: Any
) -> None:
    app = visitor(role)
    dear = []
    for path, most in COSTS[role].items():
        with count_queries() as queries:
            app.get(path.format(**names))
        # Once a minute the visit is noted, whichever page it is.
        asked = [statement for statement in queries.statements if not statement.startswith("UPDATE core_session")]
        if len(asked) > most:
            dear.append(f"{path}: {len(asked)}, not {most}\n" + "\n".join(asked))
    assert not dear, "\n\n".join(dear)
