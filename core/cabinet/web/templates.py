"""Compiled templates: by where they lie, and kept from start to start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chameleon.config import CACHE_DIRECTORY
from chameleon.loader import ModuleLoader
from chameleon.template import BaseTemplate
from pyramid.renderers import get_renderer


def template(spec: str) -> Any:
    """The compiled template ``package:path``, for macros and slots."""
    return get_renderer(spec).implementation()


def keep_compiled(folder: Path) -> None:
    """Keep what templates are compiled to in ``folder``, which only the site may write: the first page of a start need not wait for it.

    A changed template has another name there. Where the folder cannot be written, or ``CHAMELEON_CACHE`` names one, it is left alone.
    """
    if CACHE_DIRECTORY is not None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return
    BaseTemplate.loader = ModuleLoader(str(folder))
