"""The core's message factory and the languages of the interface. Ground floor: anything may import it."""

from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("cabinet")

LANGUAGES = {"ru": "Русский", "en": "English"}
