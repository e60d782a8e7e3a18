"""A paper by mail: the letter goes through the outbox, with the PDF that was issued."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from cabinet.interfaces import IAuditLog, IMailer
from cabinet.notify.mail import RenderedMail


class PaperLetters(ABC):
    """Letters about papers of one ``kind``, of one transaction. ``book``: the interface of the service that prints them."""

    kind: ClassVar[str]
    book: ClassVar[Any]

    def __init__(self, mailer: IMailer, audit: IAuditLog, papers: Any) -> None:
        self._mailer = mailer
        self._audit = audit
        self._papers = papers

    @abstractmethod
    def require_issued(self, paper: Any) -> None:
        """Raise for a draft and a void one: only what is in force is sent."""

    @property
    def configured(self) -> bool:
        """Whether this site can send letters at all."""
        return bool(self._mailer.configured)

    def send(self, paper: Any, *, to: str, letter: RenderedMail, page: str = "") -> None:
        """Queue ``letter`` with the PDF of ``paper``. Errors of `require_issued` and of IMailer.

        ``page``: path of the page that shows how it went: who sends it is told there when nobody took it.
        """
        self.require_issued(paper)
        mail = self._mailer.queue(
            to=to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            about_kind=f"finsystem.{self.kind}",
            about_id=str(paper.public_id),
            client_id=paper.client_id,
            attachments=[self._papers.pdf(paper)],
            page=page,
        )
        self._audit.record(
            f"finsystem.{self.kind}.sent",
            kind=self.kind,
            public_id=paper.public_id,
            title=paper.number,
            client_id=paper.client_id,
            after={"to": mail.to_address},
        )

    def of(self, paper: Any) -> Sequence[Any]:
        """Letters about a paper, the newest first: OutgoingMail rows with their delivery."""
        return self._mailer.about(f"finsystem.{self.kind}", str(paper.public_id))  # type: ignore[no-any-return]

    @classmethod
    def of_request(cls, _context: Any, request: Any) -> PaperLetters:
        """The service of a request."""
        return cls(request.find_service(IMailer), request.find_service(IAuditLog), request.find_service(cls.book))
