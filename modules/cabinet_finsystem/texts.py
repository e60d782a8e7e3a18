"""The module's message factory."""

from translationstring import TranslationStringFactory

_ = TranslationStringFactory("cabinet_finsystem")
