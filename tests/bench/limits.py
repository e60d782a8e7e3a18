"""How a figure is told beside its limit, so that a report says plainly what is met and what is not."""

from __future__ import annotations


def told(what: str, value: float, limit: float, unit: str = "", *, at_least: bool = False) -> str:
    """``what`` came to ``value``; ``limit``: the most it may be, or with ``at_least`` the least."""
    met = value >= limit if at_least else value <= limit
    bound = f"{'≥' if at_least else '≤'} {limit:g}{unit}"
    return f"{what} {value:.{_digits(value)}f}{unit} ({bound}: {'met' if met else 'NOT MET'})"


def _digits(value: float) -> int:
    return 0 if value >= 100 else 1 if value >= 10 else 2
