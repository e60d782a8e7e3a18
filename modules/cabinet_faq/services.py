"""The rules: no request, no page, no template. A service never commits: a request, a job or a command is one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, contains_eager
from zope.interface import implementer

from cabinet.audience.values import Reader
from cabinet.audit.differences import differing
from cabinet.errors import ConflictError
from cabinet.interfaces import IAttachments, IAudiences, IAuditLog, IClock, IFullText
from cabinet.richtext import plain
from cabinet_faq.interfaces import KIND, READ, VIEW, IFaq, QuestionFacts, Shelf, Voter
from cabinet_faq.models import Group, Question, Rating
from cabinet_faq.texts import _


@implementer(IFaq)
class Faq:
    """Questions and answers in one transaction. It is given what it works with, and asks nothing else of the world."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        audiences: IAudiences,
        index: IFullText,
        attachments: IAttachments,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._audiences = audiences
        self._index = index
        self._attachments = attachments

    # Reading: whatever is asked, who may see it is part of the same statement.

    def _readable(self, reader: Reader, drafts: bool) -> list[ColumnElement[bool]]:
        """Conditions of whatever looks for questions: a guest's are public, a client's also those for clients and for him; ours are all,
        but that one of us who is limited to some clients sees of those for chosen ones only theirs."""
        for_him = self._audiences.visible(Question.audience_id, reader)
        return [for_him] if drafts else [for_him, Question.published_at.is_not(None)]

    def shelves(self, reader: Reader, *, drafts: bool = False) -> list[Shelf]:
        """Groups with their questions, in order."""
        found = self._session.scalars(
            select(Question)
            .join(Question.group)
            .options(contains_eager(Question.group))
            .where(*self._readable(reader, drafts))
            .order_by(Group.place, Group.id, Question.place, Question.id)
        )
        filled = [Shelf(group, list(questions)) for group, questions in groupby(found, lambda one: one.group)]
        if not drafts:
            return filled
        by_group = {shelf.group.id: shelf for shelf in filled}
        return [by_group.get(group.id, Shelf(group, ())) for group in self.groups()]

    def search(self, reader: Reader, text: str, *, drafts: bool = False, limit: int = 50) -> Sequence[Question]:
        """Questions that hold all that was typed, the best first."""
        hits = self._index.matching(KIND, text).subquery()
        return self._session.scalars(
            select(Question)
            .join(hits, hits.c.item_id == Question.id)
            .where(*self._readable(reader, drafts))
            .order_by(hits.c.rank.desc(), Question.id)
            .limit(limit)
        ).all()

    def most_read(self, reader: Reader, limit: int = 5) -> Sequence[Question]:
        """What was opened most often."""
        read = select(Question).where(*self._readable(reader, drafts=False), Question.reads > 0)
        return self._session.scalars(read.order_by(Question.reads.desc(), Question.id).limit(limit)).all()

    def find(self, public_id: uuid.UUID, reader: Reader, *, drafts: bool = False) -> Question | None:
        """One question, if it is for him."""
        return self._session.scalar(
            select(Question).where(Question.public_id == public_id, *self._readable(reader, drafts))
        )

    def groups(self) -> Sequence[Group]:
        """All of them."""
        return self._session.scalars(select(Group).order_by(Group.place, Group.id)).all()

    def group(self, public_id: uuid.UUID) -> Group | None:
        """One of them."""
        return self._session.scalar(select(Group).where(Group.public_id == public_id))

    # Writing: each act changes rows and records what it did.

    def add(self, facts: QuestionFacts) -> Question:
        """A draft, the last of its group."""
        place = self._next_place(Question, Question.group_id == facts.group.id)
        question = Question(**self._columns(facts), place=place, changed_at=self._clock.now())
        self._session.add(question)
        self._session.flush()
        self._index.put(KIND, question.id, question.question, plain(question.answer))
        self._record("added", question, after=self._facts(question))
        return question

    def change(self, question: Question, facts: QuestionFacts) -> Question:
        """Write it anew. What was there already is no act."""
        before = self._facts(question)
        if facts.group.id != question.group_id:
            question.place = self._next_place(Question, Question.group_id == facts.group.id)
        for name, value in self._columns(facts).items():
            setattr(question, name, value)
        self._session.flush()
        before, after = differing(before, self._facts(question))
        if after:
            question.changed_at = self._clock.now()
            self._index.put(KIND, question.id, question.question, plain(question.answer))
            self._record("changed", question, before=before, after=after)
        return question

    def publish(self, question: Question) -> None:
        """Its audience reads it from now on. What is published already stays as it is."""
        if question.published_at is None:
            question.published_at = self._clock.now()
            self._record("published", question)

    def withdraw(self, question: Question) -> None:
        """A draft again. What is a draft already stays as it is."""
        if question.published_at is not None:
            question.published_at = None
            self._record("withdrawn", question)

    def remove(self, question: Question) -> None:
        """A draft goes, with voices, files and words."""
        if question.published_at is not None:
            raise ConflictError("question_published", _("Only a draft can be removed. Make it a draft first."))
        self._session.execute(delete(Rating).where(Rating.question_id == question.id))
        self._attachments.forget(KIND, [question.id])
        self._index.forget(KIND, [question.id])
        self._record("removed", question, before=self._facts(question))
        self._session.delete(question)

    def add_group(self, title: str) -> Group:
        """A new group, the last."""
        group = Group(title=title, place=self._next_place(Group))
        self._session.add(group)
        self._session.flush()
        self._record("added", group, after={"title": title})
        return group

    def rename_group(self, group: Group, title: str) -> None:
        """Another title."""
        if title != group.title:
            before, group.title = group.title, title
            self._record("changed", group, before={"title": before}, after={"title": title})

    def remove_group(self, group: Group) -> None:
        """An empty one only."""
        if self._session.scalar(select(Question.id).where(Question.group_id == group.id).limit(1)) is not None:
            raise ConflictError("group_not_empty", _("Questions stand in this group. Move or remove them first."))
        self._record("removed", group, before={"title": group.title})
        self._session.delete(group)

    def move(self, row: Question | Group, up: bool) -> None:
        """One place up or down among its like."""
        beside = select(type(row)).order_by(type(row).place, type(row).id)
        if isinstance(row, Question):
            beside = beside.where(Question.group_id == row.group_id)
        rows: list[Any] = list(self._session.scalars(beside))
        at = rows.index(row)
        to = at - 1 if up else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
            for place, one in enumerate(rows, 1):
                one.place = place
            self._record("moved", row, before={"place": at + 1}, after={"place": to + 1})

    # What readers say and do.

    def rate(self, question: Question, voter: Voter, helpful: bool) -> None:
        """One voice each; the last word counts. Who rates the same answer at once waits, so that no voice is lost or counted twice."""
        self._session.execute(select(Question.id).where(Question.id == question.id).with_for_update(key_share=True))
        rating = self._rating(question, voter)
        if rating is not None and rating.helpful == helpful:
            return
        if rating is None:
            rating = Rating(question_id=question.id, user_id=voter.user_id, guest=voter.guest)
            self._session.add(rating)
        rating.helpful, rating.at = helpful, self._clock.now()
        self._session.flush()
        voices = select(func.count()).where(Rating.question_id == question.id)
        question.helped = self._session.scalar(voices.where(Rating.helpful.is_(True))) or 0
        question.not_helped = self._session.scalar(voices.where(Rating.helpful.is_(False))) or 0
        self._record("rated", question, after={"helpful": helpful})

    def rating(self, question: Question, voter: Voter) -> bool | None:
        """What he said before."""
        rating = self._rating(question, voter)
        return rating.helpful if rating is not None else None

    def _rating(self, question: Question, voter: Voter) -> Rating | None:
        own = Rating.user_id == voter.user_id if voter.user_id is not None else Rating.guest == voter.guest
        return self._session.scalar(select(Rating).where(Rating.question_id == question.id, own))

    def ratings_of(self, user: Any) -> list[dict[str, Any]]:
        """What a person said, for him to have; of a question that is not for him any more not what it says now."""
        said = select(Question, Rating).join(Rating, Rating.question_id == Question.id).where(Rating.user_id == user.id)
        sees = self._audiences.seeing(user, my=READ, office=VIEW)
        return [
            {
                "question": row.question if row.published_at and sees(row.audience_id) else "",
                "helpful": rating.helpful,
                "at": rating.at,
            }
            for row, rating in self._session.execute(said.order_by(Rating.id))
        ]

    def count_read(self, question: Question) -> None:
        """Added by the database, so that two readers count as two."""
        self._session.execute(
            update(Question)
            .where(Question.id == question.id)
            .values(reads=Question.reads + 1)
            .execution_options(synchronize_session=False)
        )

    def texts(self, after: int, limit: int) -> Iterable[tuple[int, str, str]]:
        """For an index that is made anew."""
        rows = self._session.scalars(select(Question).where(Question.id > after).order_by(Question.id).limit(limit))
        return [(row.id, row.question, plain(row.answer)) for row in rows]

    # What the acts above have in common.

    def _columns(self, facts: QuestionFacts) -> dict[str, Any]:
        return {
            "question": facts.question,
            "answer": facts.answer,
            "group": facts.group,
            "audience_id": self._audiences.keep(facts.audience),
        }

    def _next_place(self, table: Any, *among: ColumnElement[bool]) -> int:
        return (self._session.scalar(select(func.max(table.place)).where(*among)) or 0) + 1

    def _facts(self, question: Question) -> dict[str, Any]:
        """What the audit trail keeps of a question."""
        audience = self._audiences.get(question.audience_id)
        readers = [*sorted(map(str, audience.clients)), *sorted("/".join(group) for group in audience.groups)]
        return {
            "question": question.question,
            "answer": question.answer,
            "group": question.group.title,
            "reach": audience.reach,
            "readers": ", ".join(readers),
        }

    def _record(self, verb: str, row: Question | Group, **facts: Any) -> None:
        noun, title = ("group", row.title) if isinstance(row, Group) else ("question", row.question)
        self._audit.record(f"faq.{noun}.{verb}", kind=f"faq.{noun}", public_id=str(row.public_id), title=title, **facts)


def faq_factory(_context: Any, request: Any) -> Faq:
    """``IFaq`` of a request: the one place where the service meets it."""
    ask = request.find_service
    return Faq(request.db, ask(IClock), ask(IAuditLog), ask(IAudiences), ask(IFullText), ask(IAttachments))
