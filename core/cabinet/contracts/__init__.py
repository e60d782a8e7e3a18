"""Interfaces and frozen data shared by several modules. Nothing here knows a database or a web framework."""
