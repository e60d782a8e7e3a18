"""The module's message factory."""

from __future__ import annotations

from translationstring import TranslationStringFactory

_ = TranslationStringFactory("cabinet_forum")
