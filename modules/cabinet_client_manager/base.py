"""The declarative base of client_manager's tables."""

from cabinet.db import module_base

Base = module_base("client_manager")
