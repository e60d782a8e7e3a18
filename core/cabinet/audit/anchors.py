"""Heads of the audit trail noted outside of the database: what shows that its end was cut off or all of it rewritten.

A file of lines, one JSON object each: ``{"at": …, "seq": …, "hash": …}``. Keep it, or copy it, where whoever can write to the database
cannot.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from cabinet.audit.chain import seal_committed
from cabinet.audit.models import AuditHead
from cabinet.audit.verify import Anchor


def read_anchors(path: Path) -> list[Anchor]:
    """All anchors in ``path``; none where there is no file. A line that was cut short is passed over."""
    found = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            row = json.loads(line)
            found.append(Anchor(int(row["seq"]), str(row["hash"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def current_anchor(engine: Engine) -> Anchor:
    """Where the trail ends now, with everything committed so far sealed."""
    seal_committed(engine)
    with engine.connect() as connection:
        seq, last = connection.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return Anchor(seq, last)


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Add ``anchor`` to the file, durably; an empty trail and what the last line says already are not written."""
    known = read_anchors(path)
    if anchor.seq == 0 or known[-1:] == [anchor]:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "seq": anchor.seq, "hash": anchor.hash}
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def anchors_path(settings: Any) -> Path:
    """Where the site of ``settings`` keeps its anchors."""
    return Path(settings.resolve(settings.audit.anchors))


def anchor_audit(_job: Any, registry: Any) -> dict[str, Any]:
    """The job ``core.anchor_audit``: note every day where the trail ends."""
    anchor = current_anchor(registry.cabinet_engine)
    write_anchor(anchors_path(registry.settings["cabinet.settings"]), anchor)
    return {"seq": anchor.seq, "hash": anchor.hash}
