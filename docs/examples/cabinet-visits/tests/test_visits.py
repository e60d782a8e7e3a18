"""What this module does beyond what every module must hold."""

from __future__ import annotations

from typing import Any

import pytest
from cabinet.errors import ConflictError

from cabinet_visits.interfaces import IVisits
from cabinet_visits.testing import a_visit


def test_a_visit_that_is_was_made_is_not_made_again(unit_of_work: Any, core_client: Any) -> None:
    client = core_client("Alpha")
    with unit_of_work() as request:
        visit = a_visit(request, client.id)
        request.find_service(IVisits).close(visit.public_id)
    with unit_of_work() as request, pytest.raises(ConflictError):
        request.find_service(IVisits).close(visit.public_id)


def test_the_client_is_told_of_it_and_reads_what_the_office_wrote(core_client: Any, signed_in_as: Any) -> None:
    client = core_client("Alpha")
    own = signed_in_as(client=client)
    office = signed_in_as("manager")
    page = office.get("/office/visits/new")
    form = page.forms["visit-form"]
    form["client"] = "no such code"
    refused = form.submit(status=422)
    assert "There is no client with this code." in refused.text
    form = refused.forms["visit-form"]
    form["client"], form["subject"], form["due"] = client.external_id, "Replace the filter", "01.02.2027"
    assert "The visit is planned." in form.submit(status=303).follow().text
    home = f"/my/{client.public_id.hex}"
    own.get(f"{home}/notices").mustcontain("A visit to you: Replace the filter")
    assert "Replace the filter" in own.get(f"{home}/").text, "the card of his home"
    own.get(f"{home}/visits").click("Replace the filter").mustcontain("Replace the filter")
    assert "Replace the filter" not in own.get(f"{home}/visits?state=done").text
