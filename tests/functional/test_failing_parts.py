"""Parts of pages that a module fills and that fail as the page is drawn: the rest of the page is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cabinet.plugins.contributions import AuditField, DashboardCard, MenuItem, SearchHit, SearchSource

pytestmark = pytest.mark.any_engine

HEALTH = "cabinet:templates/cards/health.pt"


def raises(*_arguments: Any) -> Any:
    """What somebody else's callable may do."""
    raise AttributeError("broken by its author")


def lazily(*_arguments: Any) -> Iterator[Any]:
    """Fails once it is looked at."""
    yield SearchHit("Found", "", "/site/", "home")
    raises()


def hides(request: Any) -> None:
    """Keeps an error of the database to itself: on PostgreSQL nothing more can be asked in that transaction."""
    with suppress(DBAPIError):
        request.db.execute(text("SELECT * FROM nothing_at_all"))


PARTS: dict[str, tuple[str, Any, str]] = {
    "a card whose template fails": (
        "cards",
        DashboardCard("owner", "zz", 1, "area:enter", HEALTH, lambda _r: {}),
        "/site/",
    ),
    "a card whose template is none": (
        "cards",
        DashboardCard("owner", "zz", 1, "area:enter", "cabinet:templates/mail/layout.pt", lambda _r: {}),
        "/site/",
    ),
    "a card that hides an error of the database": (
        "cards",
        DashboardCard("owner", "zz", 1000, "area:enter", HEALTH, hides),
        "/site/",
    ),
    "a title of the menu": ("menu", MenuItem("site", raises, "cabinet.site.home", "home", 5, "area:enter"), "/site/"),
    "what a search finds, looked at late": (
        "search",
        SearchSource("site", "x", "area:enter", lazily),
        "/site/search?q=letters",
    ),
    "what a search finds, which is something else": (
        "search",
        SearchSource("site", "x", "area:enter", lambda *_a: [None]),
        "/site/search?q=letters",
    ),
    "a value of the log of acts": ("audit_fields", AuditField("core.user.roles", "Roles", show=raises), "/site/audit"),
}


@pytest.fixture
def failing(registry: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``failing("cards", card, "quarantine")``: a part among those of the site."""

    def bring(where: str, part: Any, on_error: str) -> None:
        given, settings = registry.cabinet_contributions, registry.settings["cabinet.settings"]
        known = getattr(given, where)
        more = {**known, part.name: part} if isinstance(known, dict) else (*known, part)
        monkeypatch.setattr(registry, "cabinet_contributions", replace(given, **{where: more}))
        modules = settings.modules.model_copy(update={"on_error": on_error})
        monkeypatch.setitem(registry.settings, "cabinet.settings", settings.model_copy(update={"modules": modules}))

    return bring


@pytest.mark.parametrize(("where", "part", "path"), PARTS.values(), ids=PARTS)
def test_the_page_is_there_without(failing, signed_in_as, where, part, path) -> None:
    app = signed_in_as("owner")
    failing(where, part, "quarantine")
    page = app.get(path)
    assert page.html.select_one(".c-side-nav a[href='/site/audit']") is not None, "what surrounds it is whole"
    assert ("This part could not be shown just now" in page.text) is (where == "cards" and part.load is not hides)


@pytest.mark.parametrize("what", ["a card whose template fails", "a title of the menu"])
def test_where_errors_are_to_be_seen_it_is_raised(failing, signed_in_as, what) -> None:
    app = signed_in_as("owner")
    where, part, path = PARTS[what]
    failing(where, part, "fail")
    assert app.get(path, expect_errors=True).status_int == 500
