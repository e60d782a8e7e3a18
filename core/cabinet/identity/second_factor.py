"""The second step of signing in: a code of an authenticator app, or a recovery code. Nothing is accepted twice."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.errors import ConflictError, DomainError
from cabinet.identity import totp
from cabinet.identity.models import RecoveryCode, SecondFactor, User
from cabinet.interfaces import IAuditLog, IClock, ISecondFactor
from cabinet.keys import SealBrokenError, seal, unseal
from cabinet.texts import _

DEMANDED_OF_STAFF, DEMANDED_OF_CLIENTS = "core.second_step_staff", "core.second_step_clients"
"""The owner's settings: of whom a second step is demanded."""

RECOVERY_CODES = 10
# 79 bits a code; without letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


class WrongCodeError(DomainError):
    """Not the code of now, used already, or no recovery code of this person."""


@dataclass(frozen=True, slots=True)
class SecondFactorState:
    """``since``: when it was turned on, None while it is off; ``codes_left``: unused recovery codes; ``waiting``: begun, not confirmed."""

    since: datetime | None
    codes_left: int
    waiting: bool

    @property
    def on(self) -> bool:
        """Whether signing in asks for a code."""
        return self.since is not None


_OFF = SecondFactorState(None, 0, waiting=False)


@implementer(ISecondFactor)
class SecondFactors:
    """Secrets are sealed with ``key`` and bound to their user; recovery codes are kept as hashes."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, key: str) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._key = key

    def state(self, user: User) -> SecondFactorState:
        """Whether it is on, since when, and how many recovery codes are left."""
        row = self._row(user)
        if row is None:
            return _OFF
        return SecondFactorState(row.confirmed_at, self._codes_left(user), waiting=row.confirmed_at is None)

    def begin(self, user: User) -> None:
        """A new secret, which counts once a code of it is given. ConflictError where a second step is on already."""
        self._session.execute(select(User.id).where(User.id == user.id).with_for_update())
        self._session.execute(
            delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_(None))
        )
        if self._row(user) is not None:
            raise _already_on()
        sealed = seal(self._key, totp.new_secret(), _about(user))
        self._session.add(SecondFactor(user_id=user.id, secret=sealed, last_step=0, created_at=self._clock.now()))
        self._session.flush()
        self._tell(user, "core.second_factor.begun")

    def waiting_secret(self, user: User) -> bytes | None:
        """The secret that waits for its first code; None where none does. A confirmed one is shown to nobody."""
        row = self._row(user)
        return self._secret(user, row) if row is not None and row.confirmed_at is None else None

    def confirm(self, user: User, code: str) -> list[str]:
        """Turn it on by the first code: the recovery codes, told this once. WrongCodeError, ConflictError."""
        row = self._row(user)
        if row is None or row.confirmed_at is not None:
            raise _already_on() if row is not None else _wrong()
        step = self._step(user, row, _normal(code))
        if step is None:
            raise _wrong()
        now = self._clock.now()
        if not self._take(
            update(SecondFactor)
            .where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_(None))
            .values(confirmed_at=now, last_step=step)
        ):
            raise _already_on()
        self._session.refresh(row)
        self._tell(user, "core.second_factor.on")
        return self._fresh_codes(user)

    def check(self, user: User, code: str) -> bool:
        """Take ``code``: True where it was a recovery code. WrongCodeError. Of two who give the same code at once, one is refused."""
        row = self._row(user)
        normal = _normal(code)
        if row is None or row.confirmed_at is None:
            raise _wrong()
        if len(normal) == totp.DIGITS:
            self._take_step(user, row, normal)
            return False
        self._take_recovery_code(user, normal)
        return True

    def new_recovery_codes(self, user: User) -> list[str]:
        """Other recovery codes, told this once; the former ones are void."""
        codes = self._fresh_codes(user)
        self._tell(user, "core.recovery_code.renewed")
        return codes

    def turn_off(self, user: User) -> None:
        """The person himself does without."""
        self._forget(user)
        self._tell(user, "core.second_factor.off")

    def reset(self, user: User) -> None:
        """The site's owner takes it from somebody who lost telephone and codes. ConflictError where there is none."""
        if not self.state(user).on:
            raise ConflictError("no_second_factor", _("There is no second step to reset."))
        self._forget(user)
        self._tell(user, "core.second_factor.reset")

    def users_with(self) -> set[int]:
        """Internal ids of the users who have turned it on."""
        return set(self._session.scalars(select(SecondFactor.user_id).where(SecondFactor.confirmed_at.is_not(None))))

    def _take_step(self, user: User, row: SecondFactor, code: str) -> None:
        step = self._step(user, row, code)
        # The database compares and stores in one statement: a step is never accepted twice, nor one before it.
        if step is None or not self._take(
            update(SecondFactor)
            .where(SecondFactor.user_id == user.id, SecondFactor.last_step < step)
            .values(last_step=step)
        ):
            raise _wrong()

    def _take_recovery_code(self, user: User, code: str) -> None:
        if not self._take(
            update(RecoveryCode)
            .where(
                RecoveryCode.user_id == user.id,
                RecoveryCode.code_hash == _hash(user, code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=self._clock.now())
        ):
            raise _wrong()
        self._tell(user, "core.recovery_code.used", after={"left": self._codes_left(user)})

    def _take(self, statement: Any) -> bool:
        """Whether ``statement`` changed its one row: whoever comes second changes none."""
        taken = self._session.execute(statement.execution_options(synchronize_session=False))
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]

    def _step(self, user: User, row: SecondFactor, code: str) -> int | None:
        secret = self._secret(user, row)
        return totp.matching_step(secret, code, self._clock.now()) if secret is not None else None

    def _secret(self, user: User, row: SecondFactor) -> bytes | None:
        """None where the site's secret is another one than when it was sealed: recovery codes still work then."""
        try:
            return unseal(self._key, row.secret, _about(user))
        except SealBrokenError:
            return None

    def _row(self, user: User) -> SecondFactor | None:
        return self._session.get(SecondFactor, user.id)

    def _codes_left(self, user: User) -> int:
        statement = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
        return self._session.scalar(statement) or 0

    def _fresh_codes(self, user: User) -> list[str]:
        self._session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        codes = [_new_code() for _n in range(RECOVERY_CODES)]
        self._session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(user, _normal(code))) for code in codes)
        self._session.flush()
        return codes

    def _forget(self, user: User) -> None:
        self._session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        self._session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))

    def _tell(self, user: User, action: str, **change: Any) -> None:
        self._audit.record(action, kind="user", public_id=user.public_id, title=user.email, **change)


def _normal(code: str) -> str:
    """``code`` as it is compared: without spaces and dashes, digits of any script as ours, letters small."""
    return "".join(c for c in unicodedata.normalize("NFKC", code) if c.isalnum()).lower()


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _n in range(_GROUP)) for _m in range(_GROUPS))
    return "-".join(groups)


def _hash(user: User, code: str) -> str:
    return hashlib.sha256(f"{user.public_id.hex} {code}".encode()).hexdigest()


def _about(user: User) -> str:
    return f"second factor of {user.public_id.hex}"


def _wrong() -> WrongCodeError:
    return WrongCodeError(
        "wrong_code", _("This code is wrong or was used already. Wait for the next one."), {"field": "code"}
    )


def _already_on() -> ConflictError:
    return ConflictError("second_factor_on", _("The second step is on already."))
