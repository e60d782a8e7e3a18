"""The declarative base of the module's tables: it gives them their owner."""

from cabinet.db import module_base

Base = module_base("faq")
