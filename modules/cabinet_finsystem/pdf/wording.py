"""Words of the printed invoice. They belong to the form, as custom has them, and follow the document's language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InvoiceWording:
    """Every fixed text of the form in one language."""

    title: str
    draft_title: str
    draft_mark: str
    void_mark: str
    bank: str
    bic: str
    correspondent: str
    account: str
    iban: str
    swift: str
    inn: str
    kpp: str
    payee: str
    scan: str
    supplier: str
    customer: str
    basis: str
    phone: str
    column_text: str
    column_quantity: str
    column_unit: str
    column_price: str
    column_price_net: str
    column_discount: str
    column_vat: str
    column_vat_of: str
    column_rate: str
    column_total: str
    column_total_gross: str
    no_vat_cell: str
    subtotal: str
    subtotal_net: str
    vat_inside: str
    vat_on_top: str
    no_vat: str
    untaxed_part: str
    due_total: str
    summary: str
    pay_by: str
    director: str
    accountant: str
    proprietor: str
    stamp_place: str
    purpose: str
    purpose_vat: str
    purpose_no_vat: str


RUSSIAN = InvoiceWording(
    title="Счет на оплату № {number} от {day}",
    draft_title="Счет на оплату (черновик) от {day}",
    draft_mark="ЧЕРНОВИК",
    void_mark="АННУЛИРОВАН",
    bank="Банк получателя",
    bic="БИК",
    correspondent="Сч. №",
    account="Сч. №",
    iban="IBAN",
    swift="SWIFT",
    inn="ИНН",
    kpp="КПП",
    payee="Получатель",
    scan="Оплата по QR-коду",
    supplier="Поставщик\n(исполнитель)",
    customer="Покупатель\n(заказчик)",
    basis="Основание",
    phone="тел. {phone}",
    column_text="Товары (работы, услуги)",
    column_quantity="Кол-во",
    column_unit="Ед.",
    column_price="Цена",
    column_price_net="Цена без\u00a0НДС",
    column_discount="Скидка",
    column_vat="НДС",
    column_vat_of="НДС\u00a0{rate}",
    column_rate="Ставка",
    column_total="Сумма",
    column_total_gross="Сумма с\u00a0НДС",
    no_vat_cell="Без\u00a0НДС",
    subtotal="Итого",
    subtotal_net="Итого без НДС",
    vat_inside="В том числе НДС ({rate})",
    vat_on_top="НДС ({rate})",
    no_vat="Без налога (НДС)",
    untaxed_part="Без налога (НДС), на сумму",
    due_total="Всего к оплате",
    summary="Всего наименований {count}, на сумму {amount}",
    pay_by="Оплатить не позднее {day}",
    director="Руководитель",
    accountant="Бухгалтер",
    proprietor="Предприниматель",
    stamp_place="М.П.",
    purpose="Оплата по счету № {number} от {day}",
    purpose_vat="В том числе НДС{rate} {vat}",
    purpose_no_vat="Без налога (НДС)",
)

ENGLISH = InvoiceWording(
    title="Invoice No. {number} dated {day}",
    draft_title="Invoice (draft) dated {day}",
    draft_mark="DRAFT",
    void_mark="VOID",
    bank="Beneficiary's bank",
    bic="BIC",
    correspondent="Corr. acc.",
    account="Account",
    iban="IBAN",
    swift="SWIFT",
    inn="Tax ID",
    kpp="KPP",
    payee="Beneficiary",
    scan="Scan to pay",
    supplier="Supplier",
    customer="Customer",
    basis="Under",
    phone="tel. {phone}",
    column_text="Goods (works, services)",
    column_quantity="Quantity",
    column_unit="Unit",
    column_price="Price",
    column_price_net="Price excl.\u00a0VAT",
    column_discount="Discount",
    column_vat="VAT",
    column_vat_of="VAT\u00a0{rate}",
    column_rate="Rate",
    column_total="Amount",
    column_total_gross="Amount incl.\u00a0VAT",
    no_vat_cell="No\u00a0VAT",
    subtotal="Subtotal",
    subtotal_net="Subtotal excl. VAT",
    vat_inside="Including VAT ({rate})",
    vat_on_top="VAT ({rate})",
    no_vat="Not subject to VAT",
    untaxed_part="Not subject to VAT, amount",
    due_total="Total due",
    summary="Items: {count}, total amount {amount}",
    pay_by="Payable by {day}",
    director="Director",
    accountant="Accountant",
    proprietor="Sole proprietor",
    stamp_place="",
    purpose="Payment under invoice No. {number} dated {day}",
    purpose_vat="Including VAT{rate} {vat}",
    purpose_no_vat="Not subject to VAT",
)


def wording(language: str) -> InvoiceWording:
    """Russian for ``ru``, English for any other language."""
    return RUSSIAN if language == "ru" else ENGLISH
