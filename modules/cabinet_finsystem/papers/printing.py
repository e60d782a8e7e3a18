"""A paper is printed once, kept by its hash, and is the same bytes ever after."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from cabinet.db.session import SAFE_METHODS, unit_of_work
from cabinet.interfaces import IFileStore
from cabinet_finsystem.papers.models import DRAFT, VOID, Paper
from cabinet_finsystem.papers.parties import (
    PICTURES,
    frozen_customer,
    frozen_issuer,
    payment_details,
    printed_customer,
    printed_issuer,
    signers,
)
from cabinet_finsystem.pdf.document import Pictures

if TYPE_CHECKING:
    from cabinet.pdf.press import PDFPress
    from cabinet_finsystem.invoicing.drafting import Drafter

log = logging.getLogger(__name__)

PDF = "application/pdf"
PRINT_ACTOR = "print"

P = TypeVar("P", bound=Paper)
T = TypeVar("T", bound="PaperPrinter[Any]")


class PaperPrinter(ABC, Generic[P]):
    """Prints papers of one kind. ``keep_later(paper)`` keeps what was printed where this transaction may only read.

    ``book``: the interface of the service that finds the paper again then, by its ``find`` and ``pdf``.
    """

    model: type[P]
    book: ClassVar[Any]

    def __init__(
        self,
        session: Session,
        files: IFileStore,
        drafter: Drafter,
        press: Callable[[], PDFPress],
        keep_later: Callable[[P], None],
    ) -> None:
        self._session = session
        self._files = files
        self._drafter = drafter
        self._press = press
        self._keep_later = keep_later

    @abstractmethod
    def document(self, paper: P) -> Any:
        """What the paper says: of an issued one what was frozen, of a draft what is so today."""

    @abstractmethod
    def file_name(self, paper: P) -> str:
        """The name of its PDF for people."""

    @abstractmethod
    def is_draft(self, paper: P) -> Exception:
        """What is raised where somebody wants a draft kept."""

    @abstractmethod
    def _print(self, paper: P) -> bytes:
        """Its PDF."""

    def keep(self, paper: P) -> Any:
        """The StoredFile of an issued paper, printed now where it was not before. `is_draft` for a draft."""
        if paper.state == DRAFT:
            raise self.is_draft(paper)
        statement = select(self.model).options(undefer("*")).where(self.model.id == paper.id).with_for_update()
        paper = self._session.scalars(statement.execution_options(populate_existing=True)).one()
        if paper.pdf_file_id is not None:
            return self._files.get(paper.pdf_file_id)
        stored = store_pdf(self._files, self._print(paper), name=self.file_name(paper), client_id=paper.client_id)
        paper.pdf_file_id = stored.id
        self._session.flush()
        return stored

    def content(self, paper: P) -> bytes:
        """The bytes of the PDF, without writing anything in this transaction.

        What is not kept yet is printed and kept once this request has ended: printing is exact, so they are the same bytes.
        A void one is printed with its mark each time; what was kept of it when it was in force stays as it was.
        """
        if paper.state == VOID:
            return self._print(paper)
        if (kept := _read(self._files, paper.pdf_file_id)) is not None:
            return kept
        content = self._print(paper)
        if paper.state != DRAFT:
            self._keep_later(paper)
        return content

    def _facts(self, paper: P) -> dict[str, Any]:
        """What every printed paper has, by the names of `pdf.document.PrintedPaper`."""
        draft, void = paper.state == DRAFT, paper.state == VOID
        if draft:
            issuer = frozen_issuer(self._drafter.entity(paper.legal_entity_id), paper.currency)
            customer = frozen_customer(self._drafter.party(paper.client_id))
        else:
            issuer, customer = paper.issuer or {}, paper.customer or {}
        return {
            "number": "" if draft else paper.number or "",
            "day": paper.date,
            "issuer": printed_issuer(issuer),
            "payment": payment_details(issuer),
            "signers": signers(issuer),
            "customer": printed_customer(customer),
            "currency": paper.currency,
            "total": paper.total,
            "basis": paper.basis,
            "language": paper.language,
            "vat_included": paper.vat_included,
            "draft": draft,
            "void": void,
            "pictures": pictures_of(self._files, issuer["pictures"], signed=not (draft or void)),
        }


def pictures_of(files: IFileStore, file_ids: Mapping[str, int | None], *, signed: bool) -> Pictures:
    """The scans that a paper carries; stamp and signature only where it is ``signed``."""
    wanted = PICTURES if signed else ("logo",)
    return Pictures(**{which: _read(files, file_ids.get(which)) for which in wanted})


def store_pdf(files: IFileStore, content: bytes, *, name: str, client_id: int) -> Any:
    """Keep a paper of a client; the StoredFile."""
    return files.put(content, name=name, media_type=PDF, module="finsystem", client_id=client_id)


def file_name(template: str, number: str | None) -> str:
    """``Act {number}.pdf`` with the number in it, as a file may be called; a draft has none."""
    return template.format(number=(number or "").replace("/", "-").replace("\\", "-")).replace(" .pdf", ".pdf")


def printer_of(printer: type[T], request: Any, drafter: Drafter) -> T:
    """The printer of a request. Where its transaction may only read, what was printed is kept in one of its own, after it."""
    registry = request.registry

    def keep_later(paper: Paper) -> None:
        public_id, client_id = paper.public_id, paper.client_id

        def keep(_request: Any) -> None:
            try:
                with unit_of_work(registry, scope={client_id}, actor=PRINT_ACTOR) as other:
                    book = other.find_service(printer.book)
                    book.pdf(book.find(public_id))
            except Exception:
                log.exception("the PDF of %s was not kept; it is printed again when it is asked for", public_id)

        request.add_finished_callback(keep)

    return printer(
        request.db,
        request.find_service(IFileStore),
        drafter,
        lambda: press_of(registry),
        keep_later if request.method in SAFE_METHODS else lambda _paper: None,
    )


def press_of(registry: Any) -> PDFPress:
    """The site's press: fonts are costly to make ready, so there is one a process."""
    from cabinet.pdf.press import PDFPress

    if getattr(registry, "finsystem_press", None) is None:
        registry.finsystem_press = PDFPress()
    return registry.finsystem_press  # type: ignore[no-any-return]


def _read(files: IFileStore, file_id: int | None) -> bytes | None:
    stored = files.get(file_id) if file_id is not None else None
    content: bytes | None = files.read(stored) if stored is not None else None
    return content
