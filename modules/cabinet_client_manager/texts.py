"""The module's message factory, and messages that quote messages."""

from __future__ import annotations

from collections.abc import Callable

from translationstring import TranslationString, TranslationStringFactory

_ = TranslationStringFactory("cabinet_client_manager")


def told(message: str, translate: Callable[[str], str]) -> str:
    """``message`` in the reader's language. What it quotes may be a text to translate, too."""
    if not isinstance(message, TranslationString):
        return message
    quoted = {
        key: translate(value) if isinstance(value, TranslationString) else value
        for key, value in (message.mapping or {}).items()
    }
    return translate(message % quoted if quoted else message)
