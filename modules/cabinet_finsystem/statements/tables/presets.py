"""Tables of banks whose columns are known: recognised by the names in their header, in every language they are given in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cabinet_finsystem.statements.parsed import Direction, Status
from cabinet_finsystem.statements.tables.mapping import ColumnMapping, fold


@dataclass(frozen=True, slots=True)
class Preset:
    """One bank's table. ``signature``: roles without which it is not that table; ``columns``: role → names in ``a|b`` of which the
    first that the header has is taken, or in ``a+b`` of which all are, the first that holds anything counting (all, for a purpose)."""

    id: str
    title: str
    signature: tuple[str, ...]
    columns: Mapping[str, str]
    order: str = ""
    signs: str = "signed"
    fee: str = ""
    statuses: Mapping[str, Status] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    held_refs: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()

    def recognise(self, header: Sequence[str]) -> ColumnMapping | None:
        """The mapping of ``header``; None where it is not this table's."""
        names = [fold(name) for name in header]
        columns = {role: places for role, wanted in self.columns.items() if (places := _places(names, wanted))}
        if any(role not in columns for role in self.signature):
            return None
        return ColumnMapping(
            columns,
            order=self.order,
            signs=self.signs,
            fee=self.fee,
            statuses={fold(word): status for word, status in self.statuses.items()},
            directions={fold(word): direction for word, direction in self.directions.items()},
            held_refs=self.held_refs,
            exchanges=tuple(fold(word) for word in self.exchanges),
            preset=self.id,
        )


def _places(names: Sequence[str], wanted: str) -> tuple[int, ...]:
    for alternative in wanted.split("|"):
        found = [names.index(name) for part in alternative.split("+") if (name := fold(part)) in names]
        if found:
            return tuple(found)
    return ()


_PARTIES = {
    "payer_name": "Наименование плательщика",
    "payer_inn": "ИНН плательщика",
    "payer_kpp": "КПП плательщика",
    "payer_account": "Счет плательщика",
    "payer_bic": "БИК банка плательщика",
    "payer_bank": "Наименование банка плательщика",
    "payee_name": "Наименование получателя",
    "payee_inn": "ИНН получателя",
    "payee_kpp": "КПП получателя",
    "payee_account": "Счет получателя",
    "payee_bic": "БИК банка получателя",
    "payee_bank": "Наименование банка получателя",
}

_PAYPAL: Mapping[str, Status] = {
    **dict.fromkeys(("credit", "debit", "crédit", "débit", "accredito", "addebito", "haben", "soll"), "booked"),
    **dict.fromkeys(("refunded", "partially refunded", "placed", "removed", "paid"), "booked"),
    **dict.fromkeys(("memo", "mémo"), "info"),
    "unclaimed": "pending",
}
"""What PayPal calls an operation, and what that did to the balance: a memo did nothing. Elsewhere than in English and with a comma, the
day stands before the month; in English it is the one or the other."""

