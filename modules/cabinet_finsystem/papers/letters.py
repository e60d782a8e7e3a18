"""A paper by mail: the letter goes through the outbox, with the PDF that was issued."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from cabinet.errors import DomainError
from cabinet.interfaces import IAuditLog, IMailer
from cabinet.notify.mail import RenderedMail
from cabinet_finsystem.texts import _


class PaperLetters:
    """Letters about papers of one ``kind``, of one transaction. ``book``: the interface of the service that prints them; ``in_force``: the
    states in which one is sent; ``refusal``: the error for any other.
    """

    kind: ClassVar[str]
    book: ClassVar[Any]
    in_force: ClassVar[Collection[str]]
    refusal: ClassVar[type[DomainError]]

    def __init__(self, mailer: IMailer, audit: IAuditLog, papers: Any) -> None:
        self._mailer = mailer
        self._audit = audit
        self._papers = papers

    @property
    def configured(self) -> bool:
        """Whether this site can send letters at all."""
        return bool(self._mailer.configured)

    def send(self, paper: Any, *, to: str, letter: RenderedMail, page: str = "") -> None:
        """Queue ``letter`` with the PDF of ``paper``. Its ``refusal`` for a draft and a void one; errors of IMailer.

        ``page``: path of the page that shows how it went: who sends it is told there when nobody took it.
        """
        if paper.state not in self.in_force:
            raise self.refusal(
                f"{self.kind}_not_sent", _("Only an issued document can be sent."), {"state": paper.state}
            )
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
