"""How the headers of a letter go over the wire."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import UniqueAddressHeader, UniqueSingleAddressHeader, UniqueUnstructuredHeader
from email.policy import EmailPolicy
from typing import Any


class LetterPolicy(EmailPolicy):
    """SMTP's rules, in seven bits: some servers still cannot carry eight.

    What is not ASCII in a subject or a name is encoded by `email.header.Header`. Python's own folding loses spaces between encoded words
    where a sign that is special to the grammar stands among them, and puts others in where a long name is cut.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**{"linesep": "\r\n", "cte_type": "7bit", **kw})

    def fold(self, name: str, value: Any) -> str:
        """One header as text."""
        return self._encoded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as bytes."""
        encoded = self._encoded(name, value)
        return encoded.encode("ascii") if encoded else super().fold_binary(name, value)

    def _encoded(self, name: str, value: Any) -> str | None:
        """The header where it holds more than ASCII and its parts are known; None leaves it to Python."""
        if str(value).isascii():
            return None
        if isinstance(value, UniqueUnstructuredHeader):
            return f"{name}: {self._words(str(value), len(name) + 2)}{self.linesep}"
        if isinstance(value, UniqueAddressHeader | UniqueSingleAddressHeader):
            written = [
                f"{self._words(one.display_name, len(name) + 2)} <{one.addr_spec}>"
                if one.display_name
                else one.addr_spec
                for one in value.addresses
            ]
            between = f",{self.linesep} "
            return f"{name}: {between.join(written)}{self.linesep}"
        return None

    def _words(self, text: str, before: int) -> str:
        return Header(text, "utf-8", maxlinelen=76, header_name="x" * before).encode(linesep=self.linesep)
