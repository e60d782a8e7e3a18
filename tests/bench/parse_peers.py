"""Readers of others, each in a virtual environment of its own: how long one takes for a file, or that there is none here."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Peer(NamedTuple):
    """A package of PyPI, and a program that prints ``seconds operations`` of the file it is given."""

    package: str
    program: str


_TIMED = """
import sys, time, warnings
warnings.simplefilter("ignore")
path = sys.argv[1]
{before}
started = time.process_time()
{work}
print(time.process_time() - started, count)
"""

PEERS: Mapping[str, Peer] = {
    "1c": Peer(
        "client-bank-1c==0.3",
        _TIMED.format(
            before="from client_bank_1c import ClientBankImporter",
            work="found = ClientBankImporter.from_file(path) if hasattr(ClientBankImporter, 'from_file')"
            " else ClientBankImporter(open(path, 'rb').read())\n"
            "count = len(getattr(found, 'documents', ()))",
        ),
    ),
    "mt940": Peer(
        "mt-940==5.1.1",
        _TIMED.format(before="import mt940", work="found = mt940.parse(path)\ncount = len(found.transactions)"),
    ),
    "ofx": Peer(
        "ofxparse==0.21",
        _TIMED.format(
            before="from ofxparse import OfxParser",
            work="found = OfxParser.parse(open(path, 'rb'))\ncount = len(found.account.statement.transactions)",
        ),
    ),
}
"""Formats for which a reader of somebody else's is on PyPI that reads the file at all."""


def peer_seconds(kind: str, path: Path, count: int) -> tuple[str, float | None]:
    """(name or reason, seconds): None where there is no peer, it cannot be had here, or it does not read all of the file."""
    peer = PEERS.get(kind)
    if peer is None:
        return "no peer", None
    with tempfile.TemporaryDirectory(prefix="cabinet-peer-") as folder:
        python = Path(folder) / "bin" / "python"
        made = _run(sys.executable, "-m", "venv", folder) and _run(
            str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer.package
        )
        if made is None:
            return f"no peer ({peer.package} cannot be installed)", None
        told = _run(str(python), "-c", peer.program, str(path))
    if told is None:
        return f"{peer.package} breaks on the file", None
    seconds, _space, operations = told.strip().partition(" ")
    if int(operations) != count:
        return f"{peer.package} reads {operations} of {count}", None
    return peer.package, float(seconds)


def _run(*command: str) -> str | None:
    """What a program printed, and a space; None where it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout + " " if done.returncode == 0 else None
