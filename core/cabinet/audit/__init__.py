"""The audit trail: who did what."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the audit log."""
    from cabinet.audit.services import audit_factory
    from cabinet.interfaces import IAuditLog

    config.register_service_factory(audit_factory, IAuditLog)
