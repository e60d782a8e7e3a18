"""Our side of a deal: requisites, accounts, pictures, and how documents of each entity are numbered and charged."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.money import exponent
from cabinet.contracts.parties import BankAccount, LegalEntity
from cabinet.db.plain import PlainQuery
from cabinet.errors import ConflictError, NotFoundError
from cabinet.files.images import clean_image
from cabinet.interfaces import IAuditLog, IClock, IEvents, IFileStore
from cabinet.numbering.services import check_pattern
from cabinet.requisites import compact
from cabinet_client_manager import models
from cabinet_client_manager.events import (
    BankAccountAdded,
    BankAccountRemoved,
    BankAccountsChanged,
    LegalEntityChanged,
)
from cabinet_client_manager.interfaces import ILegalEntityBook, WrongRequisiteError
from cabinet_client_manager.services import checks
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import BankAccountFacts, EntityFacts, changes

NUMBER_PATTERNS = {"ru": "СЧ-{year}-{n:05}", "en": "INV-{year}-{n:05}"}
_NAMES = {"ru": "Наша компания", "en": "Our company"}
_ENTITY = tuple(field.name for field in fields(LegalEntity) if field.name not in {"accounts", "complete"})
_ACCOUNT = tuple(field.name for field in fields(BankAccount))
_ALL = PlainQuery(
    select(
        *(getattr(models.LegalEntity, name) for name in _ENTITY),
        *(getattr(models.BankAccount, name).label(f"account_{name}") for name in _ACCOUNT),
    )
    .outerjoin(models.BankAccount, models.BankAccount.legal_entity_id == models.LegalEntity.id)
    .order_by(models.LegalEntity.is_default.desc(), models.LegalEntity.id, models.BankAccount.id)
)
"""A row for each pair of an entity and an account of its."""
_FACTS = tuple(EntityFacts.__dataclass_fields__)


@implementer(ILegalEntityBook)
class LegalEntityBook:
    """Our legal entities. They are few: all are read at once and kept until one changes."""

    def __init__(self, session: Session, files: IFileStore, clock: IClock, audit: IAuditLog, events: IEvents) -> None:
        self._session = session
        self._files = files
        self._clock = clock
        self._audit = audit
        self._events = events
        self._known: list[LegalEntity] | None = None

    def all(self) -> list[LegalEntity]:
        """All of them, the default first."""
        if self._known is None:
            self._known = list(_entities(_ALL.ask(self._session)))
        return self._known

    def default(self) -> LegalEntity:
        """The one that documents are issued from unless told otherwise. NotFoundError before the site was made."""
        if not self.all():
            raise NotFoundError(
                "no_legal_entity", _("There is no legal entity yet: the site was not made by `cabinet init`.")
            )
        return self.all()[0]

    def get(self, entity_id: int) -> LegalEntity:
        """By internal id; NotFoundError."""
        return self._first(lambda entity: entity.id == entity_id)

    def by_public_id(self, public_id: uuid.UUID) -> LegalEntity:
        """By the id of URLs; NotFoundError."""
        return self._first(lambda entity: entity.public_id == public_id)

    def account_by_number(self, number: str) -> BankAccount | None:
        """The account of ours with ``number``, spaces not counted; None where it is not ours."""
        wanted = compact(number)
        return next((a for entity in self.all() for a in entity.accounts if a.number == wanted), None)

    def missing(self, entity: LegalEntity) -> tuple[str, ...]:
        """Names of what an invoice must print and ``entity`` lacks."""
        return _missing(entity)

    def ensure_default_entity(self, locale: str) -> LegalEntity:
        """The default entity; on a new site one with empty requisites is made, named in the language ``locale``."""
        if self.all():
            return self.default()
        pattern = NUMBER_PATTERNS.get(locale, NUMBER_PATTERNS["en"])
        return self.add(EntityFacts(name=_NAMES.get(locale, _NAMES["en"]), invoice_number_pattern=pattern))

    def add(self, facts: EntityFacts) -> LegalEntity:
        """A new entity; the first one is the default. WrongRequisiteError, NumberPatternError."""
        facts = _checked(facts)
        row = models.LegalEntity(**asdict(facts), is_default=not self.all(), created_at=self._clock.now())
        self._session.add(row)
        self._session.flush()
        self._tell(row, "client_manager.legal_entity.added", None, {"name": facts.name, "inn": facts.inn})
        return self.get(row.id)

    def change(self, entity_id: int, facts: EntityFacts) -> LegalEntity:
        """Write ``facts`` over what is stored. WrongRequisiteError, NumberPatternError."""
        facts = _checked(facts)
        row = self._row(entity_id)
        before, after = changes(EntityFacts(**{name: getattr(row, name) for name in _FACTS}), facts)
        for name in after:
            setattr(row, name, getattr(facts, name))
        if after:
            self._session.flush()
            self._tell(row, "client_manager.legal_entity.changed", before, after)
        return self.get(entity_id)

    def make_default(self, entity_id: int) -> None:
        """Let documents be issued from this entity unless told otherwise."""
        chosen = self._row(entity_id)
        if chosen.is_default:
            return
        for row in self._session.scalars(select(models.LegalEntity).where(models.LegalEntity.is_default)):
            row.is_default = False
        chosen.is_default = True
        self._session.flush()
        self._tell(chosen, "client_manager.legal_entity.changed", {"is_default": False}, {"is_default": True})

    def set_accounts(self, entity_id: int, accounts: Sequence[BankAccountFacts]) -> LegalEntity:
        """Make the entity's accounts those of ``accounts``: known ones are changed, new ones added, the others removed."""
        wanted = _by_number(accounts)
        for position, facts in enumerate(wanted.values()):
            self._check_account(facts, entity_id, f"accounts-{position}-")
        row = self._row(entity_id)
        former = [_account_facts(account) for account in row.accounts]
        before = sorted(account.number for account in row.accounts)
        touched = False
        for account in list(row.accounts):
            if account.number not in wanted:
                self._events.record(BankAccountRemoved(entity_id, account.id, account.number))
                self._session.delete(account)
                touched = True
        known = {account.number: account for account in row.accounts}
        for number, facts in wanted.items():
            if number not in known:
                self._session.add(models.BankAccount(legal_entity_id=entity_id, **asdict(facts)))
                touched = True
            elif _account_facts(known[number]) != facts:
                for name, value in asdict(facts).items():
                    setattr(known[number], name, value)
                touched = True
        if touched:
            self._session.flush()
            self._session.expire(row, ["accounts"])
            self._tell(row, "client_manager.legal_entity.changed", {"accounts": before}, {"accounts": sorted(wanted)})
            for account in row.accounts:
                if account.number not in known:
                    self._events.record(BankAccountAdded(entity_id, account.id, account.number))
            self._events.record(BankAccountsChanged(entity_id, tuple(former), tuple(wanted.values())))
        return self.get(entity_id)

    def differ(self, entity: LegalEntity | None, accounts: Sequence[BankAccountFacts]) -> bool:
        """Whether ``set_accounts`` would change anything of those of ``entity``; None: of one that is not there yet."""
        known = entity.accounts if entity is not None else ()
        return _by_number(accounts) != {account.number: _account_facts(account) for account in known}

    def register_account(
        self,
        number: str,
        currency: str,
        *,
        bic: str = "",
        bank_name: str = "",
        correspondent_account: str = "",
        legal_entity_id: int | None = None,
    ) -> tuple[BankAccount, bool]:
        """Make sure that the account is ours: one that no entity has is given to the named, else to the default one.

        Returns (account, created). WrongRequisiteError, NotFoundError.
        """
        known = self.account_by_number(number)
        if known is not None:
            return known, False
        facts = _tidy(BankAccountFacts(number, currency, bic, bank_name, correspondent_account))
        entity = self.default() if legal_entity_id is None else self.get(legal_entity_id)
        self._check_account(facts, entity.id, "")
        row = self._row(entity.id)
        facts = replace(facts, is_default=not entity.accounts)
        self._session.add(models.BankAccount(legal_entity_id=entity.id, **asdict(facts)))
        self._session.flush()
        self._session.expire(row, ["accounts"])
        self._tell(row, "client_manager.legal_entity.changed", None, {"account": facts.number})
        account = self.account_by_number(facts.number)
        assert account is not None
        self._events.record(BankAccountAdded(entity.id, account.id, account.number))
        former = tuple(map(_account_facts, entity.accounts))
        self._events.record(BankAccountsChanged(entity.id, former, (*former, facts)))
        return account, True

    def set_picture(self, entity_id: int, which: str, content: bytes, name: str) -> None:
        """Keep a logo, stamp or signature; the paper around a stamp or signature is made transparent. ImageError."""
        # Imported at first use: what draws documents takes time and memory that a start needs not.
        from cabinet.pdf.images import LOGO_BOX, SIGNATURE_BOX, STAMP_BOX, scale_for_print

        # The largest a picture is printed: what is finer than 300 dpi there is thrown away.
        box = {"logo": LOGO_BOX, "stamp": STAMP_BOX, "signature": SIGNATURE_BOX}[which]
        picture = scale_for_print(clean_image(content), box, clear_paper=which != "logo")
        stored = self._files.put(picture, name=f"{which}.png", media_type="image/png", module="client_manager")
        row = self._row(entity_id)
        setattr(row, f"{which}_file_id", stored.id)
        self._session.flush()
        self._tell(row, "client_manager.legal_entity.changed", None, {which: name, "sha256": stored.sha256})

    def remove_picture(self, entity_id: int, which: str) -> None:
        """Print without it from now on; what was printed keeps it."""
        row = self._row(entity_id)
        if getattr(row, f"{which}_file_id") is None:
            return
        setattr(row, f"{which}_file_id", None)
        self._session.flush()
        self._tell(row, "client_manager.legal_entity.changed", {which: True}, {which: False})

    def _row(self, entity_id: int) -> models.LegalEntity:
        row = self._session.get(models.LegalEntity, entity_id)
        if row is None:
            raise _no_entity()
        return row

    def _first(self, fits: Callable[[LegalEntity], bool]) -> LegalEntity:
        found = next(filter(fits, self.all()), None)
        if found is None:
            raise _no_entity()
        return found

    def _check_account(self, facts: BankAccountFacts, entity_id: int, prefix: str) -> None:
        checks.refuse_wrong(checks.check_own_account(facts.number, facts.bic, facts.currency), prefix)
        problem = checks.check_correspondent(facts.correspondent_account, facts.bic)
        if problem and not checks.only_warns(problem):
            raise WrongRequisiteError(problem.value, problem.message, {"field": prefix + "correspondent_account"})
        exponent(facts.currency)
        known = self.account_by_number(facts.number)
        if known is not None and known.legal_entity_id != entity_id:
            raise ConflictError(
                "account_taken",
                _("The account ${number} belongs to another legal entity of yours.", mapping={"number": facts.number}),
                {"field": prefix + "number"},
            )

    def _tell(self, row: models.LegalEntity, action: str, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
        self._known = None
        self._audit.record(
            action, kind="legal_entity", public_id=row.public_id, title=row.name, before=before, after=after
        )
        self._events.record(LegalEntityChanged(row.id))


def _no_entity() -> NotFoundError:
    return NotFoundError("no_legal_entity", _("There is no such legal entity."))


def _checked(facts: EntityFacts) -> EntityFacts:
    facts = replace(
        facts,
        inn=compact(facts.inn),
        kpp=compact(facts.kpp),
        ogrn=compact(facts.ogrn),
        invoice_number_pattern=facts.invoice_number_pattern or NUMBER_PATTERNS["ru"],
    )
    checks.refuse_wrong(checks.check_registration(facts.inn, facts.kpp, facts.ogrn))
    checks.check_email(facts.email)
    check_pattern(facts.invoice_number_pattern)
    exponent(facts.currency)
    return facts


def _tidy(facts: BankAccountFacts) -> BankAccountFacts:
    return replace(
        facts,
        number=compact(facts.number),
        bic=compact(facts.bic),
        correspondent_account=compact(facts.correspondent_account),
    )


def _by_number(accounts: Sequence[BankAccountFacts]) -> dict[str, BankAccountFacts]:
    """The accounts by their bare numbers; one of them is printed on documents."""
    wanted = {facts.number: facts for facts in map(_tidy, accounts)}
    if wanted and not any(facts.is_default for facts in wanted.values()):
        first = next(iter(wanted))
        wanted[first] = replace(wanted[first], is_default=True)
    return wanted


def _account_facts(row: models.BankAccount | BankAccount) -> BankAccountFacts:
    return BankAccountFacts(row.number, row.currency, row.bic, row.bank_name, row.correspondent_account, row.is_default)


def _entities(rows: Iterable[Sequence[Any]]) -> Iterator[LegalEntity]:
    many = len(_ENTITY)
    for facts, its in groupby(rows, key=lambda row: tuple(row[:many])):
        told = dict(zip(_ENTITY, facts, strict=True))
        told["short_name"] = told["short_name"] or told["name"]
        accounts = tuple(BankAccount(*row[many:]) for row in its if row[many] is not None)
        entity = LegalEntity(**told, accounts=accounts, complete=False)
        yield replace(entity, complete=not _missing(entity))


def _missing(entity: LegalEntity) -> tuple[str, ...]:
    account = entity.default_account
    needed = {
        "inn": entity.inn,
        "kpp": entity.kpp or not checks.is_company(entity.inn),
        "address": entity.address,
        "account": account,
        "bic": account is None or account.bic or checks.is_iban(account.number),
        "bank_name": account is None or account.bank_name,
    }
    return tuple(name for name, value in needed.items() if not value)


def legal_entities_factory(_context: Any, request: Any) -> LegalEntityBook:
    """``ILegalEntityBook`` of a request."""
    return LegalEntityBook(
        request.db,
        request.find_service(IFileStore),
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IEvents),
    )
