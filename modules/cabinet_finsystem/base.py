"""The declarative base of finsystem's tables."""

from cabinet.db import module_base

Base = module_base("finsystem")
