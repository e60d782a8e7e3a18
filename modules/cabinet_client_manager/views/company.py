"""Our own requisites, for the owner in his area and for the head in the office: the same pages."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from cabinet.contracts.parties import LegalEntity
from cabinet.interfaces import IFileStore
from cabinet.preferences import effective
from cabinet.requisites import check_bic, check_kpp, check_ogrn, compact
from cabinet.web.answers import go, say
from cabinet.web.downloads import file_response
from cabinet.web.proving import prove
from cabinet.web.slots import slot
from cabinet_client_manager.forms.companies import EntityForm
from cabinet_client_manager.interfaces import IClientCards, ILegalEntityBook
from cabinet_client_manager.services import checks
from cabinet_client_manager.services.legal_entities import NUMBER_PATTERNS
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import PICTURES

EDIT = "client_manager:entity:edit"
PAGE = "cabinet_client_manager:templates/company.pt"
MISSING = {
    "inn": _("INN"),
    "kpp": _("KPP"),
    "address": _("Registered address"),
    "account": _("Bank account"),
    "bic": _("BIC"),
    "bank_name": _("Bank"),
}
_CHECKS = {"inn": checks.check_inn_of_any, "kpp": check_kpp, "ogrn": check_ogrn, "bic": check_bic}


@view_config(route_name="client_manager.site.company", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE)
@view_config(route_name="client_manager.office.company", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE)
@view_config(
    route_name="client_manager.site.company.entity", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE
)
@view_config(
    route_name="client_manager.office.company.entity", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE
)
def company(request: Any) -> Any:
    """Requisites, accounts, who signs, pictures: all that a document prints of us."""
    entity: LegalEntity = request.context.subject
    form = EntityForm(request, entity)
    if form.submitted():
        with form.catching():
            book = request.find_service(ILegalEntityBook)
            if book.differ(entity, form.account_facts()):
                prove(request)
            book.change(entity.id, form.facts())
            _write_rest(request, entity.id, form)
            return _saved(request, book.get(entity.id), form, first=not entity.complete)
    return _page(request, form, entity)


@view_config(
    route_name="client_manager.site.company.new", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE
)
@view_config(
    route_name="client_manager.office.company.new", request_method=("GET", "POST"), permission=EDIT, renderer=PAGE
)
def new_company(request: Any) -> Any:
    """One more legal entity of ours."""
    locale = effective(request).site.locale
    form = EntityForm(request, pattern=NUMBER_PATTERNS[locale])
    if form.submitted():
        with form.catching():
            book = request.find_service(ILegalEntityBook)
            if book.differ(None, form.account_facts()):
                prove(request)
            entity = book.add(form.facts())
            _write_rest(request, entity.id, form)
            return _saved(request, book.get(entity.id), form, first=False)
    return _page(request, form, None)


@view_config(route_name="client_manager.site.company.default", request_method="POST", permission=EDIT)
@view_config(route_name="client_manager.office.company.default", request_method="POST", permission=EDIT)
def make_default(request: Any) -> Any:
    """Let documents be issued from this entity unless told otherwise."""
    entity: LegalEntity = request.context.subject
    request.find_service(ILegalEntityBook).make_default(entity.id)
    say(request, _("Documents are issued from ${name} now."), name=entity.short_name)
    return go(request, _route(request, "company"))


@view_config(route_name="client_manager.site.company.picture", request_method="GET", permission=EDIT)
@view_config(route_name="client_manager.office.company.picture", request_method="GET", permission=EDIT)
def picture(request: Any) -> Any:
    """A logo, stamp or signature, to look at."""
    file_id = getattr(request.context.subject, f"{_which(request)}_file_id")
    stored = request.find_service(IFileStore).get(file_id) if file_id else None
    if stored is None:
        raise HTTPNotFound
    return file_response(request, stored, inline=True)


@view_config(route_name="client_manager.site.company.picture.remove", request_method="POST", permission=EDIT)
@view_config(route_name="client_manager.office.company.picture.remove", request_method="POST", permission=EDIT)
def remove_picture(request: Any) -> Any:
    """Print without it from now on."""
    entity: LegalEntity = request.context.subject
    request.find_service(ILegalEntityBook).remove_picture(entity.id, _which(request))
    say(request, _("Removed. Documents that were printed keep it."))
    return go(request, _route(request, "company.entity"), entity=entity.public_id.hex)


@view_config(
    route_name="client_manager.site.company.check",
    request_method="GET",
    permission=EDIT,
    renderer="cabinet_client_manager:templates/check.pt",
)
@view_config(
    route_name="client_manager.office.company.check",
    request_method="GET",
    permission="client_manager:client:edit",
    renderer="cabinet_client_manager:templates/check.pt",
)
def check(request: Any) -> dict[str, Any]:
    """A number while it is being typed: what is wrong with it, or that it is right."""
    # With a line of accounts come all its fields, of which the number is what is asked about.
    account = next((key for key in request.GET if key.endswith("-number")), None)
    name = account or next(iter(request.GET), "")
    value = request.GET.get(name, "")
    problem = None
    warns = False
    if value and name in _CHECKS:
        problem = _CHECKS[name](compact(value))
    elif value and account:
        bic = request.GET.get(account.removesuffix("number") + "bic", "")
        currency = request.GET.get(account.removesuffix("number") + "currency", "RUB").strip().upper()
        found = next(checks.check_own_account(compact(value), compact(bic), currency), None)
        problem = found[1] if found else None
        warns = problem is not None and checks.only_warns(problem)
    return {"given": bool(value), "problem": problem.message if problem else None, "warns": warns}


def _write_rest(request: Any, entity_id: int, form: EntityForm) -> None:
    """What stands beside the requisites: accounts and pictures."""
    book = request.find_service(ILegalEntityBook)
    book.set_accounts(entity_id, form.account_facts())
    for which, (content, name) in form.pictures().items():
        book.set_picture(entity_id, which, content, name)


def _saved(request: Any, entity: LegalEntity, form: EntityForm, *, first: bool) -> Any:
    done = _("Saved. Invoices can be issued now.") if first and entity.complete else _("Saved.")
    say(request, done)
    for warning in form.accounts.warnings:
        say(request, warning, kind="info")
    return go(request, _route(request, "company.entity"), entity=entity.public_id.hex)


def _page(request: Any, form: EntityForm, entity: LegalEntity | None) -> dict[str, Any]:
    book = request.find_service(ILegalEntityBook)
    begin = entity is not None and entity.complete and not request.find_service(IClientCards).count()
    return {
        "form": form,
        "entity": entity,
        "entities": book.all(),
        "missing": [MISSING[name] for name in book.missing(entity)] if entity else [],
        "pictures": PICTURES,
        "route": lambda name, **parts: request.route_path(_route(request, name), **parts),
        "begin": begin,
        "next_steps": slot(request, "client_manager.company.next", entity) if begin else (),
        "limit": request.registry.settings["cabinet.settings"].files.max_size,
    }


def _route(request: Any, name: str) -> str:
    """The route ``name`` of the area the person is in."""
    return f"client_manager.{request.context.area}.{name}"


def _which(request: Any) -> str:
    which: str = request.matchdict["picture"]
    if which not in PICTURES:
        raise HTTPNotFound
    return which
