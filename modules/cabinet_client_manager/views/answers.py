"""The way to the pages of this module."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from cabinet.web.answers import go


def to_client(request: Any, public_id: Any) -> HTTPSeeOther:
    """To a client's card."""
    return go(request, "client_manager.office.client", client=public_id.hex)
