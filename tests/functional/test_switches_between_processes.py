"""Two real servers on one database: what one is told, the other knows with its next request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from cabinet.cli import run

PATIENCE = 60.0
PAGE = "/office/invoices"  # the sign-in page for a stranger while finance is on, no page at all while it is off


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def status_of(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def site(request, engine_name, tmp_path, loaded_modules, monkeypatch) -> Iterator[str]:
    """The cabinet.toml of a site on a fresh database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CABINET_CONFIG", raising=False)
    if engine_name == "sqlite":
        assert run(["init", "site", "--json"]) == 0
        yield "site/cabinet.toml"
        return
    with request.getfixturevalue("postgresql_databases").copy([]) as url:
        assert run(["init", "site", "--json", "--database", url]) == 0
        yield "site/cabinet.toml"


@pytest.fixture
def two_servers(site, cabinet_command) -> Iterator[list[int]]:
    """The ports of two processes that serve one site."""
    ports = [free_port(), free_port()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    servers = [
        subprocess.Popen(
            [*cabinet_command, "serve", "--config", site, "--port", str(port), "--no-worker"],
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        for port in ports
    ]
    end = time.monotonic() + PATIENCE
    for port in ports:
        while True:
            try:
                if status_of(port, "/health/live") == 200:
                    break
            except OSError:
                assert time.monotonic() < end, "the server did not come up"
                time.sleep(0.1)
    yield ports
    for server in servers:
        server.terminate()
        server.wait()


def test_a_switch_thrown_in_a_third_process_is_seen_by_the_next_request_of_both(site, two_servers, capsys) -> None:
    assert [status_of(port, PAGE) for port in two_servers] == [200, 200]
    for word, expected in (("off", 404), ("on", 200), ("off", 404)):
        assert run(["module", word, "finsystem", "--config", site, "--json"]) == 0
        assert [status_of(port, PAGE) for port in two_servers] == [expected, expected], word
    capsys.readouterr()
