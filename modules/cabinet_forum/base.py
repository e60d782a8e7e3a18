"""The declarative base of forum's tables."""

from cabinet.db import module_base

Base = module_base("forum")
