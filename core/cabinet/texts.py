"""The core's message factory and the languages of the interface. Ground floor: anything may import it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.i18n import TranslationStringFactory
from translationstring import TranslationString

_ = TranslationStringFactory("cabinet")

LANGUAGES = {"ru": "Русский", "en": "English"}


def pack_text(text: str | None) -> Any:
    """``text`` ready for a JSON column, still to be translated by whoever shows it."""
    if not isinstance(text, TranslationString):
        return text
    mapping = {
        key: pack_text(value) if isinstance(value, str) else value for key, value in (text.mapping or {}).items()
    }
    return {"msgid": str.__str__(text), "domain": text.domain, "mapping": mapping}


def unpack_text(packed: Any) -> str | TranslationString:
    """The text that `pack_text` packed."""
    if not isinstance(packed, dict):
        return packed or ""
    mapping = {
        key: unpack_text(value) if isinstance(value, dict) else value for key, value in packed["mapping"].items()
    }
    return TranslationString(packed["msgid"], domain=packed["domain"], mapping=mapping)


def told(message: str, translate: Callable[[str], str]) -> str:
    """``message`` in the reader's language. What it quotes may be a text to translate, too."""
    if not isinstance(message, TranslationString):
        return message
    quoted = {
        key: translate(value) if isinstance(value, TranslationString) else value
        for key, value in (message.mapping or {}).items()
    }
    return translate(message % quoted if quoted else message)
