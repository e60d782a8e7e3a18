"""The columns of an imported table: their names in the file, and names that people's own spreadsheets give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cabinet.tables import Remark
from cabinet_client_manager.folding import fold
from cabinet_client_manager.imports.cells import Cells, Remarks
from cabinet_client_manager.texts import _

HEADER_ROW = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of one kind of table. ``aliases``: column → other names of it, folded."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    aliases: Mapping[str, tuple[str, ...]]

    def recognise(self, header: Sequence[str], remarks: Remarks) -> list[str | None]:
        """The column behind each title of ``header``, None for one that is not ours; what is missing, doubled or strange is remarked."""
        known = {alias: column for column, aliases in self.aliases.items() for alias in aliases}
        known |= {column: column for column in self.columns}
        found: list[str | None] = []
        for title in header:
            name = fold(title).rstrip(" *:")
            column = known.get(name) or known.get(name.replace(" ", "_"))
            if column is None and title.strip():
                remarks.warnings.append(Remark(HEADER_ROW, title.strip(), _("The column is unknown and was left out.")))
            if column is not None and column in found:
                remarks.errors.append(Remark(HEADER_ROW, column, _("The column stands twice.")))
            found.append(column)
        for column in self.required:
            if column not in found:
                remarks.errors.append(Remark(HEADER_ROW, column, _("The column is missing.")))
        return found


def rows_of(
    layout: Layout, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], remarks: Remarks
) -> Iterator[Cells]:
    """The rows of a table that hold anything, by columns. Nothing where the header does not fit."""
    columns = layout.recognise(header, remarks)
    if remarks.errors:
        return
    for number, values in rows:
        cells = {column: value for column, value in zip(columns, values, strict=False) if column is not None}
        if any(value.strip() for value in cells.values()):
            yield Cells(number, cells, remarks)


CLIENTS = Layout(
    columns=(
        "external_id",
        "name",
        "inn",
        "kpp",
        "ogrn",
        "email",
        "phone",
        "address",
        "account",
        "bic",
        "manager_email",
        "full_name",
        "postal_address",
        "language",
        "tags",
        "note",
    ),
    required=("external_id", "name"),
    aliases={
        "external_id": ("код", "id", "ид", "внешний код", "внешний id", "client id"),
        "name": ("наименование", "название", "имя", "клиент", "контрагент", "client"),
        "inn": ("инн",),
        "kpp": ("кпп",),
        "ogrn": ("огрн", "огрнип", "огрн/огрнип"),
        "email": ("e-mail", "почта", "эл. почта", "электронная почта"),
        "phone": ("телефон", "телефоны"),
        "address": ("адрес", "юридический адрес", "registered address"),
        "account": ("счет", "р/с", "расчетный счет", "номер счета", "accounts", "bank account"),
        "bic": ("бик",),
        "manager_email": ("менеджер", "почта менеджера", "e-mail менеджера", "manager"),
        "full_name": ("полное наименование", "полное название", "full name"),
        "postal_address": ("почтовый адрес", "postal address"),
        "language": ("язык",),
        "tags": ("метки", "теги"),
        "note": ("примечание", "заметка", "комментарий"),
    },
)

CONTRACTS = Layout(
    columns=(
        "external_id",
        "client",
        "number",
        "date",
        "valid_to",
        "subject",
        "amount",
        "currency",
        "status",
        "payment_days",
        "charges",
    ),
    required=("external_id", "client", "number", "date"),
    aliases={
        "external_id": ("код", "id", "ид", "внешний код"),
        "client": ("клиент", "код клиента", "контрагент"),
        "number": ("номер", "номер договора", "№"),
        "date": ("дата", "дата договора"),
        "valid_to": ("действует до", "срок действия", "окончание", "valid to"),
        "subject": ("предмет", "предмет договора"),
        "amount": ("сумма",),
        "currency": ("валюта",),
        "status": ("статус", "состояние"),
        "payment_days": ("отсрочка", "дней на оплату", "payment days"),
        "charges": ("начисляет",),
    },
)
