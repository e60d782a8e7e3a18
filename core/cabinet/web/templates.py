"""Compiled templates: by where they lie, one at a time, and kept from start to start."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from chameleon.config import CACHE_DIRECTORY
from chameleon.loader import ModuleLoader
from chameleon.template import BaseTemplate
from pyramid.renderers import get_renderer


def template(spec: str) -> Any:
    """The compiled template ``package:path``, for macros and slots."""
    return get_renderer(spec).implementation()


def compile_one_at_a_time() -> None:
    """Let no two threads compile a template at the same moment: Python below 3.11.8 and 3.12.3 may fail there with a SystemError
    (python/cpython#106905), and the visitor gets an error page of which the next reload knows nothing."""
    BaseTemplate.cook = _cook_alone  # type: ignore[method-assign, assignment]


_cooking = threading.RLock()
_cook = BaseTemplate.cook


def _cook_alone(template: BaseTemplate, body: str) -> None:
    with _cooking:
        _cook(template, body)


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
