"""The declarative base of the core's own tables, shared by all packages of the core."""

from cabinet.db.base import module_base

Base = module_base("core")
