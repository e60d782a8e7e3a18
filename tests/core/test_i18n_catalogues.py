import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyramid.i18n import make_localizer

from cabinet.i18n import catalogues
from cabinet.i18n.formatting import Formatter

SOURCE = '''
"""A module."""
from texts import _
TITLE = _("Hello, ${name}!", mapping={"name": "x"})
LONG = _("One sentence "
         "in two pieces")
dynamic = _(TITLE)

def view(request, fmt, n):
    request.localizer.translate("Said directly", domain="cabinet_test")
    request.localizer.translate("Said elsewhere", domain="cabinet_other")
    fmt.plural(n, "${n} cat", "${n} cats", "cabinet_test")
    fmt.plural(n, "${n} dog", "${n} dogs")
    request.localizer.pluralize("${n} bird", "${n} birds", n, domain="cabinet_test")
'''

TEMPLATE = """
<div xmlns="http://www.w3.org/1999/xhtml" i18n:domain="cabinet_test">
  <p i18n:translate="">A paragraph
     on <b i18n:name="place">${place}</b>&nbsp;two lines</p>
  <a title="A title" i18n:attributes="title" tal:content="fmt.plural(n, '${n} mouse', '${n} mice', 'cabinet_test')"></a>
  <i tal:define="x request.localizer.translate('In an expression', domain='cabinet_test')"
     >${fmt.plural(n, '${n} fox', '${n} foxes', 'cabinet_test')}</i>
  <p i18n:domain="cabinet" i18n:translate="">Of another domain</p>
</div>
"""

RUSSIAN = {
    "Hello, ${name}!": "Привет, ${name}!",
    "${n} cat": ("${n} кот", "${n} кота", "${n} котов"),
}


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "modules" / "cabinet_test"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text(SOURCE, "utf-8")
    (folder / "templates" / "page.pt").write_text(TEMPLATE, "utf-8")
    return folder


@pytest.fixture
def catalogue(package):
    """The package's Russian catalogue, begun; ``catalogue(msgid=string)`` fills it in."""
    catalogues.extract(package, "ru")
    path = package / "locale" / "ru" / "LC_MESSAGES" / "cabinet_test.po"

    def fill(strings):
        read = catalogues._read(path)
        for msgid, string in strings.items():
            read[msgid].string = string
        catalogues._write(path, read)
        return path

    return fill


def test_texts_are_found_wherever_the_program_says_them(package):
    found = {text.msgid: text.plural for text in catalogues.texts_of(package)}
    assert found == {
        "Hello, ${name}!": None,
        "One sentence in two pieces": None,
        "Said directly": None,
        "${n} cat": "${n} cats",
        "${n} bird": "${n} birds",
        "A paragraph on ${place}&nbsp;two lines": None,
        "A title": None,
        "${n} mouse": "${n} mice",
        "In an expression": None,
        "${n} fox": "${n} foxes",
    }


def test_extracting_adds_what_is_new_drops_what_is_unused_and_keeps_translations(package, catalogue):
    path = catalogue(RUSSIAN)
    before = path.read_bytes()
    catalogues.extract(package)
    assert path.read_bytes() == before
    (package / "__init__.py").write_text('_("Hello, ${name}!")\n_("New")\n', "utf-8")
    catalogues.extract(package)
    read = catalogues._read(path)
    assert read["Hello, ${name}!"].string == "Привет, ${name}!"
    assert read["New"].string == ""
    assert read.get("${n} cat") is None
    assert [m.id for m in read if m.id][-1] == "New"


def test_a_compiled_catalogue_speaks_with_the_right_plurals(package, catalogue):
    catalogue(RUSSIAN)
    catalogues.compile_all(package)
    localizer = make_localizer("ru", [str(package / "locale")])
    fmt = Formatter("ru", None, None, localizer)
    spoken = [fmt.plural(n, "${n} cat", "${n} cats", "cabinet_test") for n in (1, 2, 5, 11, 21, 1002)]
    assert spoken == ["1 кот", "2 кота", "5 котов", "11 котов", "21 кот", "1\u00a0002 кота"]


def test_compiling_again_does_nothing_until_a_catalogue_changes(package, catalogue):
    path = catalogue(RUSSIAN)
    catalogues.compile_all(package)
    compiled = path.with_suffix(".mo")
    first = compiled.stat().st_mtime_ns
    catalogues.compile_all(package)
    assert compiled.stat().st_mtime_ns == first


@pytest.mark.parametrize(
    ("strings", "problem"),
    [
        ({}, "not translated into ru: 'Hello, ${name}!'"),
        ({"Hello, ${name}!": "Привет!"}, "lost a place"),
        ({"Hello, ${name}!": "Привет, ${nmae}!"}, "has a place the English has not"),
        ({"${n} cat": ("${n} кот", "", "")}, "not translated into ru: '${n} cat'"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_named(package, catalogue, strings, problem):
    catalogue({**(RUSSIAN if strings else {}), **strings})
    assert any(problem in line for line in catalogues.check(package)), catalogues.check(package)


def test_a_text_nobody_uses_or_nobody_translates_is_named(package, catalogue):
    catalogue(RUSSIAN)
    (package / "__init__.py").write_text('_("Hello, ${name}!")\n_("New")\n_("Привет")\n', "utf-8")
    problems = "\n".join(catalogues.check(package))
    assert "not in the ru catalogue: 'New'" in problems
    assert "nobody uses '${n} cat'" in problems
    assert "not English: 'Привет'" in problems


def test_a_package_with_texts_and_no_catalogue_is_named(package):
    assert catalogues.check(package) == ["cabinet_test: has texts and no catalogue"]


def test_the_build_can_compile_with_nothing_but_babel(package, catalogue):
    """The file runs by itself, before the product or anything of its requirements is installed."""
    path = catalogue(RUSSIAN)
    script = shutil.copy(catalogues.__file__, package.parents[1])
    program = f"""
import runpy, sys
sys.modules.update(dict.fromkeys(["pyramid", "lingua", "chameleon", "cabinet", "wtforms"]))
sys.argv = ["x", "compile", "--root", {str(package.parents[1])!r}]
runpy.run_path({str(script)!r}, run_name="__main__")
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path("/"))
    assert path.with_suffix(".mo").exists()
