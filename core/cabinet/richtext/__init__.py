"""Rich text: Markdown that people write, as HTML that cannot harm; drafts of it; files that hang on it."""

from __future__ import annotations

from typing import Any

from cabinet.richtext.rendering import MAX_LENGTH, attached, excerpt, mention, mentioned, plain, render

__all__ = ["MAX_LENGTH", "attached", "excerpt", "mention", "mentioned", "plain", "render"]


def includeme(config: Any) -> None:
    """Bind drafts and attachments."""
    from cabinet.interfaces import IAttachments, IDrafts
    from cabinet.richtext.services import attachments_factory, drafts_factory

    config.register_service_factory(drafts_factory, IDrafts)
    config.register_service_factory(attachments_factory, IAttachments)
