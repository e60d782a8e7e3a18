"""Tables of banks: a person says once what their columns are, looks at how the first rows would be read, and may change his mind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.parties import MAY_EDIT, ILegalEntities
from cabinet.web.answers import go, say
from cabinet_finsystem.forms.columns import ROLE_TITLES, ColumnsForm, columns_form
from cabinet_finsystem.interfaces import IColumnMappings, IStatementDesk
from cabinet_finsystem.statements.errors import ASKED, StatementRefusedError
from cabinet_finsystem.statements.tables.inspecting import Inspection
from cabinet_finsystem.statements.tables.mapping import ROLES, ColumnMapping
from cabinet_finsystem.statements.tables.presets import title_of
from cabinet_finsystem.texts import _
from cabinet_finsystem.views.office.statements import IMPORT, TABLE, TEMPLATES, VIEW, read_file


def is_asked(file: Any) -> bool:
    """Whether a person may say what the columns of ``file`` are: it is refused for that, or being looked at."""
    if file.state == "refused":
        return file.problem["code"] in ASKED
    return bool(file.state == "preview" and file.format == TABLE)


@view_config(
    route_name="finsystem.office.statement.columns",
    request_method="GET",
    permission=IMPORT,
    renderer=f"{TEMPLATES}/columns.pt",
)
def columns(request: Any) -> Any:
    """The columns of a file that was handed in, as they are known or proposed."""
    file = request.context.subject
    seen = _inspected(request, file)
    if seen is None:
        return go(request, "finsystem.office.statement", file=file.public_id.hex)
    return _shown(request, seen, _form(request, seen, file), file)


@view_config(
    route_name="finsystem.office.statement.columns",
    request_method="POST",
    permission=IMPORT,
    renderer=f"{TEMPLATES}/columns.pt",
)
def say_columns(request: Any) -> Any:
    """Keep what was said and read the file; or only show how it would then be read."""
    file = request.context.subject
    seen = _inspected(request, file)
    if seen is None:
        return go(request, "finsystem.office.statement", file=file.public_id.hex)
    form = _form(request, seen, file)
    if "show" in request.POST:
        return _shown(request, seen, form, file)
    if not form.submitted():
        return _shown(request, seen, form, file)
    mapping = form.mapping()
    if mapping != seen.mapping or not seen.known:
        request.find_service(IColumnMappings).save(seen.header, mapping, file.name)
    request.find_service(IStatementDesk).answer(file, form.chosen())
    read_file(request, file)
    say(request, _("The columns are known now. The file is being read."))
    return go(request, "finsystem.office.statement", file=file.public_id.hex)


@view_config(
    route_name="finsystem.office.mappings", request_method="GET", permission=VIEW, renderer=f"{TEMPLATES}/mappings.pt"
)
def mappings(request: Any) -> dict[str, Any]:
    """Tables whose columns a person has named."""
    rows = request.find_service(IColumnMappings).all()
    return {"rows": [(row, _told(request, row)) for row in rows], "may_change": bool(request.has_permission(IMPORT))}


@view_config(
    route_name="finsystem.office.mapping", request_method="GET", permission=IMPORT, renderer=f"{TEMPLATES}/columns.pt"
)
def mapping(request: Any) -> dict[str, Any]:
    """What was said of one table's columns."""
    seen = _remembered(request.context.subject)
    return _shown(request, seen, columns_form(request, seen), None)


@view_config(
    route_name="finsystem.office.mapping", request_method="POST", permission=IMPORT, renderer=f"{TEMPLATES}/columns.pt"
)
def change_mapping(request: Any) -> Any:
    """Say something else of them; it holds for files to come."""
    row = request.context.subject
    seen = _remembered(row)
    form = columns_form(request, seen)
    if not form.submitted():
        return _shown(request, seen, form, None)
    request.find_service(IColumnMappings).save(seen.header, form.mapping(), row.name)
    say(request, _("Saved: the next such file is read this way."))
    return go(request, "finsystem.office.mappings")


@view_config(route_name="finsystem.office.mapping.remove", request_method="POST", permission=IMPORT)
def remove_mapping(request: Any) -> Any:
    """Forget them: such a file is asked about again."""
    row = request.context.subject
    request.find_service(IColumnMappings).remove(row)
    undo = request.route_path("finsystem.office.mapping.restore", mapping=row.public_id.hex)
    say(request, _("Forgotten: the next such file will be asked about."), undo=undo)
    return go(request, "finsystem.office.mappings")


@view_config(route_name="finsystem.office.mapping.restore", request_method="POST", permission=IMPORT)
def restore_mapping(request: Any) -> Any:
    """Take the forgetting back."""
    request.find_service(IColumnMappings).restore(request.context.subject)
    say(request, _("The columns are known again."))
    return go(request, "finsystem.office.mappings")


def _inspected(request: Any, file: Any) -> Inspection | None:
    if not is_asked(file):
        return None
    try:
        seen: Inspection = request.find_service(IStatementDesk).inspect(file)
    except StatementRefusedError:
        return None
    return seen


def _remembered(row: Any) -> Inspection:
    said = ColumnMapping.from_json(row.mapping)
    return Inspection(tuple(row.header), 0, row.key, said, known=True, rows=[], above=[], ours={})


def _form(request: Any, seen: Inspection, file: Any) -> ColumnsForm:
    ours = [account for entity in request.find_service(ILegalEntities).all() for account in entity.accounts]
    return columns_form(request, seen, ours, _needed(file), file.accounts)


def _needed(file: Any) -> Sequence[str]:
    """Currencies that the whole file was seen to want an account for."""
    if file.state == "refused" and file.problem["code"] == "own_account_needed":
        currencies: Sequence[str] = file.problem["details"].get("currencies", ())
        return currencies
    return list(file.accounts or ())


def _shown(request: Any, seen: Inspection, form: ColumnsForm, file: Any) -> dict[str, Any]:
    said = form.mapping()
    return {
        "file": file,
        "form": form,
        "seen": seen,
        "preset": title_of(seen.mapping.preset) if seen.known else "",
        "rows": []
        if said.problems()
        else seen.read(said, {currency: number for currency, number in form.chosen().items() if number}),
        "lacks_account": [currency for currency, name in form.accounts.items() if not form[name].choices],
        "may_edit": bool(request.has_permission(MAY_EDIT)),
    }


def _told(request: Any, row: Any) -> str:
    """Which column is what, in one line."""
    columns = ColumnMapping.from_json(row.mapping).columns
    return "; ".join(
        f"{request.localizer.translate(ROLE_TITLES[role])}: {row.header[columns[role][0]]}"
        for role in ROLES
        if role in columns and columns[role][0] < len(row.header)
    )
