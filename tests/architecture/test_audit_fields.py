"""Every field that an act may record has a name for people: the source is read for what it writes into the audit trail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from cabinet.plugins.contributions import AuditField
from cabinet.web.audit_fields import FIELDS as OF_CORE
from cabinet_client_manager.values import ClientFacts, ContactFacts, ContractFacts, EntityFacts
from cabinet_client_manager.views.audit_fields import FIELDS as OF_CLIENT_MANAGER
from cabinet_finsystem.articles.values import NewRule
from cabinet_finsystem.views.audit_fields import FIELDS as OF_FINSYSTEM

ROOT = Path(__file__).resolve().parents[2]
PARTS: dict[str, tuple[Path, tuple[AuditField, ...]]] = {
    "core": (ROOT / "core/cabinet", OF_CORE),
    "client_manager": (ROOT / "modules/cabinet_client_manager", OF_CLIENT_MANAGER),
    "finsystem": (ROOT / "modules/cabinet_finsystem", OF_FINSYSTEM),
}
#: Facts that acts record whole, or what differs in them: noun → class.
WHOLE: dict[str, dict[str, Any]] = {
    "core": {},
    "client_manager": {
        "client": ClientFacts,
        "contact": ContactFacts,
        "contract": ContractFacts,
        "legal_entity": EntityFacts,
    },
    "finsystem": {"article_rule": NewRule},
}
RECORDS = {"record", "_record", "_tell", "_decided", "Act"}
SIDES = {"before", "after"}


def is_internal(name: str) -> bool:
    return name.endswith("_id") or name == "sha256"


def written(tree: ast.AST) -> Iterator[str]:
    """Keys of the dicts that are handed to the trail, at once or under a name of the same function."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        handed = [one for call in ast.walk(function) if isinstance(call, ast.Call) for one in given(call)]
        names = {one.id for one in handed if isinstance(one, ast.Name)}
        for node in ast.walk(function):
            if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
                continue
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in names:
                handed.append(node.value)
            elif isinstance(target, ast.Subscript) and getattr(target.value, "id", "") in names:
                yield from constants(target.slice)
        for one in handed:
            yield from keys(one)


def given(call: ast.Call) -> list[ast.expr]:
    """What a call gives the trail, if it is one that does."""
    if getattr(call.func, "attr", getattr(call.func, "id", "")) not in RECORDS:
        return []
    return [*call.args, *(k.value for k in call.keywords if k.arg is None or k.arg in SIDES)]


def keys(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        yield from constants(*node.keys)
        for value in node.values:
            yield from keys(value)


def constants(*nodes: ast.expr | None) -> Iterator[str]:
    yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def recorded(part: str) -> set[str]:
    folder, _fields = PARTS[part]
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        text = path.read_text("utf-8")
        if "IAuditLog" in text or "audit" in text:
            found |= set(written(ast.parse(text)))
    return found


@pytest.mark.parametrize("part", PARTS)
def test_every_field_that_the_source_records_has_a_title(part: str) -> None:
    told = {field.name.rpartition(".")[2] for field in PARTS[part][1]}
    names = recorded(part)
    assert len(names) > 5, "the reading of the source finds what it should"
    assert {name for name in names if not is_internal(name)} - told == set()


@pytest.mark.parametrize("part", PARTS)
def test_every_field_of_facts_that_are_recorded_whole_has_a_title(part: str) -> None:
    told = {field.name for field in PARTS[part][1]}
    unnamed = {
        f"{noun}.{field.name}"
        for noun, facts in WHOLE[part].items()
        for field in fields(facts)
        if not is_internal(field.name) and not {f"{part}.{noun}.{field.name}", f"{part}.{field.name}"} & told
    }
    assert unnamed == set()


def test_the_reading_of_the_source_sees_what_is_written_and_how() -> None:
    source = """
def act(self):
    before: dict = {"one": 1, **{"two": 2}}
    before["three"] = 3
    self._audit.record("a.b.c", kind="k", before=before, after={"four": [1], "five_id": 5})
    self._tell(row, "a.b.c", None, {"six": 6})
    Act(row, "t", None, after={**kept, "seven": 7})
    other = {"no": 1}
"""
    assert set(written(ast.parse(source))) == {"one", "two", "three", "four", "five_id", "six", "seven"}
