"""Rich text: Markdown that people write, as HTML that cannot harm."""

from __future__ import annotations

from cabinet.richtext.rendering import MAX_LENGTH, attached, excerpt, mentioned, plain, render

__all__ = ["MAX_LENGTH", "attached", "excerpt", "mentioned", "plain", "render"]
