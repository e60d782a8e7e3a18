"""Every act there is, done as its page offers it: it leaves a record of itself, and writes nothing that its form does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pyramid.request import Request
from pyramid.threadlocal import get_current_request
from sqlalchemy import inspect, select
from webtest import TestApp, Upload
from webtest.forms import File

from cabinet.audience.values import Audience
from cabinet.audit.services import AuditLog
from cabinet.identity import totp
from cabinet.identity.account import OwnAccount
from cabinet.interfaces import IClientDirectory, IColleagues, IJobs, IOwnAccount, IPeople, IRoles, ISecondFactor
from cabinet.jobs.models import FAILED, Job
from cabinet.origin import act_for
from cabinet.testing.acts import Done, Filled, forms_of, watch
from cabinet.testing.matrix import ADMIN, OWN, Cell, View, World, rows_of, views
from cabinet.testing.people import PASSWORD
from cabinet.web.areas import public_id
from cabinet_client_manager.interfaces import EntityFacts, ILegalEntityBook
from cabinet_client_manager.testing import account_of, inn_of
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.interfaces import IActBook, IArticles, IStatementDesk
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.models import StatementFile
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import (
    BIC,
    DAY,
    a_correction,
    a_correction_draft,
    a_draft,
    a_payment,
    an_invoice,
)
from cabinet_news.testing import an_article

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])

NEXT = "another phrase to remember"
A_LINE = {"lines-0-text": "Work", "lines-0-quantity": "1", "lines-0-price": "100", "lines-0-vat_rate": "22"}
COMPANY = {"name": "ООО «Другая»", "short_name": "Другая", "inn": inn_of(77), "kpp": "770101001"}
RULE = {"purpose": "smuggling", "direction": "any"}

NUMBER = "987654321"
"""What is smuggled: a text and a number, so that it would go into any column."""

READ = {"finsystem.office.article.place": {"name"}}
"""Fields that a route takes beside those of the form on the page: an article is renamed and put in its place by one act."""

BY = {
    "cabinet.public.account.second": "staff:set",
    "cabinet.public.account.second.codes": "manager",
    "cabinet.public.account.second.off": "manager",
}
"""Who can do it, of those who may."""

WRITES_NOTHING = {
    "cabinet.public.draft.preview",
    "finsystem.office.invoice.sums",
    "finsystem.office.invoice.line",
    "finsystem.office.correction.effect",
}
"""What reckons and shows."""

ELSEWHERE = {
    "cabinet.public.second_step": "functional/test_second_step.py",
    "cabinet.public.viewing.end": "functional/test_viewing.py",
    "cabinet.site.module.erase": "functional/test_module_erase.py",
    "finsystem.office.invoices.many": "functional/test_bulk_issue_pages.py",
    "finsystem.office.line.split": "functional/test_queue_split_pages.py",
    "finsystem.office.statement.columns": "functional/test_statement_column_pages.py",
}
"""What needs a way of its own, done by the tests of these files: each test with a browser asks the same of the acts in it."""

AFTER = {
    "cabinet.site.setting.reset": "cabinet.site.settings",
    "forum.office.post.restore": "forum.office.post.remove",
    "cabinet.site.user.enable": "cabinet.site.user.disable",
    "client_manager.office.client.restore": "client_manager.office.client.archive",
    "finsystem.office.allocation.restore": "finsystem.office.allocation.undo",
    "finsystem.office.article.restore": "finsystem.office.article.archive",
    "finsystem.office.dunning.step.restore": "finsystem.office.dunning.step.remove",
    "finsystem.office.dunning.take_in": "finsystem.office.dunning.leave_out",
    "finsystem.office.write_offs.take_in": "finsystem.office.write_offs.leave_out",
    "finsystem.office.item.restore": "finsystem.office.item.archive",
    "finsystem.office.recurring.resume": "finsystem.office.recurring.pause",
    "finsystem.office.mapping.restore": "finsystem.office.mapping.remove",
    "finsystem.office.line.undo": "finsystem.office.line.credit",
    "finsystem.office.payer.remember": "finsystem.office.payer.forget",
    "finsystem.office.periods.reopen": "finsystem.office.periods.close",
    "finsystem.office.reconciliation.reopen": "finsystem.office.reconciliation.answer",
    "finsystem.office.reconciliation.restore": "finsystem.office.reconciliation.withdraw",
    "cabinet.office.client_module.on": "cabinet.office.client_module.off",
    "cabinet.site.module.on": "cabinet.site.module.off",
}
"""Acts that take others back: the other is done first, for good."""


def prepared(world: World, unit_of_work: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    """Make what acts need in the state that they need it in; route → what its form is filled with."""
    own, table = {"own_password": PASSWORD}, {"table": Upload("clients.csv", b"name\nSomebody new\n")}
    to: dict[str, Any] = world.examples  # type: ignore[assignment]
    with unit_of_work() as request:
        find = request.find_service
        people, articles, second = find(IPeople), find(IArticles), find(ISecondFactor)
        client = find(IClientDirectory).by_public_id(public_id(world.doors["client"]))
        draft = a_draft(request, client.id, 5_000).public_id.hex
        to |= {f"finsystem.office.invoice.{act}": {"invoice": draft} for act in ("edit", "discard", "issue")}
        to["finsystem.office.invoice.void"] = {"invoice": an_invoice(request, client.id, 70_000).public_id.hex}
        debt = an_invoice(request, client.id, 80_000).public_id.hex
        acts, over = find(IActBook), an_invoice(request, client.id, 60_000, 50_000)
        parts = [ActPart(line.id, 500) for line in over.lines]
        drafts = [acts.draft_of(over, date=DAY, parts=parts).public_id.hex for _ in range(2)]
        issued = acts.draft_of(over, date=DAY, parts=parts[:1])
        acts.issue(issued)
        to |= {
            f"finsystem.office.act.{act}": {"act": draft}
            for act, draft in zip(("discard", "issue"), drafts, strict=True)
        }
        to["finsystem.office.act.void"] = {"act": issued.public_id.hex}
        to["finsystem.office.act.new"] = {"invoice": an_invoice(request, client.id, 40_000).public_id.hex}
        corrected = an_invoice(request, client.id, 60_000)
        line = f"line-{corrected.lines[0].id}-price"
        a_correction(request, corrected, {"price": 50_000})
        to |= {
            f"finsystem.office.correction.{act}": {
                "correction": a_correction_draft(request, corrected, {"price": 40_000}).public_id.hex
            }
            for act in ("edit", "discard", "issue")
        }
        new = an_invoice(request, client.id, 60_000)
        to["finsystem.office.correction.new"] = {"invoice": new.public_id.hex}
        lowered = f"line-{new.lines[0].id}-price"
        to["finsystem.office.payment.allocate"] = {"payment": a_payment(request, client.id, 9_000).public_id.hex}
        top = next(node for node in articles.tree() if node.parent_id is not None and not node.code)
        leaf = articles.create(top.parent_id, "Leaf")
        to |= {
            f"finsystem.office.article.{act}": {"article": leaf.public_id.hex}
            for act in ("archive", "remove", "restore")
        }
        book = find(ILegalEntityBook)
        other = book.add(EntityFacts(**COMPANY)).public_id.hex
        to |= {f"client_manager.{area}.company.default": {"entity": other} for area in ("office", "site")}
        to["cabinet.public.email"] = {"token": find(IOwnAccount).ask_email(people.by_email("other@x.ru"), "fresh@x.ru")}
        act_for(request, people.by_email("client-admin@x.ru").id)
        _invited, token = find(IColleagues).invite(client, email="joining@x.ru", name="Joining", role="buyer")
        act_for(request, None)
        to["cabinet.public.join"] = {"token": token}
        failed = request.db.scalars(select(Job).where(Job.user_id.is_not(None))).first()
        failed.state = FAILED
        to["cabinet.site.job.retry"] = {"job": failed.public_id.hex}
        to["cabinet.site.job.cancel"] = {"job": find(IJobs).enqueue("core.sweep_files", {}).public_id.hex}
        to["cabinet.public.language"] = {"lang": "ru"}
        to["client_manager.office.contract.status"] = {"status": "terminated"}
        for_us = an_article(request, Audience("staff"), must_accept=True)
        to["news.office.article.accept"] = {"article": for_us.public_id.hex}
        nobodys = find(IRoles).create("staff", "Nobody's", ["finsystem:invoice:view"])
        to["cabinet.site.role.remove"] = {"role": nobodys.public_id.hex}
        codes = {}
        for role in ("manager", "staff:set"):
            user = people.by_email(f"{role.replace(':', '-')}@x.ru")
            second.begin(user)
            if role == "manager":
                secret = second.waiting_secret(user)
                now = totp.step_at(datetime.now(UTC))
                second.confirm(user, totp.code_at(secret, now - 1))
                codes["manager"] = secret
            else:
                codes["staff:set"] = second.waiting_secret(user)
        statements = {
            "import": statement(request, account_of(1), shown=True),
            "discard": statement(request, account_of(1), shown=True),
            "release": statement(request, account_of(1), adds_up=False),
            "undo": statement(request, account_of(1)),
            "accounts": statement(request, account_of(55)),
            "again": statement(request, account_of(56)),
        }
        to |= {f"finsystem.office.statement.{act}": {"file": file.public_id.hex} for act, file in statements.items()}
        ours = people.by_email("manager@x.ru").public_id.hex
        to |= {f"cabinet.site.user.{act}": {"user": ours} for act in ("link", "roles", "second_step")}
    return {
        "cabinet.my.colleague.role": {**own, "role": "viewer"},
        "cabinet.my.colleagues.new": {**own, "name": "New", "email": "new@x.ru"},
        "cabinet.my.invitation.again": own,
        "cabinet.public.account": {"name": "Renamed"},
        "cabinet.public.account.email": {"email": "fresh2@x.ru", "email_password": PASSWORD},
        "cabinet.public.account.password": {"current": PASSWORD, "password": NEXT},
        "cabinet.public.account.second.begin": own,
        "cabinet.public.account.second": {"code": lambda: code_of(codes["staff:set"])},
        "cabinet.public.account.second.codes": {"proof_password": PASSWORD, "code": lambda: code_of(codes["manager"])},
        "cabinet.public.account.second.off": {"proof_password": PASSWORD, "code": lambda: code_of(codes["manager"])},
        "cabinet.public.draft": {"draft_field": "body", "body": "Something"},
        "cabinet.public.draft.files": {"file": Upload("plan.txt", b"a plan")},
        "cabinet.public.forgot": {"email": "head@x.ru"},
        "cabinet.public.join": {"password": NEXT},
        "cabinet.public.link": {"password": NEXT},
        "cabinet.public.sign_in": {"email": "head@x.ru", "password": PASSWORD},
        "cabinet.site.role": own,
        "cabinet.site.role.remove": own,
        "cabinet.site.roles.new": {**own, "title": "New", "permissions": "finsystem:debt:view"},
        "cabinet.site.settings": {"core__site_name": "Renamed"},
        "cabinet.site.user.roles": {**own, "roles": "head"},
        "cabinet.site.user.second_step": own,
        "cabinet.site.users.new": {"name": "New", "email": "new@x.ru", "roles": "manager"},
        "client_manager.office.client.edit": {"name": "Renamed"},
        "client_manager.office.client.new": {"name": "New"},
        "client_manager.office.clients.import": table,
        "client_manager.office.company": {"name": "Renamed"},
        "client_manager.office.company.entity": {"name": "Renamed"},
        "client_manager.office.company.new": {**COMPANY, "inn": inn_of(78)},
        "client_manager.office.contact": {"name": "Renamed"},
        "client_manager.office.contact.new": {"name": "New"},
        "client_manager.office.contract.edit": {"subject": "Another"},
        "client_manager.office.contract.status": {},
        "client_manager.office.contract.new": {"number": "new/26", "subject": "New"},
        "client_manager.office.contracts.import": table,
        "client_manager.office.login.role": {**own, "role": "buyer"},
        "news.office.article.edit": {"title": "Renamed"},
        "news.office.article.new": {"title": "New", "body": "Words"},
        "client_manager.site.company": {"name": "Renamed"},
        "client_manager.site.company.entity": {"name": "Renamed"},
        "client_manager.site.company.new": {**COMPANY, "inn": inn_of(78)},
        **{f"forum.{area}.{what}.follow": {"on": "1"} for area in ("my", "office") for what in ("board", "topic")},
        "forum.my.post.edit": {"text": "Changed"},
        "forum.my.topic": {"text": "An answer"},
        "forum.my.topic.new": {"title": "New", "text": "A question"},
        "forum.office.board.edit": {"title": "Renamed"},
        "forum.office.board.new": {"title": "New", "audience-reach": "staff"},
        "forum.office.post.edit": {"text": "Changed again"},
        "forum.office.post.remove": {"reason": "Off the point"},
        "forum.office.topic": {"text": "An answer"},
        "forum.office.topic.moderate": {"act": "pin"},
        "forum.office.topic.new": {"title": "New", "text": "A question"},
        "finsystem.office.article": {"name": "Renamed"},
        "finsystem.office.article.new": {"name": "New"},
        "finsystem.office.invoice.edit": A_LINE | {"text": "Renamed"},
        "finsystem.office.invoice.new": A_LINE | {"client": world.doors["client"]},
        "finsystem.office.invoice.send": {"to": "a@x.ru", "subject": "S", "message": "M"},
        "finsystem.office.invoice.void": {"reason": "A mistake"},
        "finsystem.office.bulk.void": {"reason": "A mistake"},
        "finsystem.office.act.send": {"to": "a@x.ru", "subject": "S", "message": "M"},
        "finsystem.office.correction.send": {"to": "a@x.ru", "subject": "S", "message": "M"},
        "finsystem.office.act.void": {"reason": "A mistake"},
        "finsystem.office.acts.issue": {"invoice": debt},
        "finsystem.office.correction.edit": {line: "300"},
        "finsystem.office.correction.new": {lowered: "300", "reason": "Agreed"},
        "finsystem.office.correction.void": {"reason": "A mistake"},
        "finsystem.office.invoices.import": table,
        "finsystem.office.invoices.issue": {"invoice": draft},
        "finsystem.office.dunning.step": {"text_en": "Renamed"},
        "finsystem.office.write_off_rule": {"short_most": "1.50"},
        "finsystem.office.write_off_rule.switch": {"off": "1"},
        "finsystem.office.dunning.step.new": {"days": "30"},
        "finsystem.office.item": {"name": "Renamed"},
        "finsystem.office.item.new": {"name": "New", "price": "10"},
        "finsystem.office.recurring.edit": {"text": "Renamed"},
        "finsystem.office.recurring.new": {"text": "New", "price": "10", "starts": "01.02.2026"},
        "finsystem.office.recurring.price": {"price-price": "10", "price-since": "01.05.2030"},
        "finsystem.office.recurring.pause": {"since": "01.06.2030"},
        "finsystem.office.recurring.resume": {"since": "01.07.2030"},
        "finsystem.office.openings.import": table,
        "finsystem.office.payment.allocate": {f"amount-{debt}": "10"},
        "finsystem.office.payment.new": {"client": world.doors["client"], "amount": "10"},
        "finsystem.office.payment.opening": {"client": world.doors["client"], "amount": "10"},
        "finsystem.my.reconciliation.dispute": {"text": "Not so"},
        "finsystem.office.reconciliation.answer": {"text": "It is"},
        "finsystem.office.periods.close": {"through": "2025-12-31", "reason": "Filed", "anyway": "y"},
        "finsystem.office.periods.reopen": {**own, "why": "A late paper", "until": ""},
        "finsystem.office.reconciliation.send": {
            "client": world.doors["client"],
            "from": "2026-01-01",
            "to": "2026-01-31",
        },
        "finsystem.office.reconciliation.withdraw": {"reason": "A mistake"},
        "finsystem.office.rule": RULE,
        "finsystem.office.statement.accounts": {
            **own,
            "accounts-0-legal_entity": other,
            "accounts-0-currency": "RUB",
            "accounts-0-bic": BIC,
            "accounts-0-bank_name": "ПАО Сбербанк",
            "accounts-0-correspondent_account": "",
        },
        "finsystem.office.statements": {"statement": Upload("kl_to_1c.txt", b"whatever it is")},
        "finsystem.office.rule.new": {**RULE, "article": leaf.public_id.hex},
        "finsystem.office.article.place": {"name": "Moved"},
    }


def code_of(secret: bytes) -> str:
    """The code that the app shows now."""
    return totp.code_at(secret, totp.step_at(datetime.now(UTC)))


def statement(request: Any, account: str, *, adds_up: bool = True, shown: bool = False) -> StatementFile:
    """A statement of ``account``: written, held where it does not add up, refused where the account is none of ours."""
    desk, n = request.find_service(IStatementDesk), len(list(request.db.scalars(select(StatementFile))))
    lines = [LineToWrite(DAY, 1_000 + n, Counterparty("Somebody"), "For something", str(n))]
    content = write_onec(
        StatementToWrite(account, DAY, DAY, 0, lines, OwnSide("ООО «Линия тепла»", inn_of(1), bic=BIC))
    )
    if not adds_up:
        closing = "КонечныйОстаток=".encode("cp1251")
        content = content.replace(closing, closing + b"9")
    file: StatementFile = desk.receive(content, "kl_to_1c.txt")
    try:
        plan = desk.plan(file)
    except StatementRefusedError as refused:
        desk.refuse(file, refused)
    else:
        desk.show(file, plan) if shown else desk.write(file, plan)
    request.db.flush()
    return file


def doer(world: World, view: View, forms: Sequence[Filled]) -> tuple[str, Mapping[str, Any], frozenset[str]]:
    """Who does an act, what the form that his page shows him sends, and all the names in it; whoever may, where none shows it."""
    allowed = world.allowed(view)
    if view.route in BY:
        return BY[view.route], {}, frozenset()
    shown = next((form for form in forms if form.role in allowed or "nobody" in allowed), None)
    if shown is not None:
        return shown.role, shown.fields, shown.names
    roles = (ADMIN, "head", "owner", "manager", "nobody", *sorted(allowed))
    return next(role for role in roles if role in allowed), {}, frozenset()


@dataclass(slots=True)
class Deeds:
    """Every act of the site, done one after another: ``done`` and ``refused`` by route; ``smuggled``: what no form asked for."""

    world: World
    sent: Mapping[str, Mapping[str, Any]]
    done: dict[str, Done] = field(default_factory=dict)
    refused: dict[str, Any] = field(default_factory=dict)
    smuggled: list[str] = field(default_factory=list)
    _forms: dict[str, list[Filled]] = field(default_factory=dict)
    _columns: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._forms = forms_of(self.world)
        with self.world.registry.cabinet_engine.connect() as connection:
            about = inspect(connection)
            self._columns = {name: [c["name"] for c in about.get_columns(name)] for name in about.get_table_names()}

    def run(self, *only: str) -> None:
        """Do them, or ``only`` those."""
        posts = {view.route: view for view in views(self.world.registry) if view.method == "POST"}
        registry = self.world.registry
        with watch(registry) as (kept, _done), watch(registry, dry=True, look=self._look) as (dry, did):
            for route in only or (*(route for route in posts if route not in AFTER), *AFTER):
                if route in AFTER:
                    self._do(TestApp(kept), posts[AFTER[route]])
                did.clear()
                answer = self._do(TestApp(dry), posts[route], smuggle=True)
                if did:
                    self.done[route] = did[-1]
                else:
                    self.refused[route] = answer.status

    def _do(self, app: TestApp, view: View, *, smuggle: bool = False) -> Any:
        role, fields, names = doer(self.world, view, self._forms.get(view.route, []))
        told = self.world.examples.get(view.name, {})
        query = urlencode({name[1:]: value for name, value in told.items() if name.startswith("?")})
        asked = {name: value for name, value in told.items() if not name.startswith("?")}
        filled = {**fields, **asked, **self.sent.get(view.route, {}), "csrf_token": self.world.tokens[role]}
        filled = {
            name: value() if callable(value) else value
            for name, value in filled.items()
            if name != "None" and "__n__" not in name and not isinstance(value, File)
        }
        extra = set().union(*self._columns.values()) - names - filled.keys() - READ.get(view.route, set())
        path = self.world.path(Cell(view, role, OWN))
        return app.post(
            f"{path}?{query}",
            {**dict.fromkeys(extra if smuggle else (), NUMBER), **filled},
            headers={"Cookie": self.world.cookies[role]},
            expect_errors=True,
        )

    def _look(self, request: Any) -> None:
        request.db.flush()
        connection = request.db.connection()
        for name, columns in self._columns.items():
            for row in rows_of(connection, name):
                if NUMBER in repr(row):
                    found = [
                        f"{name}.{column}" for column, value in zip(columns, row, strict=True) if NUMBER in str(value)
                    ]
                    self.smuggled += [f"{request.matched_route.name}: {one}" for one in found]


def test_every_act_leaves_a_record_and_writes_nothing_that_its_form_does_not_show(
    world: World, unit_of_work: Any, letters: Any, monkeypatch: Any
) -> None:
    del letters
    # So many fields would be read into a file on the disk, which nobody closes before the request is forgotten.
    monkeypatch.setattr(Request, "request_body_tempfile_limit", 2**20)
    deeds = Deeds(world, prepared(world, unit_of_work))
    deeds.run()
    assert [route for route in deeds.refused if route not in ELSEWHERE] == [], deeds.refused
    assert {route for route, done in deeds.done.items() if not done.wrote} - ELSEWHERE.keys() == WRITES_NOTHING
    assert {route: sorted(done.wrote) for route, done in deeds.done.items() if done.silent} == {}
    assert deeds.smuggled == []
    tests = Path(__file__).parents[1]
    assert all((tests / path).exists() for path in ELSEWHERE.values())
    with monkeypatch.context() as planted:
        planted.setattr(AuditLog, "record", lambda *_arguments, **_named: None)
        deeds.run("cabinet.public.account.data")
    assert deeds.done["cabinet.public.account.data"].silent, "the control: an act that says nothing"

    def obliging(_self: Any, user: Any, **_named: Any) -> None:
        user.phone = get_current_request().POST.get("phone", "")

    monkeypatch.setattr(OwnAccount, "change_profile", obliging)
    deeds.run("cabinet.public.account")
    assert deeds.smuggled == ["cabinet.public.account: core_user.phone"], (
        "the control: a view that takes whatever comes"
    )
