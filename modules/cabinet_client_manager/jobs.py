"""Work of client_manager that outlives a request."""

from __future__ import annotations

import uuid
from typing import Any

from cabinet_client_manager.interfaces import ITableImports


def take_table(job: Any, _registry: Any) -> dict[str, int]:
    """Take in a table that was looked through on screen. ``args``: table, its public id."""
    with job.unit_of_work() as request:
        imports = request.find_service(ITableImports)
        report = imports.finish(uuid.UUID(hex=job.args["table"]), job.progress)
        result = {"created": report.created, "updated": report.updated, "errors": len(report.errors)}
        job.done(request, result)
    return result
