"""What happened to money, told to anyone. Ids are internal; amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass

from cabinet.events import Event


@dataclass(frozen=True, slots=True)
class PaymentBooked(Event):
    """Money of a client came in (positive) or went back (negative)."""

    payment_id: int
    client_id: int
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentReversed(Event):
    """A payment was taken back whole."""

    payment_id: int
    client_id: int


@dataclass(frozen=True, slots=True)
class PaymentAllocated(Event):
    """Money of a payment was put onto an invoice."""

    payment_id: int
    invoice_id: int
    client_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class AllocationUndone(Event):
    """One allocation was taken back; the others stand."""

    allocation_id: int
    payment_id: int
    invoice_id: int
    client_id: int


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Event):
    """An invoice got its number and left the house."""

    invoice_id: int
    client_id: int
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class InvoiceVoided(Event):
    """An invoice was withdrawn; its number stays used."""

    invoice_id: int
    client_id: int


@dataclass(frozen=True, slots=True)
class CorrectionIssued(Event):
    """An issued invoice was corrected. ``minor``: what that adds to what it asks for, negative where it takes away."""

    correction_id: int
    invoice_id: int
    client_id: int
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CorrectionVoided(Event):
    """A correction was withdrawn; its number stays used."""

    correction_id: int
    invoice_id: int
    client_id: int


@dataclass(frozen=True, slots=True)
class ActIssued(Event):
    """An act, waybill or UPD got its number. ``charged``: what it charged the client, 0 where the invoice had."""

    act_id: int
    invoice_id: int
    client_id: int
    charged: int


@dataclass(frozen=True, slots=True)
class ActVoided(Event):
    """An act, waybill or UPD was withdrawn; its number stays used."""

    act_id: int
    invoice_id: int
    client_id: int
