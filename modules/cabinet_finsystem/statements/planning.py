"""What would become of a file: which lines are new, which we have, which cannot be read, and what each new one pays for.

A pure step between reading and writing: it takes what the books know and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cabinet.contracts.parties import BankAccount
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.fingerprint import Fingerprint, Fingerprinter
from cabinet_finsystem.statements.matching.book import Book, Line
from cabinet_finsystem.statements.matching.decision import Match, Outcome
from cabinet_finsystem.statements.matching.engine import match
from cabinet_finsystem.statements.matching.expenses import Articles
from cabinet_finsystem.statements.parsed import Note, ParsedFile, ParsedLine, ParsedStatement
from cabinet_finsystem.texts import _

Known = Callable[[int, Collection[bytes]], set[Fingerprint]]
"""Fingerprints among the given keys that an account of ours (by id) has already."""

STATES = {Outcome.SURE: "applied", Outcome.LIKELY: "proposed", Outcome.NONE: "unsorted"}
WAITING = ("proposed", "unsorted")
"""States of a line that a person is asked about."""


def state_of(match: Match, *, asked_only: bool = False) -> str:
    """The state of a line with this match; ``asked_only``: one that nothing may be applied to without a person."""
    state = STATES[match.outcome]
    return "proposed" if asked_only and state == "applied" else state


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line that is not stored yet. ``match`` is None where the line is invalid."""

    line: ParsedLine
    fingerprint: Fingerprint
    match: Match | None

    @property
    def state(self) -> str:
        """The state it will be stored in: applied, proposed, unsorted or invalid. A line of nothing has nothing to decide."""
        if self.line.amount_minor == 0:
            return "applied"
        return "invalid" if self.match is None else state_of(self.match)


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    """A statement with its account of ours. ``held``: stored, and applied only when a person confirms."""

    parsed: ParsedStatement
    account: BankAccount
    held: bool
    new: Sequence[PlannedLine]
    duplicates: Sequence[ParsedLine]
    shown: Sequence[ParsedLine] = ()
    """What is no money (yet): a person sees it, nothing of it is written."""

    def count(self, state: str) -> int:
        """How many new lines will be in ``state``. In a held statement nothing is applied: its sure lines are proposed."""
        if self.held and state in {"applied", "proposed"}:
            return 0 if state == "applied" else sum(line.state in {"applied", "proposed"} for line in self.new)
        return sum(line.state == state for line in self.new)


@dataclass(frozen=True, slots=True)
class FilePlan:
    """The whole file. ``notes``: what is to be told of it, by itself and beside what the books have."""

    parsed: ParsedFile
    statements: Sequence[PlannedStatement]
    notes: Sequence[Note] = ()


