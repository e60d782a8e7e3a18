"""Taking a module's data away: told before, kept as a copy, gone whole or not at all, and made anew."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from cabinet.db import migrate
from cabinet.erasing import belongings, services
from cabinet.erasing.services import NotConfirmedError
from cabinet.errors import ConflictError, NotFoundError
from cabinet.files.models import StoredFile
from cabinet.identity.models import User
from cabinet.interfaces import (
    IAuditLog,
    IClientDirectory,
    IEvents,
    IFileStore,
    IMailer,
    IModuleEraser,
    IPersonalData,
    ISettings,
    ISwitches,
)
from cabinet.jobs.models import FAILED, Job
from cabinet.jobs.runner import run_job_now, run_pending
from cabinet.notify.models import Notice, OutgoingMail
from cabinet.numbering.models import Sequence
from cabinet.plugins.contributions import PersonalData, Setting
from cabinet.preferences.models import StoredSetting
from cabinet.testing.matrix import contents
from cabinet_client_manager.events import BankAccountRemoved
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.errors import AccountInUseError
from cabinet_finsystem.testing import an_invoice, examples, open_books

ID = "finsystem"


@pytest.fixture
def books(unit_of_work: Any, registry: Any, letters: Any, person: Any) -> Any:
    """A firm with all that finsystem can hold, a file, a letter and what a client was told among it."""
    with unit_of_work() as request:
        card = a_client(request, 2)
        client = request.find_service(IClientDirectory).get(card.client_id)
    person("contact@x.ru", client=client)
    with unit_of_work() as request:
        examples(request, client)
        store = request.find_service(IFileStore)
        paper = store.put(b"%PDF", name="invoice.pdf", media_type="application/pdf", module=ID)
        theirs = store.put(b"logo", name="logo.png", media_type="image/png", module="client_manager")
        for about, file in ((f"{ID}.invoice", paper), ("client_manager.client", theirs)):
            request.find_service(IMailer).queue(
                to="a@b.ru", subject="A", text="A", html="A", about_kind=about, attachments=[file]
            )
    run_pending(registry)
    return card


@pytest.fixture
def off(unit_of_work: Any) -> Any:
    """``off("finsystem")``: the module is switched off; ``off(…, on=True)``: on."""

    def switch(module: str, *, on: bool = False) -> None:
        with unit_of_work() as request:
            request.find_service(ISwitches).switch(module, on)

    return switch


@pytest.fixture
def begin(unit_of_work: Any) -> Any:
    """``begin("finsystem")``: the id of the job."""

    def start(module: str, typed: str | None = None) -> int:
        with unit_of_work() as request:
            return request.find_service(IModuleEraser).begin(module, module if typed is None else typed).id

    return start


def tables(registry: Any) -> set[str]:
    return set(inspect(registry.cabinet_engine).get_table_names())


def preview(unit_of_work: Any, module: str) -> Any:
    with unit_of_work(writing=False) as request:
        return request.find_service(IModuleEraser).preview(module)


def test_all_of_a_module_goes_and_all_else_stays(
    registry: Any, books: Any, off: Any, begin: Any, unit_of_work: Any
) -> None:
    off(ID)
    found = preview(unit_of_work, ID)
    assert dict(found.tables)["finsystem_invoice"] == 7
    assert (found.letters, found.imports) == (16, 2), (
        "one by hand, those of six invoices, a correction, an act, two reconciliations, five payments"
    )
    assert found.files == 15, (
        "what hangs on letters, invoices, a correction, acts and reconciliations as printed, a statement, two tables"
    )
    assert found.series == 4 and found.jobs and found.audit and found.size
    before = contents(registry)
    result = run_job_now(registry, begin(ID)).result
    after = contents(registry)
    assert not [name for name in tables(registry) if name.startswith(f"{ID}_")]
    assert f"alembic_version_{ID}" not in tables(registry)
    for name in ("client_manager_contract", "client_manager_profile", "core_client", "core_user", "core_membership"):
        assert after[name] == before[name]
    with unit_of_work(writing=False) as request:
        assert request.db.scalars(select(Sequence)).all() == []
        assert {mail.about_kind for mail in request.db.scalars(select(OutgoingMail))} == {"client_manager.client"}
        assert {notice.kind.partition(".")[0] for notice in request.db.scalars(select(Notice))} <= {
            "client_manager",
            "core",
        }
        assert {file.module for file in request.db.scalars(select(StoredFile))} == {"client_manager"}
        [act] = request.find_service(IAuditLog).of("module", ID, 1)
        assert act.action == "core.module.erased" and act.after["rows"] == found.rows
        assert preview(unit_of_work, ID).audit == found.audit, "the audit trail stays"
    assert result["rows"] == found.rows


def test_the_copy_holds_every_row_and_every_file(
    registry: Any, books: Any, off: Any, begin: Any, unit_of_work: Any
) -> None:
    off(ID)
    found = preview(unit_of_work, ID)
    with zipfile.ZipFile(run_job_now(registry, begin(ID)).result["copy"]) as copy:
        names = set(copy.namelist())
        lines = {name: copy.read(f"tables/{name}.jsonl").splitlines() for name, _rows in found.tables}
        files = [copy.read(name) for name in names if name.startswith("files/")]
        letters = [json.loads(line) for line in copy.read("core/core_outgoing_mail.jsonl").splitlines()]
        assert json.loads(copy.read("manifest.json"))["module"] == ID
        assert copy.read("missing_files.jsonl") == b""
    assert {name: len(rows) for name, rows in lines.items()} == dict(found.tables)
    assert json.loads(lines["finsystem_invoice"][0])["currency"] == "RUB"
    assert len(files) == found.files and b"%PDF" in files
    assert {letter["about_kind"] for letter in letters} == {
        "finsystem.invoice",
        "finsystem.invoice.issued",
        "finsystem.invoice.corrected",
        "finsystem.payment.booked",
        "finsystem.act.issued",
        "finsystem.reconciliation.sent",
    }


def test_switched_on_it_is_made_anew(registry: Any, books: Any, off: Any, begin: Any, unit_of_work: Any) -> None:
    off(ID)
    run_job_now(registry, begin(ID))
    migrate.check(registry.cabinet_engine, registry.cabinet_modules)  # a site starts without these tables
    off(ID, on=True)
    with unit_of_work() as request:
        open_books(request)
        an_invoice(request, books.client_id, 100_000)
    assert dict(preview(unit_of_work, ID).tables)["finsystem_invoice"] == 1
    with registry.cabinet_engine.connect() as connection:
        from cabinet_finsystem.ledger.triggers import differences

        assert list(differences(connection)) == [], "the triggers guard the new books"


def test_what_is_left_of_its_code_breaks_nothing_for_others(
    registry: Any, books: Any, off: Any, begin: Any, unit_of_work: Any, person: Any, monkeypatch: Any
) -> None:
    """It is installed still: it listens to others' acts, and tells what it keeps about people. While it is off only, it does."""
    read = PersonalData(
        f"{ID}.seen", "", lambda request, _user: request.db.execute(text("SELECT * FROM finsystem_invoice"))
    )
    given = registry.cabinet_contributions
    monkeypatch.setattr(registry, "cabinet_contributions", replace(given, personal=(*given.personal, read)))
    owner = person("o@x.ru", "owner")
    off(ID)
    with unit_of_work() as request:
        used = request.db.scalar(text("SELECT bank_account_id FROM finsystem_statement"))
        removed = BankAccountRemoved(1, used, "1")
        with pytest.raises(AccountInUseError):
            request.find_service(IEvents).record(removed)
    run_job_now(registry, begin(ID))
    with unit_of_work() as request:
        request.find_service(IEvents).record(removed)
        asked = request.find_service(IPersonalData).ask(request.db.get(User, owner.id), owner.id).public_id
    run_pending(registry)
    with unit_of_work() as request:
        assert request.find_service(IPersonalData).find(asked, owner.id) is not None


