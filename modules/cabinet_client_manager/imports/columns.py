"""The columns of an imported table: their names in the file, and names that people's own spreadsheets give them."""

from __future__ import annotations

from cabinet.tables import Layout

CLIENTS = Layout(
    required=("external_id", "name"),
    names={
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
    required=("external_id", "client", "number", "date"),
    names={
        "external_id": ("код", "id", "ид", "внешний код"),
        "client": ("клиент", "код клиента", "контрагент"),
        "number": ("номер", "номер договора", "№"),
        "date": ("дата", "дата договора"),
        "valid_to": ("действует до", "срок действия", "окончание", "valid to"),
        "kind": ("вид", "вид договора", "тип", "тип договора"),
        "subject": ("предмет", "предмет договора"),
        "amount": ("сумма",),
        "currency": ("валюта",),
        "status": ("статус", "состояние"),
        "payment_days": ("отсрочка", "дней на оплату", "payment days"),
        "charges": ("начисляет",),
    },
)
