"""Making sure that it is really the person: his own password, asked again before an act that changes who may what."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField
from wtforms.validators import Length

from cabinet.interfaces import IOwnAccount, IPeople, IRateLimiter
from cabinet.texts import _
from cabinet.web.errors import error_page
from cabinet.web.forms import Form
from cabinet.web.limits import limit

PASSWORD_TRIES = {"limit": 10, "per_seconds": 300}


class Proof(Form):
    """The password alone: for a page whose other fields are forms of their own."""

    own_password = PasswordField(_("Your own password"), [Length(max=1024)])


def myself(request: Any) -> Any:
    """The user who asks."""
    return request.find_service(IPeople).get(request.identity.user_id)


def count_password(request: Any) -> Any:
    """The answer to too many tries, or None. Before the request's first write."""
    wait = request.find_service(IRateLimiter).hit("password", str(request.identity.user_id), **PASSWORD_TRIES)
    return error_page(request, 429, retry_after=wait) if wait else None


def password_asked(request: Any) -> None:
    """``before`` of a route whose act asks the password: HTTPTooManyRequests. For areas that have asked the database when a view begins."""
    limit(request, "password", str(request.identity.user_id), **PASSWORD_TRIES)


def password_if_given(request: Any) -> None:
    """``before`` of a route whose act asks the password for a part of what its form can do: where none was given, none was guessed at."""
    if request.POST.get("own_password"):
        password_asked(request)


def prove(request: Any) -> None:
    """WrongPasswordError, told at ``own_password`` of the form, unless that holds the person's own password."""
    given = request.POST.get("own_password", "")
    request.find_service(IOwnAccount).check_password(myself(request), given[:1024], field="own_password")
