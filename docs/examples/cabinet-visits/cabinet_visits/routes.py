"""Routes, a function an area. The core puts the area's prefix before the pattern and its door before the page."""

from __future__ import annotations

from typing import Any

from cabinet_visits import resources


def office(config: Any) -> None:
    """Below /office: for managers and the head."""
    config.add_area_route("visits.office.visits", "/visits")
    config.add_area_route("visits.office.visit.new", "/visits/new")
    config.add_area_route(
        "visits.office.visit.close",
        "/visits/{visit}/close",
        load=resources.visit,
    )


def my(config: Any) -> None:
    """Below /my/<client>: for the people of that client."""
    config.add_area_route("visits.my.visits", "/visits")
    config.add_area_route(
        "visits.my.visit",
        "/visits/{visit}",
        load=resources.visit,
    )
