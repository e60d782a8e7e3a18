"""Untranslated texts: what a page says that neither its language nor the data of the site accounts for."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
#: Where people wrote what they like: words of these columns may stand on any page.
_DATA = {
    "core_client": ("name", "external_id"),
    "core_user": ("name", "email"),
    "core_file": ("name",),
    "core_audit_event": ("title",),
    "client_manager_profile": ("full_name", "address", "postal_address", "note", "email", "phone"),
    "client_manager_contact": ("name", "position", "email"),
    "client_manager_contract": ("number", "subject"),
    "client_manager_tag": ("name",),
    "client_manager_legal_entity": (
        "name", "short_name", "address", "director_name", "director_post", "accountant_name", "email",
        "invoice_number_pattern",
    ),
    "client_manager_bank_account": ("bank_name",),
    "client_manager_client_account": ("bank_name",),
    "finsystem_article": ("name",),
    "finsystem_article_rule": ("purpose", "counterparty"),
    "finsystem_invoice": ("number", "text", "terms", "basis", "void_reason"),
    "finsystem_invoice_line": ("text", "unit"),
    "finsystem_act": ("number", "text", "basis", "void_reason", "payment_documents", "advances"),
    "finsystem_act_line": ("text", "unit"),
    "finsystem_correction": ("number", "text", "basis", "void_reason"),
    "finsystem_correction_line": ("text", "unit"),
    "finsystem_item": ("name", "unit", "code"),
    "finsystem_recurring": ("text", "unit"),
    "finsystem_payment": ("text",),
    "finsystem_statement_file": ("name", "encoding", "format"),
    "finsystem_table_mapping": ("name", "header"),
    "finsystem_statement_line": (
        "counterparty_name", "counterparty_bank", "purpose", "doc_kind", "doc_number",
    ),
}  # fmt: skip
#: The same in every language.
_EVERYWHERE = frozenset(
    """pdf xlsx csv xls txt zip qr ru en rub usd eur iban swift html enter ctrl esc shift tab cabinet toml png jpeg webp gif url ооо линия
    тепла external_id name inn kpp ogrn account bic email phone address manager_email year
    draft active suspended expired terminated invoice act cclientbankexchange
    sqlite postgresql mail windows dos chrome firefox linux macos android utc google microsoft
    authenticator iso camt ofx starttls tls english русский ромашка прохожий""".split()  # noqa: SIM905
)
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]{3,}"), re.compile(r"[А-Яа-яЁё]{2,}")
#: Not words: addresses, what stands for a value, a command to type.
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\{[^}]*\}|`[^`]*`")

COLLECT = """() => {
  const skipped = 'script, style, noscript, code, .c-ava, kbd, template, svg, .c-mono, .c-purpose, [translate="no"]';
  const own = document.documentElement.lang;
  const foreign = (node) => { const e = node.closest('[lang]'); return e && e.lang !== own; };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (text && !parent.closest(skipped) && !foreign(parent)) found.push(text);
  }
  for (const element of document.querySelectorAll('[title], [placeholder], [aria-label], [alt], [data-l]'))
    for (const name of ['title', 'placeholder', 'aria-label', 'alt', 'data-l'])
      if (element.getAttribute(name) && !element.closest(skipped) && !foreign(element)) found.push(element.getAttribute(name));
  found.push(document.title);
  return found;
}"""
"""Every text of a page, attributes that are read aloud or shown included."""


@dataclass(frozen=True)
class Data:
    """What people wrote: whole values, and the words in them."""

    values: frozenset[str]
    words: frozenset[str]

    def holds(self, text: str) -> bool:
        """Whether ``text`` is a value, values with commas between, a number and what it is about, or a list of whats and values."""
        if " — " in text and all(part.rpartition(" — ")[2] in self.values for part in text.split("; ")):
            return True
        return text in self.values or any(
            all(part in self.values for part in text.split(", ", most)) for most in (-1, 1)
        )


@lru_cache
def data_of(database: Path) -> Data:
    """What the site's data accounts for."""
    values: set[str] = set()
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        for table, columns in _DATA.items():
            for column in columns:
                found = connection.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
                values |= {" ".join(text.split()) for (value,) in found for text in _texts(str(value))}
        # What headed a bank's table stays in the log of acts when its mapping is gone.
        for (after,) in connection.execute(
            "SELECT after FROM core_audit_event WHERE action LIKE 'finsystem.table_mapping.%'"
        ):
            values |= _strings(json.loads(after or "null"))
    return Data(frozenset(values), frozenset(word for value in values for word in _words(value)))


def _texts(value: str) -> list[str]:
    """``value``, or what is in it where it is a list."""
    return [str(one) for one in json.loads(value)] if value.startswith('["') else [value]


def _strings(value: Any) -> set[str]:
    """Every string in a piece of JSON."""
    if isinstance(value, str):
        return {value}
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for one in within for text in _strings(one)}


def _words(text: str) -> set[str]:
    return {word.casefold() for pattern in (_LATIN, _CYRILLIC) for word in pattern.findall(text)}


@lru_cache
def _catalogue() -> tuple[frozenset[str], frozenset[str], list[re.Pattern[str]], list[re.Pattern[str]]]:
    """Plain texts and patterns of texts with placeholders: English ones, then Russian ones; those alike in both left out."""
    texts: tuple[set[str], set[str]] = (set(), set())
    for path in sorted(ROOT.glob("*/*/locale/ru/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file, "ru"):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                strings = message.string if isinstance(message.string, tuple) else (message.string,)
                if message.id and message.string and ids[0] != strings[0]:
                    texts[0].update(map(str, ids))
                    texts[1].update(map(str, strings))
    plain = [frozenset(text for text in some if "${" not in text) for some in texts]
    patterns = [[_pattern(text) for text in sorted(some) if "${" in text and _says(text)] for some in texts]
    return plain[0], plain[1], patterns[0], patterns[1]


def _says(text: str) -> bool:
    """Whether enough of a text with placeholders is words of its own."""
    return len(re.sub(r"\$\{[^}]*\}", "", text).strip()) >= 4


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\$\{[^}]*\}", text)
    return re.compile(".+?".join(map(re.escape, parts)), re.DOTALL)


def _says_else(text: str, patterns: list[re.Pattern[str]], letters: re.Pattern[str], data: Data) -> bool:
    """Whether ``text`` is a sentence of the other language, and not one of its own that ends with a name people gave."""
    if not any(pattern.fullmatch(text) for pattern in patterns):
        return False
    named = next((value for value in data.values if value and text.endswith(f" {value}")), "")
    return letters.search(text.removesuffix(named)) is not None


def untranslated(texts: Iterable[str], language: str, data: Data) -> list[str]:
    """Which of ``texts`` a page in ``language`` should not hold."""
    english, russian, english_patterns, russian_patterns = _catalogue()
    other, patterns, letters = (
        (english, english_patterns, _LATIN) if language == "ru" else (russian, russian_patterns, _CYRILLIC)
    )
    found = []
    for text in dict.fromkeys(" ".join(text.split()) for text in texts):
        strange = [
            word
            for word in letters.findall(_ADDRESS.sub(" ", text))
            if word.casefold() not in data.words and word.casefold() not in _EVERYWHERE
        ]
        written = text in other and text.casefold() not in _EVERYWHERE and letters.search(text)
        if strange or (not data.holds(text) and (written or _says_else(text, patterns, letters, data))):
            found.append(text)
    return found
