"""The head reads what our people did in a month: how much of what, and the acts themselves."""

from __future__ import annotations

import datetime

import pytest

from cabinet.interfaces import IActivity, IAuditLog


@pytest.fixture
def month(unit_of_work, core_client, person):
    """A client, two managers and the head."""
    client = core_client("ООО «Север»")
    anna, boris = person("anna@x.ru", "manager"), person("boris@x.ru", "manager")
    person("head@x.ru", "head")
    return client, anna, boris


def did(unit_of_work, who, action, client, title="7", times=1) -> None:
    for _n in range(times):
        with unit_of_work() as request:
            request.find_service(IAuditLog).record(
                action,
                kind="invoice",
                public_id="0" * 32,
                title=title,
                client_id=client.id if client else None,
                user_id=who.id,
            )


def rows(answer) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in answer.html.select("tbody tr")]


def test_everybody_s_acts_are_counted_by_kind_with_the_month_before(
    month, unit_of_work, signed_in, still_clock
) -> None:
    client, anna, _boris = month
    still_clock.set(datetime.datetime(2026, 2, 10, 12, tzinfo=datetime.UTC))
    did(unit_of_work, anna, "finsystem.invoice.issued", client)
    still_clock.set(datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC))
    did(unit_of_work, anna, "finsystem.invoice.issued", client, times=2)
    did(unit_of_work, anna, "finsystem.article.created", None)
    did(unit_of_work, anna, "core.session.ended", None)
    found = rows(signed_in("head@x.ru").get("/office/activity"))
    [of_anna] = [row for row in found if "Anna" in row]
    assert "Invoice issued 2 · Article added 1 3 1" in of_anna
    assert [row for row in found if "Boris" in row and "nothing in this month 0 0" in row]
    csv = signed_in("head@x.ru").get("/office/activity?month=2026-02&export=csv").text
    assert "Invoice issued" in csv
    assert "Article added" not in csv


def test_the_acts_of_one_person_are_listed_and_filtered(month, unit_of_work, signed_in) -> None:
    client, anna, boris = month
    did(unit_of_work, anna, "finsystem.invoice.issued", client, "А-17")
    did(unit_of_work, anna, "finsystem.article.created", None, "Rent")
    did(unit_of_work, boris, "finsystem.invoice.issued", client, "Б-18")
    head = signed_in("head@x.ru")
    page = head.get(f"/office/activity/{anna.public_id.hex}")
    assert "А-17" in page
    assert "Rent" in page
    assert "Б-18" not in page
    assert len(rows(head.get(f"/office/activity/{anna.public_id.hex}?action=finsystem.invoice.issued"))) == 1


def test_people_of_clients_are_nobody_s_business_here(month, person, signed_in) -> None:
    stranger = person("client@x.ru")
    head = signed_in("head@x.ru")
    head.get(f"/office/activity/{stranger.public_id.hex}", status=404)
    assert "client@x.ru" not in head.get("/office/activity")


def test_who_sees_some_clients_only_is_told_of_what_was_done_for_these(month, unit_of_work, core_client) -> None:
    client, anna, _boris = month
    other = core_client("ООО «Юг»")
    for one in (client, other, None):
        did(unit_of_work, anna, "finsystem.invoice.issued", one)
    today = datetime.datetime.now(datetime.UTC).date().replace(day=1)
    counts = []
    for scope in (None, frozenset({client.id})):
        with unit_of_work(writing=False, **({"scope": scope} if scope else {})) as request:
            [hers] = [one for one in request.find_service(IActivity).month(today) if one.person.name == anna.name]
            counts.append(hers.total)
    assert counts == [3, 1]


@pytest.mark.parametrize("typed", ["2026-13", "x", "9999-01", "1-1", "2026-02-03"])
def test_a_month_that_is_none_shows_one_that_is(month, signed_in, typed) -> None:
    signed_in("head@x.ru").get(f"/office/activity?month={typed}")
