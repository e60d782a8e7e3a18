"""Who pays: the clients a line's payer is proven to be, those its account was learned for, and what casts doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .book import Book, KnownClient, LearnedPayer, Line, account_key, is_form, names_in, usable_inn, usable_kpp
from .decision import Evidence, Field, is_new, speaks_against, speaks_for
from .folding import FOLDED_FORMS, fold, name_words, runs_of
from .mentions import Reading

# Accounts a bank keeps for itself: the tax number beside them is the bank's, the payer is somebody else.
_BANK_ACCOUNTS = ("302", "303", "409", "474", "706", "202")
_TREASURY_ACCOUNTS = "03"
_PRIVATE_ACCOUNTS = ("40817", "40820", "423")
_FIRMS = frozenset(map(fold, ("общество", "общества", "предпринимателя", "предприятие", "компанию", "фирму", "филиал")))
_MARKERS = FOLDED_FORMS | _FIRMS
_BEHALF = frozenset(("за", "имени", "вместо", "обязательства", "обязательствам", "долг", "просьбе"))


@dataclass(frozen=True, slots=True)
class Payer:
    """``clients``: proven by tax number or by an account on the card. ``pinned``: the one branch the line speaks of."""

    clients: tuple[KnownClient, ...] = ()
    pinned: KnownClient | None = None
    proof: tuple[Evidence, ...] = ()
    learned: tuple[tuple[KnownClient, int], ...] = ()
    namesakes: tuple[KnownClient, ...] = ()
    doubts: tuple[Evidence, ...] = ()

    def holds(self, client_id: int) -> bool:
        """Whether the payer is proven to be this client (or a branch of the same legal entity)."""
        return any(client.id == client_id for client in self.clients)

    def is_other_branch(self, client_id: int) -> bool:
        """Whether the line's KPP speaks of another branch than this client."""
        return self.pinned is not None and self.pinned.id != client_id


def is_bank_account(account: str) -> bool:
    """Whether a Russian 20-digit account is one that banks pay out from on behalf of others."""
    return len(account) == 20 and account.startswith(_BANK_ACCOUNTS)


def may_pay(lines: Iterable[Line], clients: Iterable[KnownClient], learned: Iterable[LearnedPayer]) -> set[int]:
    """Ids of the clients that `identify` may take for the payer of one of ``lines``: told by tax number, account or a person before."""
    inns: set[str] = set()
    accounts: set[str] = set()
    for line in lines:
        inns.add(usable_inn(line.counterparty_inn))
        accounts.add(account_key(line.counterparty_account))
    inns.discard("")
    accounts.discard("")
    found = {payer.client_id for payer in learned if account_key(payer.account) in accounts}
    for client in clients:
        if usable_inn(client.inn) in inns or not accounts.isdisjoint(map(account_key, client.accounts)):
            found.add(client.id)
    return found


def identify(line: Line, book: Book) -> Payer:
    """The payer of ``line``, as far as the book knows."""
    inn, account = usable_inn(line.counterparty_inn), account_key(line.counterparty_account)
    by_inn = book.by_inn.get(inn, []) if inn else []
    by_account = book.by_account.get(account, []) if account else []
    learned = _learned(book.learned.get(account, ()), inn, book)
    words = name_words(line.counterparty_name)
    namesakes = tuple(book.by_name.get(words, ()))
    if is_bank_account(account) or (len(inn) == 10 and account.startswith(_PRIVATE_ACCOUNTS)):
        # A bank stands between: neither number is the payer's own.
        doubt = speaks_against("payer-bank-account", Field.ACCOUNT)
        return Payer(namesakes=namesakes, doubts=(doubt,))
    if by_inn:
        return _by_inn(line, by_inn, by_account, learned, namesakes)
    if by_account and not inn:
        proof = speaks_for("payer-account", Field.ACCOUNT)
        clients = tuple(by_account)
        doubts = (
            () if len(clients) == 1 else (speaks_against("payer-shared-account", Field.ACCOUNT, count=len(clients)),)
        )
        return Payer(clients, None, (proof,), learned, namesakes, doubts)
    if by_account:  # the account is a client's, the tax number is nobody's: an answer, not a proof
        learned = tuple((client, 0) for client in by_account) + learned
        return Payer((), None, (), learned, namesakes, (speaks_against("payer-account-other-inn", Field.INN),))
    doubt = is_new("payer-unknown", Field.INN) if inn else speaks_against("payer-absent", Field.INN)
    return Payer(learned=learned, namesakes=namesakes, doubts=(doubt,))


