"""Backups that nobody opens without a key: encrypted with age to public keys, so that the site itself cannot read them back.

The key that opens them is a file of its own, kept away from the site. The format is that of the `age` program
(age-encryption.org/v1): who has the key and no Cabinet opens a backup with it, too.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyrage

from cabinet.backup.archive import BackupError, sync_folder
from cabinet.texts import _

SIGNATURE = b"age-encryption.org/v1\n"
_KEY_PREFIX = "AGE-SECRET-KEY-1"


def make_key(path: Path) -> str:
    """Write a new key to ``path``, for its owner's eyes only; the public key it answers to. BackupError where something is there."""
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError("key_exists", _("There is ${file} already.", mapping={"file": str(path)})) from None
    except OSError as error:
        raise BackupError(
            "key_unwritable",
            _("${file} cannot be written: ${why}", mapping={"file": str(path), "why": error.strerror or str(error)}),
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(
            f"# Opens backups of Cabinet. Keep it away from the site.\n# created: {datetime.now(UTC):%Y-%m-%d}\n"
        )
        file.write(f"# public key: {public}\n{key}\n")
        file.flush()
        os.fsync(file.fileno())
    return public


def recipients(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """What ``keys``, public ones, encrypt to. BackupError names one that is none, a private one without repeating it."""
    return [_recipient(key.strip()) for key in keys]


def _recipient(key: str) -> pyrage.x25519.Recipient:
    if key.upper().startswith(_KEY_PREFIX):
        raise BackupError(
            "key_is_private",
            _("This is the key that opens backups. A site is given the public one, which begins with age1."),
        )
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise BackupError(
            "key_unreadable", _("${key} is no public key: it begins with age1.", mapping={"key": key[:80]})
        ) from None


def seal(plain: Path, target: Path, keys: Sequence[pyrage.x25519.Recipient]) -> None:
    """Encrypt ``plain`` into ``target``, which gets its name once it is whole and on disk. BackupError where there is one."""
    part = target.with_name(f"{target.name}.part")
    if target.exists() or part.exists():
        raise BackupError("backup_exists", _("There is ${file} already.", mapping={"file": str(target)}))
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as sealed, plain.open("rb") as source:
            pyrage.encrypt_io(source, sealed, list(keys))
            sealed.flush()
            os.fsync(sealed.fileno())
        part.rename(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def is_sealed(path: Path) -> bool:
    """Whether ``path`` is an encrypted file; False where there is none."""
    try:
        with path.open("rb") as file:
            return file.read(len(SIGNATURE)) == SIGNATURE
    except OSError:
        return False


def unseal(sealed: Path, plain: Path, key_file: Path) -> None:
    """Decrypt ``sealed`` into a new file ``plain`` with the keys in ``key_file``. BackupError: no key there, another key, or damage."""
    keys = _identities(key_file)
    handle = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as target, sealed.open("rb") as source:
            pyrage.decrypt_io(source, target, keys)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise BackupError(
                "backup_key_wrong",
                _("The key in ${file} does not open this backup.", mapping={"file": str(key_file)}),
            ) from None
        raise _damaged(sealed) from None
    except OSError as error:
        if error.errno is not None:  # the disk's trouble, not the file's
            raise
        raise _damaged(sealed) from None


def _identities(key_file: Path) -> list[pyrage.x25519.Identity]:
    try:
        lines = key_file.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError):
        lines = []
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line.upper().startswith(_KEY_PREFIX)]
    except pyrage.IdentityError:
        keys = []
    if not keys:
        raise BackupError(
            "key_unreadable",
            _("There is no key in ${file}: a line that begins with AGE-SECRET-KEY-1.", mapping={"file": str(key_file)}),
        )
    return keys


def _damaged(path: Path) -> BackupError:
    return BackupError(
        "backup_damaged",
        _(
            "The backup ${file} is damaged: ${where}. Take another one.",
            mapping={"file": str(path), "where": _("it cannot be decrypted to its end")},
        ),
    )
