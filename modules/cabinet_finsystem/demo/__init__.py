"""The demo's side of finsystem: a year of business, month after month, its statements imported as a bank gives them."""

from __future__ import annotations

from typing import Any


def fill(_registry: Any, demo: Any) -> None:
    """The books from the first day of a month a year ago to yesterday."""
    from cabinet_finsystem.demo.year import Year

    Year(demo).live()