PRESETS: tuple[Preset, ...] = (
    Preset(
        "tbank_business",
        "Т-Банк, бизнес",
        ("date", "amount", "direction", "own_account", "payer_account"),
        {
            "own_account": "Номер счёта",
            "direction": "Тип операции (пополнение/списание)",
            "date": "Дата проведения",
            "doc_number": "Номер платежа",
            "amount": "Сумма в валюте счёта",
            "currency": "Валюта счёта",
            "purpose": "Назначение платежа|Описание операции",
            "name": "Наименование контрагента",
            "inn": "ИНН контрагента",
            "account": "Счет контрагента",
            "bic": "БИК банка контрагента",
            **_PARTIES,
        },
    ),
    Preset(
        "tbank_personal",
        "Т-Банк, личный счёт",
        ("date", "started", "amount", "currency", "status", "purpose"),
        {
            "date": "Дата платежа",
            "started": "Дата операции",
            "amount": "Сумма платежа",
            "currency": "Валюта платежа",
            "status": "Статус",
            "purpose": "Описание",
        },
    ),
    Preset(
        "tbank_personal_2026",
        "Т-Банк, личный счёт (с 2026 года)",
        ("date", "amount", "currency", "status", "purpose", "own_name"),
        {
            "own_name": "Имя счёта",
            "date": "Дата операции",
            "amount": "Сумма в валюте счёта",
            "currency": "Валюта счёта",
            "status": "Статус",
            "purpose": "Описание+Сообщение",
        },
    ),
    Preset(
        "tochka",
        "Точка",
        ("date", "amount", "direction", "payer_account", "payee_account", "purpose"),
        {
            "date": "Дата проводки",
            "doc_date": "Дата документа",
            "value_date": "Дата списания+Дата зачисления",
            "doc_number": "Номер документа",
            "direction": "Направление",
            "amount": "Сумма операции",
            "balance": "Исходящий остаток",
            "purpose": "Назначение платежа",
            "doc_kind": "Тип документа",
            **_PARTIES,
        },
    ),
    Preset(
        "alfa_personal",
        "Альфа-Банк, личный счёт",
        ("date", "started", "own_account", "amount", "currency", "direction", "status"),
        {
            "date": "transactionDate",
            "started": "operationDate",
            "own_account": "accountNumber",
            "amount": "amount",
            "currency": "currency",
            "status": "status",
            "direction": "type",
            "purpose": "merchant+comment",
        },
        order="dmy",
    ),
    Preset(
        "alfa_movements",
        "Альфа-Банк, движения по счёту",
        ("date", "own_account", "bank_ref", "debit", "credit", "currency"),
        {
            "own_account": "Номер счета",
            "currency": "Валюта",
            "date": "Дата операции",
            "bank_ref": "Референс проводки",
            "purpose": "Описание операции",
            "credit": "Приход",
            "debit": "Расход",
        },
        held_refs=("hold",),
    ),
    Preset(
        "vtb",
        "ВТБ",
        ("date", "started", "amount", "currency", "purpose", "status"),
        {
            "own_account": "Номер карты/счета/договора",
            "date": "Дата обработки",
            "started": "Дата операции",
            "amount": "Сумма пересчитанная в валюту счета",
            "currency": "Валюта счета",
            "purpose": "Основание",
            "status": "Статус",
        },
    ),
    Preset(
        "sber_card",
        "Сбербанк, карта",
        ("date", "amount", "auth"),
        {
            "date": "Дата обработки|Дата операции (МСК)|Дата операции",
            "started": "Дата операции (МСК)|Дата операции",
            "auth": "Код авторизации",
            "bank_ref": "Код авторизации",
            "amount": "Сумма в валюте счёта",
            "balance": "Остаток по счёту в валюте счёта|Остаток средств",
            "purpose": "Название операции+Описание операции+Категория",
        },
        signs="unsigned_out",
    ),
    Preset(
        "raiffeisen_ru",
        "Райффайзенбанк",
        ("date", "amount", "currency", "purpose", "made_currency"),
        {
            "date": "Дата транзакции",
            "purpose": "Описание",
            "made_currency": "Валюта операции",
            "currency": "Валюта счета",
            "amount": "Сумма в валюте счета",
        },
    ),
    Preset(
        "revolut_personal",
        "Revolut, personal",
        ("date", "started", "amount", "fee", "currency", "status", "balance", "purpose"),
        {
            "date": "Completed Date|Datum des Abschlusses|Data di completamento|Date de fin|Fecha de finalización",
            "started": "Started Date|Datum des Beginns|Data di inizio|Date de début|Fecha de inicio",
            "purpose": "Description|Beschreibung|Descrizione|Descripción",
            "amount": "Amount|Betrag|Importo|Montant|Importe",
            "fee": "Fee|Gebühr|Costo|Frais|Comisión",
            "currency": "Currency|Währung|Valuta|Devise|Divisa",
            "status": "State|Status|État|Stato|Estado",
            "balance": "Balance|Kontostand|Saldo|Solde",
            "doc_kind": "Type|Art|Tipo",
        },
        order="dmy",
        fee="minus",
    ),
    Preset(
        "revolut_business",
        "Revolut Business",
        ("date", "bank_ref", "amount", "currency", "balance", "own_name", "purpose"),
        {
            "date": "Date completed (UTC)",
            "started": "Date started (UTC)",
            "bank_ref": "ID",
            "status": "State",
            "amount": "Total amount|Amount",
            "fee": "Fee",
            "currency": "Payment currency",
            "balance": "Balance",
            "own_name": "Account",
            "purpose": "Description+Reference",
            "doc_kind": "Type",
            "account": "Beneficiary IBAN+Beneficiary account number",
            "bic": "Beneficiary BIC",
        },
        order="dmy",
        fee="plus",
    ),
    Preset(
        "wise_transfers",
        "Wise, transfers",
        ("bank_ref", "status", "direction", "date", "debit", "credit"),
        {
            "bank_ref": "ID",
            "status": "Status",
            "direction": "Direction|Richtung",
            "date": "Finished on|Abgeschlossen am",
            "started": "Created on|Erstellt am",
            "debit_fee": "Source fee amount|Betrag der Ausgangsgebühr",
            "payer_name": "Source name|Quellenname",
            "debit": "Source amount (after fees)|Ausgangsbetrag (nach Gebühren)",
            "debit_currency": "Source currency|Ausgangswährung",
            "payee_name": "Target name|Name des Empfängers",
            "credit": "Target amount (after fees)|Zielbetrag (nach Gebühren)",
            "credit_currency": "Target currency|Zielwährung",
            "purpose": "Reference|Referenz",
        },
        order="dmy",
        statuses={"refunded": "info"},
        exchanges=("neutral",),
    ),
    Preset(
        "wise",
        "Wise, balance statement",
        ("bank_ref", "date", "amount", "currency", "balance", "purpose"),
        {
            "bank_ref": "TransferWise ID|TransferWise-ID",
            "date": "Date|Datum",
            "amount": "Amount|Betrag",
            "currency": "Currency|Währung",
            "direction": "Transaction Type",
            "purpose": "Description+Payment Reference|Beschreibung+Verwendungszweck",
            "balance": "Running Balance|Laufender Saldo",
            "payer_name": "Payer Name|Name des Zahlers",
            "payee_name": "Payee Name+Merchant|Name des Zahlungsempfängers+Händler",
            "payee_account": "Payee Account Number",
        },
        order="dmy",
    ),
    Preset(
        "paypal",
        "PayPal",
        ("date", "status", "currency", "gross", "fee_shown", "amount", "bank_ref"),
        {
            "date": "Date",
            "name": "Name",
            "doc_kind": "Type",
            "status": "Status+Balance Impact",
            "currency": "Currency",
            "gross": "Gross",
            "fee_shown": "Fee",
            "amount": "Net",
            "balance": "Balance",
            "bank_ref": "Transaction ID",
            "purpose": "Type+Subject+Item Title+Note",
        },
        statuses=_PAYPAL,
    ),
    Preset(
        "paypal",
        "PayPal",
        ("date", "status", "currency", "gross", "fee_shown", "amount", "bank_ref"),
        {
            "date": "Date|Data|Datum|Дата|Fecha",
            "name": "Nom|Nome|Name|Nombre|Имя",
            "doc_kind": "Type|Tipo|Typ|Тип",
            "status": "État+Impact sur le solde|Stato+Impatto sul saldo|Status+Auswirkung auf Guthaben|Estado+Impacto en saldo",
            "currency": "Devise|Valuta|Währung|Divisa|Moneda",
            "gross": "Avant commission|Lordo|Brutto|Bruto",
            "fee_shown": "Frais|Commission|Tariffa|Gebühr|Tarifa",
            "amount": "Net|Netto|Neto",
            "balance": "Solde|Saldo|Guthaben",
            "bank_ref": "Numéro de transaction|Codice transazione|Transaktionscode|Id. de transacción",
            "purpose": "Type+Objet+Titre de l'objet+Remarque|Tipo+Titolo oggetto|Typ+Betreff+Artikelbezeichnung",
        },
        order="dmy",
        statuses=_PAYPAL,
    ),
    Preset(
        "stripe",
        "Stripe, balance",
        ("date", "bank_ref", "amount", "fee_shown", "currency", "doc_kind"),
        {
            "bank_ref": "balance_transaction_id|id",
            "date": "created|Created (UTC)",
            "value_date": "available_on|Available On (UTC)",
            "currency": "currency",
            "fee_shown": "fee",
            "amount": "net",
            "doc_kind": "reporting_category|type",
            "purpose": "description",
            "name": "customer_name",
        },
    ),
)


def recognise(header: Sequence[str]) -> ColumnMapping | None:
    """The mapping of a header that one of the presets knows."""
    for preset in PRESETS:
        found = preset.recognise(header)
        if found is not None:
            return found
    return None


def title_of(preset_id: str) -> str:
    """The name for people of a preset; empty for none."""
    return next((preset.title for preset in PRESETS if preset.id == preset_id), "")
