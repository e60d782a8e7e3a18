"""Background work: a row is the truth, a queue wakes the workers."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the jobs."""
    from cabinet.interfaces import IJobs
    from cabinet.jobs.services import jobs_factory

    config.register_service_factory(jobs_factory, IJobs)