def plan_file(
    parsed: ParsedFile,
    accounts: Mapping[str, BankAccount],
    known: Known,
    book: Callable[[Sequence[Line]], tuple[Book, Articles]],
    confirmed: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> FilePlan:
    """Plan ``parsed``.

    ``accounts``: ours, by number; ``book`` is asked once, and only where there is something to match. ``confirmed``: a person has seen
    what is wrong with the file and wants it applied all the same. StatementRefusedError where a statement's account is not ours, or is
    kept in another currency: the whole file is refused.
    """
    parsed = _as_we_call_them(parsed, accounts)
    _refuse_unknown(parsed, accounts)
    own = [_own_account(statement, accounts[statement.account]) for statement in parsed.statements]
    sorted_out = _sort_out(parsed, own, known)
    matches = _match(own, sorted_out, book, progress)
    statements = []
    for index, (statement, account) in enumerate(zip(parsed.statements, own, strict=True)):
        fresh, duplicates = sorted_out[index]
        statements.append(
            PlannedStatement(
                parsed=statement,
                account=account,
                held=parsed.needs_confirmation(statement) and not (confirmed or statement.interim),
                new=[PlannedLine(line, print_, matches.get((index, n))) for n, (line, print_) in enumerate(fresh)],
                duplicates=duplicates,
                shown=[line for line in statement.lines if not statement.is_money(line)],
            )
        )
    return FilePlan(parsed, statements, parsed.notes)


def _as_we_call_them(parsed: ParsedFile, accounts: Mapping[str, BankAccount]) -> ParsedFile:
    """``parsed`` with each account under the number that our books have it by, where they have it by another of its names."""
    ours = [
        next((name for name in (its.account, *its.aliases) if name in accounts), its.account)
        for its in parsed.statements
    ]
    named = zip(parsed.statements, ours, strict=True)
    return replace(parsed, statements=tuple(replace(its, account=number) for its, number in named))


def _refuse_unknown(parsed: ParsedFile, accounts: Mapping[str, BankAccount]) -> None:
    """Refuse a file of accounts that are not ours, naming all of them with what the file says of each: it may be made ours."""
    unknown = {its.account: its for its in parsed.statements if its.account not in accounts}
    if not unknown:
        return
    message = (
        _("Account ${account} is not one of ours", mapping={"account": next(iter(unknown))})
        if len(unknown) == 1
        else _("Accounts ${accounts} are not ours", mapping={"accounts": ", ".join(unknown)})
    )
    said = [{"number": its.account, "currency": its.currency, **its.holder._asdict()} for its in unknown.values()]
    raise StatementRefusedError("account_unknown", message, {"account": next(iter(unknown)), "accounts": said})


def _own_account(statement: ParsedStatement, account: BankAccount) -> BankAccount:
    if account.currency != statement.currency:
        raise StatementRefusedError(
            "currency_differs",
            _(
                "Account ${account} is kept in ${ours}, the file says ${theirs}",
                mapping={"account": statement.account, "ours": account.currency, "theirs": statement.currency},
            ),
            {"account": statement.account},
        )
    return account


Fresh = list[tuple[ParsedLine, Fingerprint]]


def _sort_out(
    parsed: ParsedFile, accounts: Sequence[BankAccount], known: Known
) -> list[tuple[Fresh, list[ParsedLine]]]:
    """New lines with their fingerprints, and those we have already, by statement."""
    numbering = Fingerprinter()
    found: list[tuple[Fresh, list[ParsedLine]]] = []
    for statement, account in zip(parsed.statements, accounts, strict=True):
        money = (line for line in statement.lines if statement.is_money(line))
        printed = [(line, numbering.of(statement.account, line)) for line in money]
        have = known(account.id, {fingerprint.key for _line, fingerprint in printed})
        fresh = [(line, fingerprint) for line, fingerprint in printed if fingerprint not in have]
        found.append((fresh, [line for line, fingerprint in printed if fingerprint in have]))
    return found


def _match(
    accounts: Sequence[BankAccount],
    sorted_out: Sequence[tuple[Fresh, list[ParsedLine]]],
    book: Callable[[Sequence[Line]], tuple[Book, Articles]],
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[int, int], Match]:
    """Matches of the valid new lines of all statements together, so that no invoice is paid from two accounts."""
    places: list[tuple[int, int]] = []
    lines: list[Line] = []
    for index, (fresh, _duplicates) in enumerate(sorted_out):
        for n, (line, fingerprint) in enumerate(fresh):
            if line.amount_minor is not None and line.booking_date is not None:
                places.append((index, n))
                lines.append(_as_matched(line, accounts[index], fingerprint))
    if not lines:
        return {}
    if progress is not None:
        progress(0, len(lines))
    found = match(lines, *book(lines))
    if progress is not None:
        progress(len(lines), len(lines))
    return dict(zip(places, found, strict=True))


def _as_matched(line: ParsedLine, account: BankAccount, fingerprint: Fingerprint) -> Line:
    assert line.booking_date is not None
    assert line.amount_minor is not None
    other = line.counterparty
    return Line(
        position=line.position,
        booking_date=line.booking_date,
        amount_minor=line.amount_minor,
        currency=line.currency,
        purpose=line.purpose,
        counterparty_name=other.name,
        counterparty_inn=other.inn,
        counterparty_kpp=other.kpp,
        counterparty_account=other.account,
        counterparty_bic=other.bic,
        doc_number=line.doc_number,
        doc_kind=line.doc_kind,
        is_return=line.is_return,
        own_account=account.number,
        legal_entity_id=account.legal_entity_id,
        repeat_of=(line.doc_number or str(line.position)) if fingerprint.occurrence > 1 else None,
    )
