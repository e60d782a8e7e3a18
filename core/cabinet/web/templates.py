"""Compiled templates by where they lie."""

from __future__ import annotations

from typing import Any

from pyramid.renderers import get_renderer


def template(spec: str) -> Any:
    """The compiled template ``package:path``, for macros and slots."""
    return get_renderer(spec).implementation()
