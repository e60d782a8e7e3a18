"""Articles of income and cost: the owner's tree, and the rules that sort expenses into it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the services of this part."""
    from cabinet_finsystem.articles.rules import article_rules_factory
    from cabinet_finsystem.articles.services import articles_factory
    from cabinet_finsystem.interfaces import IArticleRules, IArticles

    config.register_service_factory(articles_factory, IArticles)
    config.register_service_factory(article_rules_factory, IArticleRules)
