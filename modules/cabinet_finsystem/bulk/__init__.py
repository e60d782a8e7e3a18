"""Bulk issue: the same lines, typed once, invoiced to many clients."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the service."""
    from cabinet_finsystem.bulk.services import bulk_issues_factory
    from cabinet_finsystem.interfaces import IBulkIssues

    config.register_service_factory(bulk_issues_factory, IBulkIssues)
