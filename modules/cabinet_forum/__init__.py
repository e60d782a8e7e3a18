"""The forum: boards for all clients, for some, or for our own people; topics, posts, and who has read what."""

from __future__ import annotations

from typing import Any

from cabinet.plugins import ModuleInfo
from cabinet_forum.texts import _

MODULE = ModuleInfo(
    id="forum",
    title=_("Forum"),
    version="0.1.0",
    category="communication",
    description=_("Boards where clients and our people talk: topics, mentions, subscriptions, moderation."),
)


def includeme(config: Any) -> None:
    """Bind the services."""
    from cabinet_forum.interfaces import IBoards, IForumPeople, IReadMarks, ISubscriptions, ITopics
    from cabinet_forum.services.boards import boards_factory
    from cabinet_forum.services.marks import marks_factory
    from cabinet_forum.services.people import people_factory
    from cabinet_forum.services.subscriptions import subscriptions_factory
    from cabinet_forum.services.topics import topics_factory

    config.register_service_factory(boards_factory, IBoards)
    config.register_service_factory(topics_factory, ITopics)
    config.register_service_factory(marks_factory, IReadMarks)
    config.register_service_factory(subscriptions_factory, ISubscriptions)
    config.register_service_factory(people_factory, IForumPeople)
