"""The catalogues: collected from sources, kept by translators, compiled for the program.

``python -m cabinet.i18n.catalogues extract|compile|check``. English needs no catalogue: it is the text in the sources. The build
runs ``compile`` from this file before anything is installed, so that beyond the standard library only Babel is imported here.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE_LANGUAGE = "en"
# The last one is where a module lies that is a distribution of its own.
_ROOTS = ("core/cabinet", "modules/cabinet_*", "themes/cabinet_theme_*", "cabinet_*")
_PLURALS = frozenset({"plural", "pluralize", "ngettext"})
_PLACE = re.compile(r"\$\{(\w+)\}|\{(\w+)\}")
_FOREIGN = re.compile(r"[^A-Za-z]*[\u0400-\u04ff][^A-Za-z]*")
_LEFT_OUT = tuple(
    f'"{name}'.encode()
    for name in ("Project-Id", "POT-Creation", "PO-Revision", "Generated-By", "Last-Trans", "Language-Team", "Report-")
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the sources. ``plural``: its plural form where it has one; ``place``: file and line where it was first met."""

    msgid: str
    plural: str | None
    place: str


def packages(root: Path) -> list[Path]:
    """The packages of the repository at ``root``, ours or that of a module, that may have texts of their own."""
    return sorted(path for pattern in _ROOTS for path in root.glob(pattern) if (path / "__init__.py").exists())


def texts_of(package: Path) -> list[Text]:
    """All translatable texts of a package's domain (its name), each once, in the order of files."""
    found: dict[str, Text] = {}
    for path in sorted(package.rglob("*")):
        if "node_modules" in path.parts:
            continue
        if path.suffix == ".py":
            texts: Iterable[Text] = _texts_of_python(
                path.read_text("utf-8"), package.name, str(path.relative_to(package))
            )
        elif path.suffix == ".pt":
            texts = _texts_of_template(path, package.name, str(path.relative_to(package)))
        else:
            continue
        for text in texts:
            if text.msgid not in found or (text.plural and not found[text.msgid].plural):
                found[text.msgid] = text
    if package.name == "cabinet":
        for text in _texts_of_forms():
            found.setdefault(text.msgid, text)
    return list(found.values())


def extract(package: Path, language: str | None = None) -> None:
    """Bring the package's catalogues in line with its sources: new texts at their ends, unused ones out.

    ``language`` begins a catalogue of that language where there is none.
    """
    texts = texts_of(package)
    if not texts:
        return
    if language is not None:
        begun = package / "locale" / language / "LC_MESSAGES" / f"{package.name}.po"
        begun.parent.mkdir(parents=True, exist_ok=True)
        if not begun.exists():
            _write(begun, Catalog(language, project=package.name, charset="utf-8", fuzzy=False))
    wanted = {text.msgid: text for text in texts}
    for path in _catalogues(package):
        catalogue = _read(path)
        for message in list(catalogue):
            if message.id and _singular(message.id) not in wanted:
                catalogue.delete(message.id)
        for text in texts:
            if catalogue.get(text.msgid) is None:
                catalogue.add((text.msgid, text.plural) if text.plural else text.msgid)
        _write(path, catalogue)


def compile_all(package: Path) -> None:
    """Write a .mo beside every .po that is newer than it."""
    for path in _catalogues(package):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        part = compiled.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, _read(path))
        part.replace(compiled)


def check(package: Path) -> list[str]:
    """What is wrong with the catalogues of a package, a line each; nothing where all is translated."""
    texts = {text.msgid: text for text in texts_of(package)}
    problems = [
        f"{text.place}: not English: {text.msgid!r}" for text in texts.values() if _FOREIGN.fullmatch(text.msgid)
    ]
    paths = list(_catalogues(package))
    if texts and not paths:
        problems.append(f"{package.name}: has texts and no catalogue")
    for path in paths:
        problems += _problems(path, texts)
    return problems


def main(arguments: list[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="catalogues", description=__doc__)
    parser.add_argument("act", choices=("extract", "compile", "check"))
    parser.add_argument("--language", help="extract: begin the catalogues of this language")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[3], help="the repository")
    options = parser.parse_args(arguments)
    problems: list[str] = []
    for package in packages(options.root):
        if options.act == "extract":
            extract(package, options.language)
        elif options.act == "compile":
            compile_all(package)
        else:
            problems += check(package)
    sys.stdout.writelines(f"{line}\n" for line in problems)
    return 1 if problems else 0


