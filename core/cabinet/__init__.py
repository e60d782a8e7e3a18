"""Cabinet: a self-hosted, modular client cabinet."""

__version__ = "0.1.0"
