"""What a transaction has posted and must still settle before it commits: the month tables and its link of the chain.

Month rows and the chain are shared by everybody who posts, so they are touched last and all at once: an import of ten thousand
lines holds their locks for the moment of its commit, not for its whole length.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from cabinet_finsystem.ledger.chain import append_link
from cabinet_finsystem.ledger.months import Deltas

_KEY = "finsystem.pending"


@dataclass(slots=True)
class Batch:
    """One call's worth: digests of entries by id, and what it adds to the month tables."""

    digests: dict[int, bytes] = field(default_factory=dict)
    deltas: Deltas = field(default_factory=Deltas)


class Pending:
    """The unsettled work of one session's transaction. Rolling back to a savepoint forgets what was posted after it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._batches: list[Batch] = []
        self._settled = 0
        self._marks: dict[SessionTransaction, tuple[int, int]] = {}
        self.batch_id: int | None = None
        event.listen(session, "before_commit", self._before_commit)
        event.listen(session, "after_transaction_create", self._mark)
        event.listen(session, "after_soft_rollback", self._roll_back)
        event.listen(session, "after_transaction_end", self._end)

    @classmethod
    def of(cls, session: Session) -> Pending:
        """The pending work of ``session``; made at first use."""
        pending: Pending | None = session.info.get(_KEY)
        if pending is None:
            pending = session.info[_KEY] = cls(session)
        return pending

    def add(self, batch: Batch) -> None:
        """Remember ``batch`` until it is settled."""
        if self.batch_id is None and batch.digests:
            self.batch_id = min(batch.digests)
        self._batches.append(batch)

    def settle(self) -> None:
        """Bring the month tables up to date within the transaction: whoever reads them after posting calls this first."""
        unsettled = self._batches[self._settled :]
        if not unsettled:
            return
        total = Deltas()
        for batch in unsettled:
            total.add(batch.deltas)
        self._settled = len(self._batches)
        total.write(self._session)

    def _before_commit(self, session: Session) -> None:
        if session.in_nested_transaction():
            return
        self.settle()
        digests = {entry_id: digest for batch in self._batches for entry_id, digest in batch.digests.items()}
        if digests:
            assert self.batch_id is not None
            append_link(session, self.batch_id, (digests[entry_id] for entry_id in sorted(digests)))

    def _mark(self, _session: Session, transaction: SessionTransaction) -> None:
        if transaction.nested:
            self._marks[transaction] = (len(self._batches), self._settled)

    def _roll_back(self, _session: Session, previous: SessionTransaction) -> None:
        if previous.nested:
            # A savepoint older than the first posting has no mark: all that was posted came after it.
            length, self._settled = self._marks.pop(previous, (0, 0))
            del self._batches[length:]

    def _end(self, _session: Session, transaction: SessionTransaction) -> None:
        # A savepoint ends before its rollback is told, so its mark is kept until the whole transaction ends.
        if transaction.parent is None:
            self._batches, self._settled, self.batch_id = [], 0, None
            self._marks.clear()
