"""Numbers of made-up parties: nobody's, and right to the last check digit."""

from __future__ import annotations

from collections.abc import Iterator

from cabinet.requisites import check_account, check_correspondent_account, check_inn, check_ogrn


def company_inn(region: str, n: int) -> str:
    """The ``n``-th INN of a made-up company of ``region`` (two digits)."""
    return _first(f"{region}00{n:05}{d}" for d in range(10) if check_inn(f"{region}00{n:05}{d}") is None)


def person_inn(region: str, n: int) -> str:
    """The ``n``-th INN of a made-up person."""
    return _first(f"{region}00{n:06}{d:02}" for d in range(100) if check_inn(f"{region}00{n:06}{d:02}") is None)


def kpp(region: str, branch: int = 0) -> str:
    """The KPP of a company of ``region``: its own, or that of its ``branch``."""
    return f"{region}01{'43' if branch else '01'}{branch or 1:03}"


def company_ogrn(region: str, n: int) -> str:
    """The ``n``-th OGRN."""
    head = f"119{region}00{n:05}"
    return _first(f"{head}{d}" for d in range(10) if check_ogrn(f"{head}{d}") is None)


def person_ogrn(region: str, n: int) -> str:
    """The ``n``-th OGRNIP."""
    head = f"319{region}00{n:07}"
    return _first(f"{head}{d}" for d in range(10) if check_ogrn(f"{head}{d}") is None)


def account(n: int, bic: str, *, of_person: bool = False) -> str:
    """The ``n``-th account that agrees with ``bic``."""
    head = "40802810" if of_person else "40702810"
    found = (f"{head}{key}0000{n:07}" for key in range(10))
    return _first(number for number in found if check_account(number, bic) is None)


def correspondent(bic: str) -> str:
    """The bank's own account."""
    found = (f"30101810{key}00000000{bic[-3:]}" for key in range(10))
    return _first(number for number in found if check_correspondent_account(number, bic) is None)


def _first(found: Iterator[str]) -> str:
    return next(iter(found))
