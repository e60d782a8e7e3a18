"""A statement that was refused for its account: the account is made ours, and the same file is read again."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.contracts.parties import MAY_EDIT, ILegalEntities
from cabinet.web.answers import go, say
from cabinet.web.proving import prove
from cabinet_finsystem.forms.accounts import NewAccounts
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.statements import IMPORT, TEMPLATES, read_file, shown


@view_config(
    route_name="finsystem.office.statement.accounts",
    request_method="POST",
    permission=MAY_EDIT,
    renderer=f"{TEMPLATES}/page.pt",
)
def add_accounts(request: Any) -> Any:
    """Make the accounts that the file names ours, all or none, and go on with the file that was handed in."""
    file = request.context.subject
    if file.state != "refused":
        return _to_file(request, file)
    wanted = NewAccounts(request, file.problem, sent=True)
    if wanted.validate():
        entities = request.find_service(ILegalEntities)
        with wanted.proof.catching():
            prove(request)
        for form in wanted.forms:
            with form.catching():
                form.register(entities)
        if not wanted.problems():
            numbers = ", ".join(form.said["number"] for form in wanted.forms)
            request.find_service(IStatementDesk).resume(file)
            read_file(request, file)
            say(request, _("Ours now: ${numbers}. The file is being read.", mapping={"numbers": numbers}))
            return _to_file(request, file)
    request.response.status_int = 422
    return {**shown(request, file), "unknown": wanted}


@view_config(route_name="finsystem.office.statement.again", request_method="POST", permission=IMPORT)
def read_again(request: Any) -> Any:
    """Read a refused file once more: somebody has put our requisites right meanwhile."""
    file = request.context.subject
    request.find_service(IStatementDesk).resume(file)
    read_file(request, file)
    return _to_file(request, file)


def _to_file(request: Any, file: Any) -> Any:
    return go(request, "finsystem.office.statement", file=file.public_id.hex)