def test_what_the_owner_has_set_for_it_goes_too_and_every_process_knows(
    registry: Any, off: Any, begin: Any, unit_of_work: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    given = registry.cabinet_contributions
    key = Setting(f"{ID}.key", "", "secret", "")
    monkeypatch.setattr(registry, "cabinet_contributions", replace(given, settings={**given.settings, key.name: key}))
    for values in ({key.name: "sesame"}, {"core.site_name": "Another"}):
        with unit_of_work() as request:
            request.find_service(ISettings).change(values)
    with unit_of_work() as request:
        assert request.find_service(ISettings).get(key.name) == "sesame", "this process has read it"
    off(ID)
    copy = run_job_now(registry, begin(ID)).result["copy"]
    with unit_of_work() as request:
        assert request.find_service(ISettings).own(key.name) is False
        assert request.find_service(ISettings).get("core.site_name") == "Another"
        assert request.db.get(StoredSetting, key.name).value is None
    assert b"sesame" not in Path(copy).read_bytes()


def test_the_control_a_site_whose_module_is_on_does_not_start_without_its_tables(
    registry: Any, books: Any, off: Any, begin: Any
) -> None:
    off(ID)
    run_job_now(registry, begin(ID))
    with registry.cabinet_engine.begin() as connection:
        connection.execute(text("""UPDATE core_module_switch SET "on" = TRUE"""))
    with pytest.raises(migrate.SchemaError, match=ID):
        migrate.check(registry.cabinet_engine, registry.cabinet_modules)


@pytest.mark.parametrize("step", ["drop", "forget", "_switch_off", "record"])
def test_an_error_at_any_step_leaves_everything_as_it_was(
    registry: Any, books: Any, off: Any, begin: Any, monkeypatch: Any, step: str
) -> None:
    from cabinet.audit.services import AuditLog

    off(ID)
    before, made = contents(registry), tables(registry)
    job = begin(ID)
    place = belongings if step in {"drop", "forget"} else AuditLog if step == "record" else services
    original = getattr(place, step)

    def fail(*arguments: Any, **named: Any) -> None:
        original(*arguments, **named)
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(place, step, fail)
        with pytest.raises(OSError, match="the disk is gone"):
            run_job_now(registry, job)
    after = contents(registry)
    assert tables(registry) == made
    del before["core_job"], after["core_job"]
    assert after == before
    assert run_job_now(registry, begin(ID)).result["module"] == ID


KILLED = """
import os, sys
from cabinet.app import make_config
from cabinet.erasing import belongings
from cabinet.jobs.runner import run_job_now
from cabinet.settings import build_settings
from pathlib import Path

settings = build_settings({"secret": "x" * 40, "database": {"url": sys.argv[1]}}, Path(sys.argv[2]))
registry = make_config(settings).registry
forget = belongings.forget
belongings.forget = lambda *arguments: (forget(*arguments), os._exit(9))
run_job_now(registry, int(sys.argv[3]))
"""


def test_a_process_killed_in_the_middle_leaves_everything_as_it_was(
    registry: Any, books: Any, off: Any, begin: Any, tmp_path: Path
) -> None:
    off(ID)
    before, job = contents(registry), begin(ID)
    url = registry.cabinet_engine.url.render_as_string(hide_password=False)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, url, str(tmp_path), str(job)], capture_output=True, check=False
    )
    assert killed.returncode == 9, killed.stderr.decode()
    after = contents(registry)
    del before["core_job"], after["core_job"]
    assert after == before


