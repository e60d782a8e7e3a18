"""Passwords: argon2id at the strength OWASP asks for, checked in bounded parallel, with the same cost for unknown users."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from cabinet.errors import DomainError
from cabinet.identity.guessable import is_guessable
from cabinet.texts import _

MIN_LENGTH = 8
MAX_LENGTH = 1024

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# Two hashes at once leave a small machine able to serve pages while somebody hammers the sign-in form.
_slots = threading.BoundedSemaphore(2)
# Those at work and those who wait for them; whoever comes then is told to come again, instead of holding a thread.
_queue = threading.BoundedSemaphore(2 + 20)
# Verified when there is no such user, so that an unknown address costs what a known one does.
_NOBODY = _hasher.hash("nobody's password, verified and thrown away")


class WeakPasswordError(DomainError):
    """The new password is too short, too long or about its owner."""


class HashingBusyError(DomainError):
    """Too many passwords are being checked at once: try again in a few seconds."""


@contextmanager
def _a_slot() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise HashingBusyError("busy", _("Too many people are signing in at once. Try again in a few seconds."))
    try:
        with _slots:
            yield
    finally:
        _queue.release()


def hash_password(password: str) -> str:
    """The encoded argon2id hash of ``password``. HashingBusyError."""
    with _a_slot():
        return _hasher.hash(password)


def verify_password(encoded: str | None, password: str) -> bool:
    """Whether ``password`` matches ``encoded``; for None does the same work and says no. HashingBusyError."""
    with _a_slot():
        try:
            matches = _hasher.verify(encoded or _NOBODY, password[:MAX_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
    return matches and encoded is not None


def needs_rehash(encoded: str) -> bool:
    """Whether ``encoded`` was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(encoded)


def check_new_password(password: str, *about: str) -> None:
    """WeakPasswordError unless ``password`` may be used by a person known by ``about`` (e-mail, name, the site's name)."""
    if len(password) < MIN_LENGTH:
        raise WeakPasswordError(
            "password_short", _("The password needs at least ${n} characters.", mapping={"n": MIN_LENGTH})
        )
    if len(password) > MAX_LENGTH:
        raise WeakPasswordError("password_long", _("The password is too long."))
    if is_guessable(password, *about):
        raise WeakPasswordError("password_common", _("This password is too easy to guess. Take a longer phrase."))
