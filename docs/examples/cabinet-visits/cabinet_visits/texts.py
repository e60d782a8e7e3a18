"""The module's message factory: `_("A text in English")` is looked up in the catalogues in `locale/`."""

from __future__ import annotations

from translationstring import TranslationStringFactory

_ = TranslationStringFactory("cabinet_visits")
