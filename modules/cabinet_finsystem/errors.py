"""Why the books say no. One family, so that a caller may catch them all."""

from __future__ import annotations

from cabinet.errors import ConflictError, DomainError, NotFoundError


class FinsystemError(DomainError):
    """A rule of the books was broken."""


class UnbalancedEntryError(FinsystemError):
    """An entry does not sum to zero, or is otherwise malformed."""


class PeriodClosedError(FinsystemError):
    """The date lies in a closed period."""


class AlreadyReversedError(ConflictError, FinsystemError):
    """The entry was reversed before, or is itself a reversal."""


class RepeatedFactError(ConflictError, FinsystemError):
    """A fact from outside is in the books already."""


class EntryNotFoundError(NotFoundError, FinsystemError):
    """There is no such entry."""


class ArticleError(FinsystemError):
    """An article cannot be used or changed so."""


class ArticleNotFoundError(NotFoundError, FinsystemError):
    """There is no such article or rule."""


class AllocationError(FinsystemError):
    """Money cannot be put onto an invoice so."""


class PaymentNotFoundError(NotFoundError, FinsystemError):
    """There is no such payment or allocation."""


class InvoiceDataError(FinsystemError):
    """An invoice cannot look so. ``details["field"]`` names what is wrong: ``due``, ``lines-0-price``."""


class InvoiceStateError(ConflictError, FinsystemError):
    """The invoice is not in a state for that: an issued one is never edited, a paid one not voided."""


class NumberTakenError(ConflictError, FinsystemError):
    """Another invoice of that legal entity and year has the number."""


class IncompleteRequisitesError(FinsystemError):
    """Our requisites lack what an invoice must print. ``details["missing"]``: their names."""


class InvoiceNotFoundError(NotFoundError, FinsystemError):
    """There is no such invoice."""


class ActDataError(FinsystemError):
    """An act cannot look so. ``details["field"]`` names what is wrong: ``date``, ``lines-0-quantity``."""


class ActStateError(ConflictError, FinsystemError):
    """The act, waybill or UPD is not in a state for that: an issued one is never edited."""


class CorrectionDataError(FinsystemError):
    """A correction cannot look so. ``details["field"]`` names what is wrong: ``reason``, ``line-17-quantity``."""


class CorrectionStateError(ConflictError, FinsystemError):
    """The correction is not in a state for that, or the invoice has changed under it. ``details["acts"]``: what stands in the way."""


class ItemError(FinsystemError):
    """An item of the price list cannot look so. ``details["field"]`` names what is wrong."""


class RecurringError(FinsystemError):
    """A recurring service cannot look so, or not be changed so. ``details["field"]`` names what is wrong."""


class AccountInUseError(ConflictError, FinsystemError):
    """A bank account of ours is in the books: it is not removed."""


class ReconciliationError(FinsystemError):
    """An act of reconciliation cannot be made or answered so. ``details["field"]``, where a form has one: what is wrong."""


class ReconciliationStateError(ConflictError, FinsystemError):
    """The act is not in a state for that: signed, withdrawn, replaced, or something in it is disputed."""


class ReconciliationNotFoundError(NotFoundError, FinsystemError):
    """There is no such act or remark."""


class BulkError(FinsystemError):
    """Invoices cannot be issued to many so."""


class BulkChangedError(ConflictError, FinsystemError):
    """What would be issued is not what a person looked at."""


class BulkStateError(ConflictError, FinsystemError):
    """These invoices can no more be voided together."""


class WriteOffError(FinsystemError):
    """A rule of writing off cannot look so, or a rest is not written off by it. ``details["field"]``, where a form has one."""


class DunningError(FinsystemError):
    """A step of reminding cannot look so. ``details["field"]`` names what is wrong."""