def _by_inn(
    line: Line,
    by_inn: list[KnownClient],
    by_account: list[KnownClient],
    learned: tuple[tuple[KnownClient, int], ...],
    namesakes: tuple[KnownClient, ...],
) -> Payer:
    ids = {client.id for client in by_inn}
    doubts: tuple[Evidence, ...] = ()
    if (
        by_account
        and not ids & {client.id for client in by_account}
        and not _is_shared(account_key(line.counterparty_account), by_account)
    ):
        doubts = (speaks_against("payer-account-of-other", Field.ACCOUNT, client=by_account[0].name),)
    learned = tuple(pair for pair in learned if pair[0].id not in ids)
    if len(by_inn) == 1:
        return Payer((by_inn[0],), by_inn[0], (speaks_for("payer-inn", Field.INN),), learned, namesakes, doubts)
    kpp = usable_kpp(line.counterparty_kpp)
    branch = [client for client in by_inn if kpp and usable_kpp(client.kpp) == kpp]
    if len(branch) != 1:
        branch = [client for client in by_inn if client in by_account]
    if len(branch) == 1:
        proof = speaks_for("payer-inn-kpp", Field.INN)
        return Payer(tuple(by_inn), branch[0], (proof,), learned, namesakes, doubts)
    doubts += (speaks_against("payer-ambiguous", Field.INN, count=len(by_inn)),)
    return Payer(tuple(by_inn), None, (speaks_for("payer-inn", Field.INN),), learned, namesakes, doubts)


def _is_shared(account: str, owners: list[KnownClient]) -> bool:
    """Whether an account is a treasury's, or on the cards of several firms: it says nothing of who pays."""
    return account.startswith(_TREASURY_ACCOUNTS) or len({usable_inn(client.inn) or client.id for client in owners}) > 1


def _learned(known: list[LearnedPayer] | tuple[()], inn: str, book: Book) -> tuple[tuple[KnownClient, int], ...]:
    if not known:
        return ()
    fitting = [payer for payer in known if not (payer.inn and inn and payer.inn != inn)]
    fitting.sort(key=lambda payer: -payer.times)
    return tuple((book.clients[payer.client_id], payer.times) for payer in fitting)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Parties that the purpose itself speaks of, the payer and ourselves left out."""

    clients: tuple[tuple[KnownClient, Evidence], ...] = ()
    strangers: tuple[Evidence, ...] = ()
    hints: tuple[Evidence, ...] = ()


def spoken_of(reading: Reading, line: Line, payer: Payer, book: Book) -> Spoken:
    """Whom the purpose names: by a name after its legal form or in quotes, by a tax number, "за ООО …"."""
    clients: list[tuple[KnownClient, Evidence]] = []
    hints: list[Evidence] = []
    for tax_id in reading.tax_ids:
        _by_tax_id(
            tax_id.value, (tax_id.start, tax_id.end), line, payer, book, clients, hints if tax_id.marked else None
        )
    strangers: list[Evidence] = []
    said = {token[0] for token in reading.tokens}
    if not (said & _MARKERS) and said.isdisjoint(book.name_starts):
        return Spoken(tuple(clients), (), tuple(hints))
    words = [token for token in reading.tokens if token[0][0].isalnum()]
    texts = tuple(token[0] for token in words)
    own_words = {name_words(client.name) for client in payer.clients} | {name_words(line.counterparty_name)}
    own_words |= book.own_names
    for first, stop, named in names_in(book, texts):
        if texts[first:stop] in own_words or any(payer.holds(client.id) for client in named):
            continue
        formed = first > 0 and is_form(texts[first - 1])
        span = (words[first - formed][1], words[stop - 1][2])
        marked = formed or reading.folded[span[0] - 1 : span[0]] == '"'
        if marked or stop - first > 1:
            clients.extend((client, speaks_for("client-named", Field.PURPOSE, span)) for client in named)
    for i, text in enumerate(texts):
        if not i or texts[i - 1] not in _BEHALF or not (is_form(text) or text in _FIRMS):
            continue
        if text in book.prefixes and texts[i + 1 : i + 2] and texts[i + 1].isdecimal():
            continue  # "за № ИП-8926": letters of a number
        if not _is_called(texts[i : i + 2], payer, line, book):
            strangers.append(speaks_against("third-party", Field.PURPOSE, (words[i - 1][1], words[i][2])))
    return Spoken(tuple(clients), tuple(strangers), tuple(hints))


def _by_tax_id(
    value: str,
    span: tuple[int, int],
    line: Line,
    payer: Payer,
    book: Book,
    clients: list[tuple[KnownClient, Evidence]],
    hints: list[Evidence] | None,
) -> None:
    if value in book.ours.inns or value == usable_inn(line.counterparty_inn):
        return
    known = book.by_inn.get(value, [])
    if not known and hints is not None:
        hints.append(speaks_against("inn-unknown", Field.PURPOSE, span, inn=value))
    clients.extend(
        (client, speaks_for("client-inn-named", Field.PURPOSE, span)) for client in known if not payer.holds(client.id)
    )


def _is_called(form_and_word: tuple[str, ...], payer: Payer, line: Line, book: Book) -> bool:
    """Whether "за ООО Вектор" speaks of the payer itself, or of us: by the legal form and the first word of the name."""
    names = (line.counterparty_name, *(client.name for client in payer.clients), *book.ours.names)
    return any(set(form_and_word) <= set(runs_of(fold(name))) for name in names)
