"""Russian and English are complete: no text is left out of the catalogues, and none is written past them."""

import ast
from pathlib import Path

import pytest

from cabinet.i18n import catalogues
from cabinet.testing.untranslated import CYRILLIC, Untranslated, untranslated

ROOT = Path(__file__).resolve().parents[2]
# Modules inherit the same from their contract.
PACKAGES = [path for path in catalogues.packages(ROOT) if path.parent.name != "modules"]

# Where Russian is the matter itself, not the interface: documents, bank formats, what people type. Everything else asks a catalogue.
RUSSIAN_BY_NATURE = {
    "cabinet/texts.py": "names of languages",
    "cabinet/identity/guessable.py": "passwords that people choose, and how keyboards lie",
    "cabinet/requisites.py": "letters of account numbers",
    "cabinet/db/folding.py": "a letter that people type in two ways",
    "cabinet/fulltext/": "words that questions are full of, letters that look alike",
    "cabinet/tables/rows.py": "the same letter in the header of a table",
    "cabinet/tables/alphabets.py": "letters and words that tell a Russian text from another",
    "cabinet/interfaces/": "examples in docstrings",
    "cabinet/cli/demo.py": "the made-up firm has a Russian name",
    "cabinet/pdf/": "documents are written in their own language",
}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_text_is_translated(package):
    assert catalogues.check(package) == []


@pytest.mark.parametrize("package", [path for path in PACKAGES if path.name == "cabinet"], ids=lambda path: path.name)
def test_core_code_holds_no_russian_but_where_it_is_the_matter(package):
    wrong = []
    for path in sorted(package.rglob("*.py")):
        place = f"{package.name}/{path.relative_to(package)}"
        if place.startswith(tuple(RUSSIAN_BY_NATURE)):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        wrong += [
            f"{place}:{node.lineno}: {node.value!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CYRILLIC.search(node.value)
            and id(node) not in docstrings
        ]
    assert wrong == []


TEMPLATES = sorted(path for package in PACKAGES for path in package.rglob("*.pt") if "node_modules" not in path.parts)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_past_the_catalogues(path):
    assert untranslated(path) == []


def test_the_check_of_templates_sees_what_it_should():
    reader = Untranslated()
    reader.feed(
        '<p title="Said">Said <b i18n:translate="">covered</b> ${x or "no"} PDF</p><br><i translate="no">ACME</i><p>7 × 8</p>'
    )
    assert [text for _line, text in reader.found] == ["Said", "Said"]
