"""The words of a reminder: usual ones in each language, or those of the head, with the facts of the invoices put in.

Facts: ``sections``, a step each: ``days`` and ``invoices`` (``id``, ``number``, ``date``, ``due``, ``minor``, ``currency``); when the
letter leaves, also ``texts``, the head's words by language.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cabinet.interfaces import IFileStore
from cabinet.plugins.contributions import LetterFile
from cabinet_finsystem.dunning.values import FACTS
from cabinet_finsystem.interfaces import ICorrectionBook, IDunning, IInvoiceBook
from cabinet_finsystem.texts import _

KIND = "finsystem.invoice.reminded"
TEMPLATE = "cabinet_finsystem:templates/mail/reminder"
MOST_FILES = 10
_FACT = re.compile(r"\{(\w*)\}")
_USUAL = {
    -1: _("This is a reminder that {sum} is to be paid by {due}: {invoices}."),
    0: _(
        "{due} is the day to pay {sum}: {invoices}.\n"
        "If you have paid already, thank you: your payment and this letter have crossed."
    ),
    1: _(
        "{sum} was to be paid by {due} and has not come in yet: {invoices}. Please pay, or write to us when we can expect it.\n"
        "If you have paid already, thank you: your payment and this letter have crossed."
    ),
}


def usual(days: int) -> Any:
    """The words of a step that has none of its own, to be translated."""
    return _USUAL[(days > 0) - (days < 0)]


def step_name(fmt: Any, days: int) -> str:
    """When a step tells."""
    if days < 0:
        text = fmt.plural(-days, "${n} day before the due day", "${n} days before the due day", "cabinet_finsystem")
    elif days:
        text = fmt.plural(days, "${n} day after the due day", "${n} days after the due day", "cabinet_finsystem")
    else:
        text = fmt.localizer.translate(_("On the due day"))
    return str(text)


def unknown_facts(text: str) -> list[str]:
    """Names in braces that stand for nothing."""
    return [name for name in _FACT.findall(text) if name not in FACTS]


def paragraphs(fmt: Any, section: Mapping[str, Any]) -> list[str]:
    """What a step says to its reader, in his language."""
    text = section.get("texts", {}).get(fmt.locale) or fmt.localizer.translate(usual(section["days"]))
    facts = {
        "invoices": _named(fmt, section["invoices"]),
        "sum": _sum(fmt, section["invoices"]),
        "due": fmt.date(min(_day(one, "due") for one in section["invoices"])),
    }
    told = _FACT.sub(lambda found: facts.get(found[1], found[0]), text)
    return [line.strip() for line in told.splitlines() if line.strip()]


def rows(fmt: Any, section: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(number, due day, to pay) of its invoices."""
    return [
        (one["number"], fmt.date(_day(one, "due")), fmt.amount(one["minor"], one["currency"]))
        for one in section["invoices"]
    ]


def line(fmt: Any, facts: Mapping[str, Any]) -> Any:
    """The subject, and what the bell says."""
    invoices = _all(facts)
    if len(invoices) > 1:
        return fmt.plural(
            len(invoices),
            "${n} invoice waits for your payment: ${sum}",
            "${n} invoices wait for your payment: ${sum}",
            "cabinet_finsystem",
            sum=_sum(fmt, invoices),
        )
    [one] = invoices
    mapping = {"number": one["number"], "sum": _sum(fmt, invoices), "due": fmt.date(_day(one, "due"))}
    if facts["sections"][0]["days"] > 0:
        return _("Invoice ${number}: ${sum} was to be paid by ${due}", mapping=mapping)
    return _("Invoice ${number}: ${sum} to be paid by ${due}", mapping=mapping)


def path(request: Any, notice: Any) -> str:
    """His invoice, or all of them."""
    client, invoices = notice.client.public_id.hex, _all(notice.facts)
    if len(invoices) == 1:
        return str(request.route_path("finsystem.my.invoice", client=client, invoice=invoices[0]["id"], _app_url=""))
    return str(request.route_path("finsystem.my.invoices", client=client, _app_url=""))


def current(request: Any, notice: Any) -> Mapping[str, Any] | None:
    """What of it is still owed when the letter leaves."""
    facts: Mapping[str, Any] | None = request.find_service(IDunning).current(notice)
    return facts


def files(request: Any, _fmt: Any, facts: Mapping[str, Any]) -> Iterable[LetterFile]:
    """The invoices as PDF, the first ten of them, each with its corrections: its own paper asks for what it did when it was issued."""
    book, store = request.find_service(IInvoiceBook), request.find_service(IFileStore)
    corrections = request.find_service(ICorrectionBook)
    for one in _all(facts)[:MOST_FILES]:
        invoice = book.find(uuid.UUID(one["id"]))
        changed = [each for each in corrections.of_invoice(invoice.id) if each.state == "issued"]
        for stored in (book.pdf(invoice), *(corrections.pdf(each) for each in changed)):
            yield LetterFile(stored.name, stored.media_type, store.read(stored))


def _named(fmt: Any, invoices: Sequence[Mapping[str, Any]]) -> str:
    if len(invoices) > 1:
        return str(fmt.plural(len(invoices), "${n} invoice", "${n} invoices", "cabinet_finsystem"))
    mapping = {"number": invoices[0]["number"], "date": fmt.date(_day(invoices[0], "date"))}
    return str(fmt.localizer.translate(_("invoice ${number} of ${date}", mapping=mapping)))


def _sum(fmt: Any, invoices: Sequence[Mapping[str, Any]]) -> str:
    sums: defaultdict[str, int] = defaultdict(int)
    for one in invoices:
        sums[one["currency"]] += one["minor"]
    return ", ".join(fmt.amount(minor, currency) for currency, minor in sorted(sums.items()))


def _all(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for section in facts["sections"] for one in section["invoices"]]


def _day(invoice: Mapping[str, Any], name: str) -> datetime.date:
    return datetime.date.fromisoformat(invoice[name])