def _problems(path: Path, texts: dict[str, Text]) -> Iterator[str]:
    language = path.parts[-3]
    catalogue = _read(path)
    known = {_singular(message.id): message for message in catalogue if message.id}
    for msgid, text in texts.items():
        message = known.get(msgid)
        if message is None:
            yield f"{text.place}: not in the {language} catalogue: {msgid!r}"
            continue
        strings = [str(s or "") for s in (message.string if isinstance(message.string, tuple) else (message.string,))]
        if message.fuzzy or not all(strings):
            yield f"{text.place}: not translated into {language}: {msgid!r}"
        elif bool(text.plural) != isinstance(message.id, tuple) or (
            text.plural and len(strings) != catalogue.num_plurals
        ):
            yield f"{text.place}: wrong number of plural forms in {language}: {msgid!r}"
        elif any(_places(string) - _places(msgid, text.plural or "") for string in strings):
            yield f"{text.place}: the {language} text has a place the English has not: {msgid!r}"
        elif any(_places(msgid) - {"n"} - _places(string) for string in strings):
            yield f"{text.place}: the {language} text lost a place of the English: {msgid!r}"
    for msgid in known.keys() - texts.keys():
        yield f"{path.name}: nobody uses {msgid!r}"


def _places(*texts: str) -> set[str]:
    return {found[1] or found[2] for text in texts for found in _PLACE.finditer(text)}


def _singular(msgid: Any) -> str:
    return str(msgid[0] if isinstance(msgid, (tuple, list)) else msgid)


def _catalogues(package: Path) -> Iterator[Path]:
    return iter(sorted((package / "locale").glob(f"*/LC_MESSAGES/{package.name}.po")))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], domain=path.stem, abort_invalid=True)


def _write(path: Path, catalogue: Catalog) -> None:
    # No places, no dates, no guessed formats: a catalogue changes only where a text does.
    for message in catalogue:
        message.flags &= {"fuzzy"}
    out = io.BytesIO()
    write_po(out, catalogue, no_location=True, width=0, ignore_obsolete=True)
    lines = [line for line in out.getvalue().splitlines() if not line.startswith(_LEFT_OUT)]
    path.write_bytes(b"\n".join(lines) + b"\n")


def _texts_of_python(source: str, domain: str, place: str, first_line: int = 1) -> Iterator[Text]:
    """Texts in calls of ``_("…")``, ``….plural(n, "…", "…")`` and ``….translate("…", domain="…")``."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        strings = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        keywords = {k.arg: k.value.value for k in node.keywords if isinstance(k.value, ast.Constant)}
        where = f"{place}:{first_line + node.lineno - 1}"
        if name == "_" and strings and isinstance(node.args[0], ast.Constant):
            yield Text(strings[0], None, where)
        elif name in _PLURALS and len(strings) >= 2:
            spoken = keywords.get("domain", strings[2] if len(strings) > 2 else "cabinet")
            if spoken == domain:
                yield Text(strings[0], strings[1], where)
        elif name == "translate" and strings and keywords.get("domain") == domain:
            yield Text(strings[0], None, where)


def _texts_of_template(path: Path, domain: str, place: str) -> list[Text]:
    """Texts of a Chameleon template: ``i18n:translate``, ``i18n:attributes``, and calls within its expressions."""
    from lingua.extractors.xml import ChameleonExtractor, get_python_expressions

    texts: list[Text] = []

    class Extractor(ChameleonExtractor):  # type: ignore[misc]
        config = ChameleonExtractor.default_config

        def parse_python(self, source: str) -> None:
            texts.extend(_texts_of_python(source.strip(), domain, place, self.linenumber))

        def visit_text(self, data: str) -> None:
            for source in get_python_expressions(data, "python"):
                self.parse_python(source)
            if self.translatestack[-1]:
                self.translatestack[-1].add_text(data)
            self.linenumber += data.count("\n")

    extractor = Extractor()
    with path.open("rb") as file:
        messages = extractor(str(path), SimpleNamespace(domain=domain, keywords=[], comment_tag=None), file)
    return [Text(message.msgid, None, f"{place}:{message.location[1]}") for message in messages] + texts


def _texts_of_forms() -> list[Text]:
    """WTForms' own messages, which our forms translate through our catalogue."""
    import wtforms

    folder = Path(wtforms.__file__).parent
    found = []
    for path in sorted((folder / "validators.py", *folder.glob("fields/*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"gettext", "ngettext"}:
                strings = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if strings:
                    found.append(Text(strings[0], strings[1] if len(strings) > 1 else None, f"wtforms/{path.name}"))
    return found


if __name__ == "__main__":
    sys.exit(main())
