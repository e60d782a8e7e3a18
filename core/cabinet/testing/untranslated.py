"""Words of a template that no catalogue gives."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def untranslated(path: Path) -> list[str]:
    """``line: words`` of the template at ``path`` that no ``i18n`` attribute covers, and Cyrillic letters outside comments."""
    source = path.read_text("utf-8")
    reader = Untranslated()
    reader.feed(source)
    found = [f"{line}: {words}" for line, words in reader.found]
    if foreign := CYRILLIC.search(_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)):
        found.append(f"a template speaks English, catalogues the rest: {foreign[0]}")
    return found


class Untranslated(HTMLParser):
    """Finds words in a template that no ``i18n`` attribute covers. XLSX, ``<code>`` and ``c-mono``
    are the same everywhere.

    ``translate="no"`` marks what is the same in every language (a brand, a sample of code). ``found``: (line, words).
    """

    SPOKEN = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "label"})
    VOID = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    )
    SILENT = frozenset({"script", "style", "code"})
    WORD = re.compile(r"(?!\b[A-Z]{2,4}\b)\b[^\W\d_]{2,}")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._open: list[tuple[str, bool]] = []

    def _without_expressions(self, text: str) -> str:
        out, depth = [], 0
        for position, character in enumerate(text):
            inside = depth > 0
            depth += text.startswith("${", position) or (inside and character == "{" and text[position - 1] != "$")
            depth -= inside and character == "}"
            if not inside and not depth:
                out.append(character)
        return "".join(out)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """What it says by itself; whether what stands inside is covered."""
        given = dict(attributes)
        covered = self._open[-1][1] if self._open else False
        covered = covered or any(name in given for name in ("i18n:translate", "tal:content", "tal:replace"))
        covered = covered or given.get("translate") == "no" or tag in self.SILENT
        covered = covered or "c-mono" in (given.get("class") or "").split()
        translated = {part.split()[0] for part in (given.get("i18n:attributes") or "").split(";") if part.strip()}
        for name in self.SPOKEN & given.keys() - translated:
            words = given[name] or ""
            if given.get("translate") != "no" and self.WORD.search(self._without_expressions(words)):
                self.found.append((self.getpos()[0], words))
        if tag not in self.VOID:
            self._open.append((tag, covered))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """The same, with nothing inside."""
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Back to what is around."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words."""
        if (not self._open or not self._open[-1][1]) and self.WORD.search(self._without_expressions(data)):
            self.found.append((self.getpos()[0], data.strip()))
