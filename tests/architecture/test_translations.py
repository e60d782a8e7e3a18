"""Russian and English are complete: no text is left out of the catalogues, and none is written past them."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cabinet.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = catalogues.packages(ROOT)
CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# Where Russian is the matter itself, not the interface: documents, bank formats, what people type. Everything else asks a catalogue.
RUSSIAN_BY_NATURE = {
    "cabinet/texts.py": "names of languages",
    "cabinet/requisites.py": "letters of account numbers",
    "cabinet/db/folding.py": "a letter that people type in two ways",
    "cabinet/tables/rows.py": "the same letter in the header of a table",
    "cabinet/interfaces.py": "examples in docstrings",
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


class Untranslated(HTMLParser):
    """Finds words in a template that no ``i18n`` attribute covers. XLSX, ``<code>`` and ``c-mono``
    are the same everywhere.

    ``translate="no"`` marks what is the same in every language (a brand, a sample of code).
    """

    SPOKEN = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "label"})
    VOID = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    )
    SILENT = frozenset({"script", "style", "code"})
    WORD = re.compile(r"(?!\b[A-Z]{2,4}\b)\b[^\W\d_]{2,}")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []
        self._open = []

    def _without_expressions(self, text):
        out, depth = [], 0
        for position, character in enumerate(text):
            inside = depth > 0
            depth += text.startswith("${", position) or (inside and character == "{" and text[position - 1] != "$")
            depth -= inside and character == "}"
            if not inside and not depth:
                out.append(character)
        return "".join(out)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        covered = self._open[-1][1] if self._open else False
        covered = covered or any(name in given for name in ("i18n:translate", "tal:content", "tal:replace"))
        covered = covered or given.get("translate") == "no" or tag in self.SILENT
        covered = covered or "c-mono" in (given.get("class") or "").split()
        translated = {part.split()[0] for part in (given.get("i18n:attributes") or "").split(";") if part.strip()}
        for name in self.SPOKEN & given.keys() - translated:
            if given.get("translate") != "no" and self.WORD.search(self._without_expressions(given[name] or "")):
                self.found.append((self.getpos()[0], given[name]))
        if tag not in self.VOID:
            self._open.append((tag, covered))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if (not self._open or not self._open[-1][1]) and self.WORD.search(self._without_expressions(data)):
            self.found.append((self.getpos()[0], data.strip()))


TEMPLATES = sorted(path for package in PACKAGES for path in package.rglob("*.pt") if "node_modules" not in path.parts)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_past_the_catalogues(path):
    reader = Untranslated()
    reader.feed(path.read_text("utf-8"))
    assert reader.found == []
    assert not CYRILLIC.search(re.sub(r"<!--.*?-->", "", path.read_text("utf-8"), flags=re.DOTALL))


def test_the_check_of_templates_sees_what_it_should():
    reader = Untranslated()
    reader.feed(
        '<p title="Said">Said <b i18n:translate="">covered</b> ${x or "no"} PDF</p><br><i translate="no">ACME</i><p>7 × 8</p>'
    )
    assert [text for _line, text in reader.found] == ["Said", "Said"]
