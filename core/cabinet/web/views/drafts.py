"""What the editor asks while somebody writes: keep this, show how it will look, take this file, forget it all."""

from __future__ import annotations

import re
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from cabinet.errors import DomainError
from cabinet.interfaces import IAttachments, IDrafts
from cabinet.richtext import MAX_LENGTH
from cabinet.richtext.rendering import show
from cabinet.security.policy import ENTER
from cabinet.texts import _
from cabinet.web.areas import public_id
from cabinet.web.downloads import attachment_response
from cabinet.web.limits import limit
from cabinet.web.paths import came_from

UPLOADS = {"limit": 200, "per_seconds": 3600}
SAVES = {"limit": 3000, "per_seconds": 3600}
_KIND, _PLACE = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,19}"), re.compile(r"[A-Za-z0-9:._-]{1,120}")


def own_file(request: Any, _context: Any) -> Any:
    """A file on a draft of the person's own."""
    if request.identity is None:
        raise HTTPForbidden  # to the sign-in, and back here
    return request.find_service(IAttachments).find_own(request.identity.user_id, public_id(request.matchdict["file"]))


def upload_counted(request: Any) -> None:
    """``before`` of an upload: pictures cost work, and files room."""
    limit(request, "upload", str(request.identity.user_id), **UPLOADS)


def save_counted(request: Any) -> None:
    """``before`` of keeping a draft: a person who types does not come near."""
    limit(request, "draft", str(request.identity.user_id), **SAVES)


@view_config(
    route_name="cabinet.public.draft",
    request_method="POST",
    permission=ENTER,
    renderer="cabinet:templates/fragments/draft_kept.pt",
)
def keep(request: Any) -> dict[str, Any]:
    """Keep what was typed."""
    text = request.POST.get(request.POST.get("draft_field", ""), "")
    draft = request.find_service(IDrafts).keep(*_named(request), text if isinstance(text, str) else "")
    return {"draft": draft}


@view_config(route_name="cabinet.public.draft.discard", request_method="POST", permission=ENTER)
def discard(request: Any) -> Any:
    """Forget it; back to the page it was on, which shows what stands."""
    request.find_service(IDrafts).discard(*_named(request))
    return HTTPSeeOther(came_from(request) or request.route_path("cabinet.public.home"))


@view_config(
    route_name="cabinet.public.draft.preview",
    request_method="POST",
    permission=ENTER,
    renderer="cabinet:templates/fragments/preview.pt",
)
def preview(request: Any) -> dict[str, Any]:
    """How the text will look, with files of the draft and, below ``draft_files``, of what stands already."""
    text = request.POST.get(request.POST.get("draft_field", ""), "")
    beside = request.POST.get("draft_files", "")
    beside = beside if beside.startswith("/") and not beside.startswith(("//", "/\\")) else ""
    draft = request.find_service(IDrafts).find(*_named(request))
    mine = request.find_service(IAttachments).being_written(request.POST["draft_kind"], None, draft)
    own = {one.public_id.hex: request.route_path("cabinet.public.draft.file", file=one.public_id.hex) for one in mine}
    shown = text if isinstance(text, str) else ""
    return {"html": show(shown[:MAX_LENGTH], lambda name: own.get(name) or (beside and beside + name))}


@view_config(
    route_name="cabinet.public.draft.files",
    request_method="POST",
    permission=ENTER,
    renderer="cabinet:templates/fragments/draft_file.pt",
)
def upload(request: Any) -> Any:
    """Take a file in; what the text needs to show it stands in the answer."""
    user_id, kind, place = _named(request)
    sent = request.POST.get("file")
    if not getattr(sent, "filename", ""):
        return _no(request, _("Choose a file."))
    draft = request.find_service(IDrafts).keep(user_id, kind, place, None)
    try:
        added = request.find_service(IAttachments).add(sent.file.read(), sent.filename, kind, draft=draft)
    except DomainError as error:
        return _no(request, error.message)
    return {"attachment": added, "field": _field(request)}


@view_config(route_name="cabinet.public.draft.file", request_method="GET", permission=ENTER)
def file(request: Any) -> Any:
    """A file on a draft, for who writes it."""
    return attachment_response(request, request.context.subject)


def _named(request: Any) -> tuple[int, str, str]:
    """Whose draft, of what, at which place; HTTPNotFound where that is nothing a module could mean."""
    kind, place = request.POST.get("draft_kind", ""), request.POST.get("draft_place", "")
    module = kind.partition(".")[0] if isinstance(kind, str) else ""
    known = any(module == one.info.id for one in request.registry.cabinet_modules)
    if not known or not request.switches.on(module) or not _KIND.fullmatch(kind) or not _PLACE.fullmatch(place):
        raise HTTPNotFound
    return request.identity.user_id, kind, place


def _no(request: Any, message: Any) -> Response:
    """Why not, for the script to say."""
    return Response(request.localizer.translate(message), status=422, content_type="text/plain", charset="utf-8")


def _field(request: Any) -> str:
    name = request.POST.get("draft_field", "")
    return name if re.fullmatch(r"[\w-]{1,60}", name) else ""
