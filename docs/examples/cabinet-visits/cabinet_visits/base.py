"""The declarative base of the module's tables."""

from cabinet.db import module_base

Base = module_base("visits")