def test_only_what_is_off_and_what_nothing_stands_on_goes(
    registry: Any, books: Any, off: Any, begin: Any, unit_of_work: Any
) -> None:
    with pytest.raises(ConflictError, match="on"):
        begin(ID)
    off("client_manager")
    with pytest.raises(ConflictError, match="Finance"):
        begin("client_manager")
    for typed in ("", "Finsystem", "client_manager"):
        with pytest.raises(NotConfirmedError):
            begin(ID, typed)
    for unknown in ("core", "nosuch", "client"):
        with pytest.raises(NotFoundError):
            begin(unknown)
    with registry.cabinet_engine.begin() as connection:
        connection.execute(text("CREATE TABLE other_thing (id BIGINT REFERENCES finsystem_invoice (id))"))
    with pytest.raises(ConflictError, match="other_thing"):
        begin(ID)
    with registry.cabinet_engine.begin() as connection:
        connection.execute(text("DROP TABLE other_thing"))
    run_job_now(registry, begin(ID))
    with pytest.raises(ConflictError, match="already"):
        begin(ID)
    run_job_now(registry, begin("client_manager"))
    assert not [name for name in tables(registry) if name.startswith("client_manager_")]


def test_a_module_that_was_switched_on_meanwhile_is_left_alone(
    registry: Any, books: Any, off: Any, begin: Any, unit_of_work: Any
) -> None:
    off(ID)
    job = begin(ID)
    off(ID, on=True)
    with pytest.raises(ConflictError):
        run_job_now(registry, job)
    with unit_of_work(writing=False) as request:
        assert request.db.get(Job, job).state == FAILED
    assert "finsystem_invoice" in tables(registry)


