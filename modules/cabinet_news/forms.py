"""Writing an article."""

from __future__ import annotations

import datetime
from typing import Any

from wtforms import BooleanField, StringField, ValidationError
from wtforms.fields import TimeField
from wtforms.validators import DataRequired, Length, Optional

from cabinet.audience.values import Audience
from cabinet.interfaces import IClock
from cabinet.web.audience import AudienceField
from cabinet.web.editor import RichTextField
from cabinet.web.forms import DateField, Form
from cabinet_news.interfaces import ArticleFacts
from cabinet_news.models import Article
from cabinet_news.services import KIND, READ
from cabinet_news.texts import _

_MORNING = datetime.time(9)


class ArticleForm(Form):
    """What people write of an article; days and hours are the firm's."""

    title = StringField(_("Title"), [DataRequired(), Length(max=200)])
    body = RichTextField(_("Text"), [DataRequired()], kind=KIND)
    audience = AudienceField(_("Who sees it"), permission=READ)
    appears_on = DateField(_("Appears on"), description=_("Empty: at once"))
    appears_time = TimeField(_("At"), [Optional()])
    ends_on = DateField(_("Last day"), description=_("Empty: it stays"))
    pinned = BooleanField(_("Keep it above the others"))
    must_accept = BooleanField(
        _("Must be accepted"),
        description=_("It stays on top until the reader says that he takes note; you see who has."),
    )
    announce = BooleanField(_("Tell of it by the bell and by letter, once, when it appears"))

    def __init__(self, request: Any, article: Article | None = None, audience: Audience | None = None) -> None:
        self._clock = request.find_service(IClock)
        self._article = article
        super().__init__(request, data=self._stored(article, audience))

    def _stored(self, article: Article | None, audience: Audience | None) -> dict[str, Any]:
        if article is None:
            return {"audience": Audience("clients"), "announce": True}
        values = {name: getattr(article, name) for name in ("title", "body", "pinned", "must_accept", "announce")}
        zone = self._clock.zone
        appears = article.appears_at.astimezone(zone) if article.appears_at else None
        ends = article.ends_at.astimezone(zone) if article.ends_at else None
        return {
            **values,
            "audience": audience,
            "appears_on": appears.date() if appears else None,
            "appears_time": appears.time() if appears else None,
            "ends_on": (ends - datetime.timedelta(minutes=1)).date() if ends else None,
        }

    def validate_appears_time(self, field: Any) -> None:
        """An hour belongs to a day."""
        if field.data is not None and self.appears_on.data is None:
            raise ValidationError(self.request.localizer.translate(_("On which day?")))

    def facts(self, *, publish: bool) -> ArticleFacts:
        """The article; with ``publish`` it appears when the form says, else it is a draft."""
        assert self.audience.data is not None
        zone, ends_on = self._clock.zone, self.ends_on.data
        after = ends_on + datetime.timedelta(1) if ends_on else None
        return ArticleFacts(
            title=self.title.data,
            body=self.body.data or "",
            audience=self.audience.data,
            appears_at=self._appears(zone) if publish else None,
            ends_at=datetime.datetime.combine(after, datetime.time(), zone) if after else None,
            pinned=self.pinned.data,
            must_accept=self.must_accept.data,
            announce=self.announce.data,
        )

    def _appears(self, zone: datetime.tzinfo) -> datetime.datetime:
        day, stored = self.appears_on.data, self._article.appears_at if self._article is not None else None
        if day is None:
            return stored or self._clock.now()
        at = datetime.datetime.combine(day, self.appears_time.data or _MORNING, zone)
        # The form knows minutes: what was not changed stays as it was, to the second.
        same = stored is not None and stored.astimezone(zone).replace(second=0, microsecond=0) == at
        return stored if same and stored is not None else at
