"""The names a template knows are kept as Chameleon keeps them, only quicker."""

import pytest
from chameleon import PageTemplate
from chameleon import template as engine
from chameleon.utils import Scope as Slow

from cabinet.web.scopes import Scope

PAGES = {
    "a macro's own names end with it": (
        "<a><b metal:define-macro='m' tal:define='x x + 1'>${x}<metal:s define-slot='s' /></b>"
        "<b metal:use-macro=\"template.macros['m']\"><i metal:fill-slot='s' tal:define='y x'>${y}</i></b>${x}</a>"
    ),
    "a name for all is known after its element, within macros too": (
        "<a><b metal:define-macro='m'>${late|'none'}</b><i tal:define='global late x' />${late}"
        "<b metal:use-macro=\"template.macros['m']\" /></a>"
    ),
    "a missing name is what stands after the bar": "<a>${missing | 'none'}${exists: missing}${missing.more | x}</a>",
    "a repeated name ends with its loop": "<a><b tal:repeat='x (7, 8)'>${x} ${repeat.x.number}</b>${x}</a>",
}


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES)
def test_a_page_is_drawn_the_same_by_either_scope(source, monkeypatch):
    page, drawn = PageTemplate(source), {}
    for scope in (Slow, Scope):
        monkeypatch.setattr(engine, "Scope", scope)
        drawn[scope] = page(x=1)
    assert drawn[Scope] == drawn[Slow]


@pytest.mark.parametrize("scope", [Slow, Scope])
def test_a_name_that_nobody_gave_is_an_error(scope, monkeypatch):
    monkeypatch.setattr(engine, "Scope", scope)
    with pytest.raises(NameError):
        PageTemplate("<a>${missing}</a>")()
    with pytest.raises(KeyError):
        scope()["missing"]
