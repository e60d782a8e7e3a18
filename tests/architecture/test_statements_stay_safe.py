"""Rules that keep data whole and apart, checked on the source: no raw DML, no returned errors, no floats in money."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    p
    for root in ("core", "modules")
    for p in (ROOT / root).rglob("*.py")
    if "migrations" not in p.parts and "testing" not in p.parts
)


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Call)
        and (
            (isinstance(n.func, ast.Name) and n.func.id == name)
            or (isinstance(n.func, ast.Attribute) and n.func.attr == name)
        )
    ]


def returned_http_errors(tree: ast.AST) -> list[int]:
    bad = {
        "HTTPForbidden",
        "HTTPNotFound",
        "HTTPBadRequest",
        "HTTPConflict",
        "HTTPUnprocessableEntity",
        "HTTPInternalServerError",
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            function = node.value.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            if name in bad:
                found.append(node.lineno)
    return found


def text_dml(tree: ast.AST) -> list[int]:
    found = []
    for call in calls(tree, "text"):
        argument = call.args[0] if call.args else None
        if isinstance(argument, ast.JoinedStr):
            found.append(call.lineno)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            word = argument.value.lstrip().split(" ")[0].upper()
            if word in {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"}:
                found.append(call.lineno)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_errors_are_raised_never_returned(path: Path) -> None:
    assert returned_http_errors(ast.parse(path.read_text("utf-8"))) == [], "a returned error would commit"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_dml_is_written_as_text(path: Path) -> None:
    assert text_dml(ast.parse(path.read_text("utf-8"))) == [], "text() DML is silently not committed"


def hand_made_sql(tree: ast.AST) -> list[int]:
    """Statements put together of strings, and searches that take % and _ for wildcards."""
    found = []
    sql = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sqlalchemy")
        for alias in node.names
    }
    for name in {"text", "literal_column"} & sql | {"exec_driver_sql"}:
        for call in calls(tree, name):
            argument = call.args[0] if call.args else None
            made = isinstance(argument, (ast.JoinedStr, ast.BinOp)) or (
                isinstance(argument, ast.Call)
                and getattr(argument.func, "attr", "") in {"format", "join", "replace"}
                and not all(isinstance(one, ast.Constant) for one in argument.args)
            )
            if made:
                found.append(call.lineno)
    for call in (one for name in ("like", "ilike") for one in calls(tree, name)):
        if not (isinstance(call.args[0], ast.JoinedStr) and _constant(call.args[0])):
            found.append(call.lineno)
    return found


def _constant(made: ast.JoinedStr) -> bool:
    """Whether it is made of constants of the file alone: _UPPER."""
    parts = [part.value for part in made.values if isinstance(part, ast.FormattedValue)]
    return all(isinstance(part, ast.Name) and part.id.isupper() for part in parts)


def trusting(tree: ast.AST) -> list[int]:
    """Markup made of anything but a text that stands in the source, and the address that a visitor may write himself."""
    made = [call.lineno for call in calls(tree, "Markup") if not (call.args and isinstance(call.args[0], ast.Constant))]
    return made + [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "client_addr"]


HAND_MADE = {
    "core/cabinet/db/engine.py",
    "core/cabinet/db/bulk.py",
    "core/cabinet/backup/databases.py",
    "core/cabinet/erasing/belongings.py",
}
"""Where names of tables and columns, ours or quoted, stand in a statement."""

MARKED_UP = {"core/cabinet/i18n/formatting.py", "core/cabinet/richtext/rendering.py", "core/cabinet/web/audience.py"}
"""Figures and times with their tags, where what is put in is escaped or made of digits;
what nh3 has just cleaned; a template of ours, drawn as a part of a page."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_statement_is_put_together_of_strings(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in HAND_MADE:
        assert hand_made_sql(ast.parse(path.read_text("utf-8"))) == [], (
            "bind parameters; `contains(…, autoescape=True)`"
        )


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_typed_is_trusted(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in MARKED_UP:
        assert trusting(ast.parse(path.read_text("utf-8"))) == []


def test_templates_escape_everything_but_figures() -> None:
    found = [
        word
        for root in ("core", "modules", "themes")
        for path in (ROOT / root).rglob("*.pt")
        if "node_modules" not in path.parts
        for word in re.findall(r"structure[: ]\s*[^\s\"};]+", path.read_text("utf-8"))
    ]
    # A template of ours, drawn by itself with nothing put into it, stands in for a part that failed.
    assert [word for word in found if word != "structure fragment.failed(request)"] == ["structure fmt.money(returned,"]


def test_the_rules_find_what_they_forbid() -> None:
    made = "from sqlalchemy import text\ntext('SELECT 1' + x)\nc.exec_driver_sql(f'DROP {t}')\ntext('{}'.format(x))"
    assert sorted(hand_made_sql(ast.parse(made))) == [2, 3, 4]
    assert hand_made_sql(ast.parse("a.like(f'%{word}%')\na.ilike(word)\na.like(f'{_ONE}%')")) == [1, 2]
    assert trusting(ast.parse("Markup(x)\nrequest.client_addr\nMarkup('<b>')\nMarkup(f'{x}')")) == [1, 4, 2]
    assert returned_http_errors(ast.parse("def v(r):\n    return HTTPForbidden()")) == [2]
    assert text_dml(ast.parse("x = text('UPDATE t SET a = 1')\ny = text(f'SELECT {a}')")) == [1, 2]
