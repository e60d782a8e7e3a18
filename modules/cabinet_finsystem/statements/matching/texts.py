"""The sentences of evidence, in the reader's language at the moment they are shown."""

from __future__ import annotations

from collections.abc import Callable

from translationstring import TranslationString, TranslationStringFactory

from .decision import Evidence, Param

_ = TranslationStringFactory("cabinet_finsystem")

SENTENCES: dict[str, TranslationString] = {
    # who pays
    "payer-inn": _("the payer's tax number is the client's"),
    "payer-inn-kpp": _("the payer's tax number and branch are the client's"),
    "payer-account": _("the payer's account is on the client's card"),
    "payer-learned": _("payments from this account were the client's before: ${times}"),
    "payer-name": _("the payer is called like the client"),
    "payer-unknown": _("this payer's tax number was not met before"),
    "payer-absent": _("the payer has no tax number"),
    "payer-bank-account": _("a bank's own account: the payer is somebody else"),
    "payer-shared-account": _("clients with this account: ${count}"),
    "payer-account-other-inn": _("the account is the client's, the tax number is not"),
    "payer-account-of-other": _("the account is on the card of ${client}"),
    "payer-ambiguous": _("clients with this tax number: ${count}"),
    "payer-other-branch": _("the payer's KPP is another branch's"),
    "payer-is-other-client": _("the payer is another client: ${client}"),
    # whom the purpose speaks of
    "client-named": _("the client is named in the purpose"),
    "client-inn-named": _("the client's tax number is in the purpose"),
    "other-client-named": _("another client is named in the purpose: ${client}"),
    "third-party": _("paid for somebody else"),
    "inn-unknown": _("an unknown tax number in the purpose: ${inn}"),
    "several-clients": _("the numbers are of several clients' invoices"),
    "contract-number": _("contract ${number} is the client's"),
    "contract-of-other-client": _("contract ${number} is another client's"),
    # numbers and dates
    "invoice-number": _("invoice ${number} is open"),
    "invoice-short-number": _("a short form of invoice ${number}, which is open"),
    "invoice-date": _("the invoice's date agrees: ${date}"),
    "invoice-unknown": _("the payer has no invoice ${number}"),
    "invoice-paid": _("invoice ${number} of ${date} is paid already"),
    "invoice-void": _("invoice ${number} of ${date} is void"),
    "invoice-draft": _("invoice ${number} of ${date} is not issued"),
    "invoice-other-year": _("the number agrees, the year does not: invoice ${number} is of ${date}"),
    "date-of-other-invoice": _("the date is of another invoice: ${number} of ${date}"),
    "invoice-ambiguous": _("invoices that the number may mean: ${count}"),
    "number-unmarked": _("no word says that the number is an invoice's"),
    "number-of-vat-invoice": _("the number is a VAT invoice's, which is another document"),
    "invoice-excepted": _("an invoice is named that is not the one paid"),
    "number-unread": _("what number ${number} is of was not understood"),
    "number-loose": _("a figure in the list may be a quantity"),
    "number-missing": _("more invoices are spoken of than numbers read"),
    "number-cut": _("the text is cut off at the number"),
    "number-of-other-invoice": _("the purpose holds the number of invoice ${number}, too"),
    "number-of-other-client": _("another client has an open invoice ${number}"),
    "too-many-numbers": _("too many numbers to tell"),
    # amounts
    "amount-equals": _("the amount equals what the invoice owes"),
    "amount-equals-sum": _("the amount equals what ${count} invoices owe together"),
    "amount-short": _("short of ${rest}, which your rule writes off"),
    "amount-part": _("a part: ${rest} stays due"),
    "amount-as-said": _("the payer says how much is for each of ${count} invoices"),
    "amounts-as-said-differ": _("what the payer says of each invoice is not what they owe"),
    "amount-over": _("${rest} more than owed stays on the balance"),
    "amount-before-correction": _("it is what invoice ${number} owed before it was corrected"),
    "amount-differs": _("the amount does not settle it: ${owed} is owed"),
    "amount-of-invoice": _("the amount equals what invoice ${number} owes"),
    "amount-of-other-invoice": _("the amount equals what invoice ${number} owes"),
    "rest-of-other-invoice": _("what is left equals what invoice ${number} owes"),
    "currency-differs": _("the invoice is in another currency"),
    "other-legal-entity": _("the money came to another legal entity of ours"),
    # what the line is
    "repeat-of": _("equal in every field to an earlier line of that day: ${line}"),
    "nature-refund": _("a refund"),
    "nature-return": _("the bank says it gives an operation back"),
    "penalty": _("a penalty: it does not settle the invoice that it is for"),
    "nature-loan": _("a loan"),
    "nature-aggregator": _("a payout of card or marketplace payments"),
    "nature-cash": _("cash paid in"),
    "nature-tax": _("tax money"),
    "nature-other": _("capital, dividends or the owner's money"),
    "nature-own-funds": _("own money moved"),
    "own-account": _("both accounts are ours"),
    "own-inn": _("the other side has our tax number"),
    "refund-to-client": _("a refund to the client"),
    # what the owner wants to be asked about
    "asked-part": _("a part: you want to be asked about those"),
    "asked-over": _("more than owed: you want to be asked about those"),
    "asked-several": _("several invoices at once: you want to be asked about those"),
    "asked-undated": _("no date beside the number: you want to be asked about those"),
    "asked-short": _("the number is shortened: you want to be asked about those"),
    "asked-account": _("the payer is told by the account alone: you want to be asked about those"),
    "asked-learned": _("the payer is told by a remembered account: you want to be asked about those"),
    # articles
    "article-counterparty": _("the counterparty of rule “${rule}”"),
    "article-words": _("words of rule “${rule}”"),
    "article-amount": _("the amount is within rule “${rule}”"),
    "article-past": _("past lines of this counterparty: ${times} of ${total}"),
    "article-no-words": _("the words of rule “${rule}” are missing"),
    "article-other-counterparty": _("rule “${rule}” is of another counterparty"),
    "article-amount-below": _("the amount is below ${low} of rule “${rule}”"),
    "article-amount-outside": _("the amount is not within ${low} and ${high} of rule “${rule}”"),
}

_DECIDED_BY: dict[str, TranslationString] = {
    "invoice-number": _("the payer is a client and names an invoice of his own"),
    "invoice-numbers": _("the payer is a client and names invoices of his own"),
    "learned-payer": _("the payer's account is known, and the purpose names the invoice"),
    "own-transfer": _("both accounts are ours"),
}


def decided_by(rule: str) -> TranslationString:
    """Why a line was decided without a person, in the words of a reader; what the rule saw is told by its evidence."""
    return _DECIDED_BY.get(rule, _("a rule of yours for articles"))


def describe(evidence: Evidence, show: Callable[[Param], str]) -> TranslationString:
    """The sentence of ``evidence``, to be translated. ``show`` renders a date, money or number as its reader expects."""
    mapping = {name: show(value) for name, value in evidence.params.items()}
    return TranslationString(SENTENCES[evidence.code], mapping=mapping)
