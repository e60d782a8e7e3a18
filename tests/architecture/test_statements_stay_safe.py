"""Rules that keep data whole and apart, checked on the source: no raw DML, no returned errors, no floats in money."""

from __future__ import annotations

import ast
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


def test_the_rules_find_what_they_forbid() -> None:
    assert returned_http_errors(ast.parse("def v(r):\n    return HTTPForbidden()")) == [2]
    assert text_dml(ast.parse("x = text('UPDATE t SET a = 1')\ny = text(f'SELECT {a}')")) == [1, 2]
