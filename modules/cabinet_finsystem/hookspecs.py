"""The hooks of finsystem: what other modules may add to it.

A module implements them in its ``hooks.py`` beside those of the core, and requires ``finsystem``.
"""

from __future__ import annotations

from cabinet.plugins.hookspecs import hookspec
from cabinet_finsystem.statements.interfaces import IStatementFormat


@hookspec
def finsystem_statement_formats() -> list[IStatementFormat]:  # type: ignore[empty-body]
    """Formats of bank statements that can be loaded, beside those finsystem reads itself.

    Each is an object without state that provides ``IStatementFormat`` of ``cabinet_finsystem.interfaces.formats``: it says how sure it
    is of a file's first bytes, and yields the file's lines. The surest reads the file; of two equally sure ones the first in the order of
    the modules, so finsystem's own. Two formats with one id refuse the start, both modules are named.

    A format that raises while it looks at a file is left out for that file and reported: the others read on. One that raises while it
    reads has refused the file. The formats of a module that the owner has switched off are not there.
    """
