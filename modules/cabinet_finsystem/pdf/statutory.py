"""What the Russian statutory forms share: figures, sides, and the reasons they name."""

from __future__ import annotations

from cabinet.contracts.money import Money
from cabinet.pdf.figures import money_text, percent_text
from cabinet.pdf.layout import Beside, Block, Paragraph
from cabinet_finsystem.invoicing.amounts import round_half_up
from cabinet_finsystem.pdf.document import DeliveryDocument, DeliveryLine, DocumentParty, Signers
from cabinet_finsystem.pdf.form_pieces import SMALL, TINY

DASH = "–"
NO_VAT = "без НДС"


def amount(document: DeliveryDocument, minor: int) -> str:
    """A sum in the document's currency, without its sign."""
    return money_text(Money(minor, document.currency), "ru")


def net_price(document: DeliveryDocument, line: DeliveryLine) -> str:
    """The price of one unit without VAT."""
    return amount(document, round_half_up(line.net * 1000, int(line.quantity * 1000)))


def rate(line: DeliveryLine) -> str:
    """The rate of VAT as the forms write it."""
    return NO_VAT if line.vat_rate is None else percent_text(line.vat_rate, "ru")


def requisites(party: DocumentParty) -> str:
    """A side in one line: name, tax numbers, address, phone."""
    facts = [
        party.name,
        f"ИНН {party.inn}" if party.inn else "",
        f"КПП {party.kpp}" if party.kpp else "",
        party.address,
        f"тел. {party.phone}" if party.phone else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def post_of(signers: Signers) -> str:
    """Of him who signs first."""
    return signers.director_post or ("Предприниматель" if signers.sole_proprietor else "Руководитель")


def tax_numbers(party: DocumentParty) -> str:
    """«7701000000/770101001», or the one number of a person."""
    return "/".join(number for number in (party.inn, party.kpp) if number) or DASH


def reasons(document: DeliveryDocument) -> str:
    """The contract and the invoice that the document follows from."""
    return ", ".join(part for part in (document.basis, document.invoice) if part)


def fact(label: str, value: str, number: str = "", *, labels: float = 96) -> Block:
    """A line of a form: what it is, what it says, its number in the form."""
    columns: list[tuple[list[Block], float | None]] = [
        ([Paragraph(label, SMALL)], labels),
        ([Paragraph(value or DASH, SMALL.but(bold=bool(value)))], None),
    ]
    if number:
        columns.append(([Paragraph(number if number.startswith("[") else f"({number})", TINY, "right")], 18))
    return Beside(columns, gap=4, with_next=True)
