"""What a printed invoice is made of: every fact copied in, so that printing it needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DocumentParty:
    """A side of the document as it is printed. What is empty is left out."""

    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """Where the money goes. ``account``: 20 digits, or an IBAN with the SWIFT code as ``bic``."""

    account: str
    bank_name: str
    bic: str
    correspondent_account: str = ""

    @property
    def is_iban(self) -> bool:
        """Whether the account is an international one."""
        return self.account[:2].isalpha()


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs for the issuer. A sole proprietor signs alone, as ``director_name``."""

    director_name: str
    director_post: str = ""
    accountant_name: str = ""
    sole_proprietor: bool = False


@dataclass(frozen=True, slots=True)
class Pictures:
    """PNG, JPEG or WEBP. They are printed where there are any; a draft never carries stamp and signature."""

    logo: bytes | None = None
    stamp: bytes | None = None
    signature: bytes | None = None
    accountant_signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line. Minor units. ``price`` as the invoice states it, with VAT or without; ``total`` always with VAT.

    ``vat_rate`` in per cent; None is «Без НДС», which is not 0%. ``discount``: off the whole line, as the price.
    """

    number: int
    text: str
    unit: str
    quantity: Decimal
    price: int
    vat_rate: Decimal | None
    vat: int
    total: int
    discount: int = 0


@dataclass(frozen=True, slots=True)
class VATTotal:
    """Sums of the lines of one rate, minor units: ``base`` without VAT and the ``vat`` itself."""

    rate: Decimal | None
    base: int
    vat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPaper:
    """What every numbered paper prints.

    ``vat_included``: prices contain VAT («в том числе»), else it is added to them. ``language``: ru or en. A ``draft`` and one
    that is ``void`` are marked so on every page and have neither stamp, signature nor payment code.
    """

    number: str
    day: date
    issuer: DocumentParty
    payment: PaymentDetails
    signers: Signers
    customer: DocumentParty
    currency: str
    total: int
    basis: str = ""
    language: str = "ru"
    vat_included: bool = True
    draft: bool = False
    void: bool = False
    pictures: Pictures = field(default_factory=Pictures)

    @property
    def signed(self) -> bool:
        """Whether it is in force, and so bears stamp and signature."""
        return not (self.draft or self.void)

    @property
    def stamp(self) -> bytes | None:
        """The stamp, where it bears one."""
        return self.pictures.stamp if self.signed else None

    @property
    def signature(self) -> bytes | None:
        """The director's signature, where it bears one."""
        return self.pictures.signature if self.signed else None

    @property
    def accountant_signature(self) -> bytes | None:
        """The chief accountant's, which is the director's where he is both."""
        same = self.signers.accountant_name == self.signers.director_name
        scan = self.pictures.accountant_signature or (self.pictures.signature if same else None)
        return scan if self.signed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument(PrintedPaper):
    """An invoice for payment. ValueError where its figures do not tie: such a paper must not leave the house."""

    lines: tuple[DocumentLine, ...]
    vat_totals: tuple[VATTotal, ...]
    due: date | None = None
    terms: str = ""

    def __post_init__(self) -> None:
        if sum(line.total for line in self.lines) != self.total:
            raise ValueError("the lines of the invoice do not add up to its total")
        if sum(part.base + part.vat for part in self.vat_totals) != self.total:
            raise ValueError("the totals by VAT rate do not add up to the invoice's total")
        by_rate: dict[Decimal | None, int] = {}
        for line in self.lines:
            by_rate[line.vat_rate] = by_rate.get(line.vat_rate, 0) + line.vat
        if by_rate != {part.rate: part.vat for part in self.vat_totals}:
            raise ValueError("the VAT of the lines does not add up to the totals by rate")
        if by_rate.get(None):
            raise ValueError("a line without VAT has an amount of VAT")

    @property
    def vat(self) -> int:
        """VAT of the whole invoice, minor units."""
        return sum(part.vat for part in self.vat_totals)

    @property
    def rates(self) -> frozenset[Decimal | None]:
        """The VAT rates in use; None stands for «Без НДС»."""
        return frozenset(part.rate for part in self.vat_totals)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A line of an act, a waybill or a UPD. Minor units; ``price`` as the invoice states it, ``net`` + ``vat`` = ``total``."""

    number: int
    text: str
    unit: str
    quantity: Decimal
    price: int
    vat_rate: Decimal | None
    net: int
    vat: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDocument(PrintedPaper):
    """An act, a waybill (ТОРГ-12) or a UPD, told by ``kind``. ValueError where its figures do not tie.

    ``invoice``: the invoice it is of, as it is named in print; ``status``: of a UPD, 1 or 2; ``payment_documents`` and ``advances``:
    lines 5 and 5б of a счёт-фактура.
    """

    kind: str
    lines: tuple[DeliveryLine, ...]
    net: int
    vat: int
    invoice: str
    status: int | None = None
    payment_documents: str = ""
    advances: str = ""

    def __post_init__(self) -> None:
        sums = [sum(getattr(line, name) for line in self.lines) for name in ("net", "vat", "total")]
        if sums != [self.net, self.vat, self.total] or self.net + self.vat != self.total:
            raise ValueError("the lines of the document do not add up to its totals")
        if any(line.net + line.vat != line.total or (line.vat and line.vat_rate is None) for line in self.lines):
            raise ValueError("a line of the document does not add up")

    @property
    def rates(self) -> frozenset[Decimal | None]:
        """The VAT rates in use; None stands for «Без НДС»."""
        return frozenset(line.vat_rate for line in self.lines)

    @property
    def vat_totals(self) -> tuple[VATTotal, ...]:
        """Sums of the lines of each rate."""
        return tuple(
            VATTotal(rate, sum(line.net for line in own), sum(line.vat for line in own))
            for rate in self.rates
            if (own := [line for line in self.lines if line.vat_rate == rate])
        )


@dataclass(frozen=True, slots=True)
class LineSide:
    """A line as it was or as it became. Minor units; ``price`` and ``total`` as in `DocumentLine`; ``discount`` in per cent."""

    quantity: Decimal
    price: int
    discount: Decimal
    vat_rate: Decimal | None
    vat: int
    total: int


@dataclass(frozen=True, slots=True)
class CorrectedLine:
    """A line that a correction changes."""

    number: int
    text: str
    unit: str
    was: LineSide
    became: LineSide


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDocument(PrintedPaper):
    """A correction of an invoice; ``total`` is the difference, negative where it takes away. ValueError where its figures do not tie.

    ``invoice``: as it is named in print; ``reason``: why it is corrected; ``before``: what the invoice asked before it.
    """

    lines: tuple[CorrectedLine, ...]
    vat: int
    invoice: str
    reason: str
    before: int

    def __post_init__(self) -> None:
        if sum(line.became.total - line.was.total for line in self.lines) != self.total:
            raise ValueError("the differences of the lines do not add up to that of the correction")
        if sum(line.became.vat - line.was.vat for line in self.lines) != self.vat:
            raise ValueError("the differences of VAT do not add up to that of the correction")
        if self.before + self.total < 0:
            raise ValueError("the invoice would ask for less than nothing")
