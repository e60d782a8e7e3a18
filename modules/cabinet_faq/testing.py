"""What tests of this module, and of those that stand on it, make of it."""

from __future__ import annotations

from typing import Any

from cabinet.audience.values import GUEST, Audience
from cabinet.interfaces import IAttachments, ISettings
from cabinet_faq.interfaces import FOR_GUESTS, KIND, IFaq, QuestionFacts

UNRECORDED = {
    "faq.my.question.read": "that an answer was opened once more, by nobody in particular",
    "faq.public.question.read": "that an answer was opened once more, by nobody in particular",
}
"""Acts that need not stand in the audit trail."""


def a_question(
    request: Any, question: str = "How do I pay?", answer: str = "By card.", audience: Audience | None = None, **kw: Any
) -> Any:
    """A published question in the group ``group``, or in a new one; with ``draft=True`` it is not published."""
    faq = request.find_service(IFaq)
    group = kw.get("group") or faq.add_group("Payment")
    row = faq.add(QuestionFacts(question, answer, group, audience or Audience("clients")))
    if not kw.get("draft"):
        faq.publish(row)
    return row


def examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """One of every kind for ``client``, his name in every text, for tests that ask every page as everybody (``cabinet.testing.matrix``).

    What is returned stands in the paths of our routes, {beginning of a route's name: {placeholder: value}}, the longest beginning counts;
    and in forms, {"<route> POST": {field: value}}: what a page's own form does not fill in by itself.
    """
    own = Audience("chosen", clients=frozenset({client.id}))
    row = a_question(request, f"What does {client.name} pay?", f"What {client.name} owes", own)
    a_question(request, f"What does {client.name} not pay?", f"What {client.name} does not owe", own, group=row.group)
    draft = a_question(
        request, f"What will {client.name} pay?", f"What {client.name} will owe", own, group=row.group, draft=True
    )
    dropped = a_question(
        request, f"What did {client.name} ask?", f"What {client.name} asked", own, group=row.group, draft=True
    )
    for_all = _for_all(request)
    request.find_service(ISettings).change({FOR_GUESTS: True})
    empty = request.find_service(IFaq).add_group(f"Group of {client.name}")
    return {
        "faq": {"question": row.public_id.hex, "group": empty.public_id.hex, "file": _file(request, row, client.name)},
        "faq.office.question.publish": {"question": draft.public_id.hex},
        "faq.office.question.remove": {"question": dropped.public_id.hex},
        "faq.public": {"question": for_all.public_id.hex, "file": _file(request, for_all, "all")},
        "faq.office.question.new POST": {"question": "Which?", "answer": "That.", "audience-reach": "staff"},
        "faq.office.question.edit POST": {"question": f"What else does {client.name} pay?"},
        "faq.office.question.move POST": {"way": "down"},
        "faq.office.group.move POST": {"way": "up"},
        "faq.office.group.new POST": {"title": f"Another group of {client.name}"},
        "faq.office.group POST": {"title": f"Group of {client.name} called otherwise"},
    }


def _for_all(request: Any) -> Any:
    """The same question, whoever's examples are made: other clients see it, too."""
    there = [one for one in request.find_service(IFaq).search(GUEST, "public") if one.question == "What is public?"]
    return there[0] if there else a_question(request, "What is public?", "This.", Audience("public"))


def _file(request: Any, row: Any, reader: str) -> str:
    """A paper that hangs on an answer."""
    paper = f"For {reader}".encode()
    attachment = request.find_service(IAttachments).add(paper, "paper.txt", KIND, subject_id=row.id)
    return str(attachment.public_id.hex)