def test_a_module_that_is_not_installed_any_more_is_found_by_its_tables(
    registry: Any, unit_of_work: Any, begin: Any, signed_in_as: Any
) -> None:
    with registry.cabinet_engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version_loans (version_num VARCHAR(32))"))
        connection.execute(
            text("CREATE TABLE loans_record (id BIGINT PRIMARY KEY, next_id BIGINT REFERENCES loans_record (id))")
        )
        connection.execute(text("CREATE TABLE loans_line (id BIGINT REFERENCES loans_record (id))"))
        connection.execute(text("INSERT INTO loans_record VALUES (1, NULL), (2, 1)"))
        connection.execute(text("INSERT INTO loans_line VALUES (1)"))
    owner = signed_in_as("owner")
    owner.get("/site/modules").click(href="/site/modules/loans/erase").mustcontain("loans_record", "loans_line")
    run_job_now(registry, begin("loans"))
    assert not [name for name in tables(registry) if "loans" in name]
    assert "loans" not in owner.get("/site/modules").text


def test_the_owner_looks_types_the_id_and_it_goes(registry: Any, books: Any, off: Any, signed_in_as: Any) -> None:
    owner = signed_in_as("owner")
    refused = owner.get(f"/site/modules/{ID}/erase")
    assert "Switch it off first" in refused.text and "erase-form" not in refused.forms
    off(ID)
    page = owner.get(f"/site/modules?module={ID}").click(href=f"/{ID}/erase$")
    page.mustcontain("finsystem_invoice", "audit log", "backups")
    form = page.forms["erase-form"]
    form["typed"] = "finsystm"
    form = form.submit(status=422).forms["erase-form"]
    assert "finsystem_invoice" in tables(registry)
    form["typed"] = ID
    form.submit(status=303).follow(status=200).mustcontain("Erasing has begun")
    run_pending(registry)
    assert "finsystem_invoice" not in tables(registry)
    owner.get("/site/health", status=200)
    owner.get(f"/site/modules?module={ID}", status=200)


def test_the_command_tells_first_and_erases_once_the_id_is_given_again(cabinet: Any) -> None:
    assert cabinet("module", "erase", ID)[1]["refusal"]
    assert cabinet("module", "off", ID)[0] == 0
    status, told = cabinet("module", "erase", ID)
    assert (status, told["erased"], told["refusal"]) == (0, False, None)
    assert {"table": "finsystem_invoice", "rows": 0} in told["tables"]
    assert cabinet("module", "erase", ID, "--confirm", "finsys")[1]["error"]["code"] == "not_confirmed"
    status, done = cabinet("module", "erase", ID, "--confirm", ID)
    assert (status, done["erased"]) == (0, True)
    assert Path(done["copy"]).parent == Path("site/backups").resolve()
    assert cabinet("check")[1]["ok"]
    assert cabinet("audit", "verify")[0] == 0
    assert cabinet("module", "on", ID)[1]["switched"] == [ID]
    assert cabinet("ledger", "verify")[1]["balanced"]
