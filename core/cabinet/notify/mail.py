"""Writing a letter from a template: one source, a subject, an HTML part and the same as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.renderers import get_renderer, render
from pyramid.threadlocal import RequestContext

from cabinet.clock import SystemClock
from cabinet.i18n.formatting import Formatter
from cabinet.interfaces import ISettings
from cabinet.preferences import effective
from cabinet.preferences.brand import COLOR, LOGO, palette

LAYOUT = "cabinet:templates/mail/layout.pt"

SIGN = "sign@cabinet"
"""Content-ID of the firm's sign in a letter."""

_SIGN_TAG = re.compile(rf'<img [^>]*"cid:{SIGN}"[^>]*>')

_BLOCKS = frozenset({"p", "h1", "h2", "h3", "div", "table", "tr", "ul", "ol", "li", "blockquote", "hr"})
_SKIPPED = frozenset({"title", "style", "script"})
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A letter ready for the outbox."""

    subject: str
    text: str
    html: str


def render_mail(
    request: Any, template: str, locale: str, variables: Mapping[str, Any], *, zone: str | None = None
) -> RenderedMail:
    """The letter that ``template`` (``cabinet:templates/mail/invite``, without its ending) makes in ``locale``.

    Its ``<title>`` is the subject and the text part is drawn from the HTML. Besides ``variables`` a template knows ``layout``
    (the macro all letters use), ``fmt``, ``site_name``, ``site_url``, ``brand`` (tokens of the firm's colour, by day and by night)
    and ``sign`` (whether it has a picture). ``zone``: the reader's time zone; the site's without it.
    """
    site, book = effective(request).site, request.find_service(ISettings)
    reader_request = _reader_request(request, locale)
    with RequestContext(reader_request):
        html = render(
            f"{template}.pt",
            {
                "layout": get_renderer(LAYOUT).implementation(),
                "fmt": _formatter(reader_request, zone or site.timezone),
                "site_name": site.name,
                "site_url": site.url,
                "brand": palette(book.get(COLOR)),
                "sign": f"cid:{SIGN}" if book.get(LOGO) else None,
                **variables,
            },
            request=reader_request,
        )
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return RenderedMail(subject=_SPACES.sub(" ", reader.title).strip(), text=reader.text(), html=html)


def shows_sign(html: str) -> bool:
    """Whether a letter has a place for the firm's sign."""
    return _SIGN_TAG.search(html) is not None


def without_sign(html: str) -> str:
    """The letter without that place."""
    return _SIGN_TAG.sub("", html)


def reader(request: Any, locale: str, zone: str) -> tuple[Formatter, Callable[[str], str]]:
    """How somebody reads who is not here: his Formatter, and what translates for him."""
    reader_request = _reader_request(request, locale)
    return _formatter(reader_request, zone), reader_request.localizer.translate


def _reader_request(request: Any, locale: str) -> Any:
    made = request.registry.cabinet_request_factory.blank("/", base_url=effective(request).site.url)
    made.registry = request.registry
    made.locale_name = locale
    return made


def _formatter(request: Any, zone: str) -> Formatter:
    clock = SystemClock(ZoneInfo(zone))
    return Formatter(request.locale_name, clock.zone, clock.now(), request.localizer)


class _Reader(HTMLParser):
    """Reads a letter's HTML as a person would: paragraphs, lists, rows, and links with their addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._lines: list[str] = [""]
        self._skipping: list[str] = []
        self._href: str | None = None
        self._link = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping.append(tag)
        elif tag == "br":
            self._lines.append("")
        elif tag in _BLOCKS:
            self._break(tag)
        elif tag == "a":
            self._href, self._link = dict(attributes).get("href"), ""

    def handle_endtag(self, tag: str) -> None:
        if self._skipping and tag == self._skipping[-1]:
            self._skipping.pop()
        elif tag in _BLOCKS:
            self._break("")
        elif tag in {"td", "th"}:
            self._lines[-1] += "  "
        elif tag == "a" and self._href:
            if self._href.removeprefix("mailto:") != self._link.strip():
                self._lines[-1] = f"{self._lines[-1].rstrip()}: {self._href}"
            self._href = None

    def handle_data(self, data: str) -> None:
        if self._skipping:
            self.title += data if self._skipping[-1] == "title" else ""
            return
        words = _SPACES.sub(" ", data)
        self._link += words
        self._lines[-1] += words if self._lines[-1] else words.lstrip(" ")

    def text(self) -> str:
        """What was read, with at most one empty line between paragraphs."""
        joined = "\n".join(line.rstrip(" ") for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", joined).strip() + "\n"

    def _break(self, tag: str) -> None:
        """Begin a new line; paragraphs and headings stand apart, rows and points follow each other."""
        if self._lines[-1].strip() or tag == "hr":
            self._lines += ["", ""] if tag not in {"tr", "li"} else [""]
        elif tag in {"p", "h1", "h2", "h3", "table"}:
            self._lines.append("")
        self._lines[-1] = {"li": "- ", "hr": "--"}.get(tag, "")
