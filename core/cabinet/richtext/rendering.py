"""Markdown into HTML that cannot harm: parsed without raw HTML, then let through a list of what is allowed.

Two guards, one behind the other: the parser writes no tag but its own, and nh3 keeps none but those of ``_TAGS``, so that a mistake in
either opens nothing. Pictures and files are only those that hang on the text: they are written ``![…](attachment:ID)`` and become links
below the address that the page gives; a picture from elsewhere becomes a link to it, since loading it would tell a stranger who reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

MAX_LENGTH = 30_000
"""Characters of a text. What is longer is shown as far as that."""

ATTACHMENT = "attachment:"
PERSON = "person:"
_REL = "nofollow noopener"
_SCHEMES = {"http", "https", "mailto", "tel"}
_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a", "img", "span"),
    *("h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title", "loading"}, "ol": {"start"}}
_CLASSES = {"span": {"c-mention"}, "a": {"c-attached"}, "th": {"c-r", "c-c"}, "td": {"c-r", "c-c"}}
_ID = re.compile(r"[0-9a-f]{32}")
_MARKS = re.compile(r"[][\\`*_<>!()~|]")
_ALIGNED = {"text-align:right": "c-r", "text-align:center": "c-c"}
_WIDEST = 20
"""Columns of a table: each of its lines is filled up to the width of the first, so a wide one would grow by the square."""

_LINKED_PARAGRAPH = 5_000
"""Characters of a paragraph in which bare addresses become links: looking for them costs the square of its length."""

_LONGEST_ADDRESS = 2_000
_SCHEME = re.compile(r"(?<![a-z0-9.+-])https?\Z", re.IGNORECASE)
_TABLE_HEAD = re.compile(r"[|:\- \t>*+0-9.]+")


class _Addresses(LinkifyIt):  # type: ignore[misc]
    """Bare addresses in a text: of sites and of mail, told by their beginning or by a dot that only they have."""

    def pretest(self, text: str) -> bool:
        """Whether ``text`` is to be looked through at all."""
        return len(text) <= _LINKED_PARAGRAPH and bool(super().pretest(text))


def _address(state: Any, silent: bool) -> bool:
    """markdown-it's rule for an address that stands in a text with its scheme. Its own looks back from each ``://`` to the beginning of the
    line, and on to its end; this one as far as a scheme and an address are long."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    begun = _SCHEME.search(state.pending, max(0, len(state.pending) - len("https")))
    if begun is None:
        return False
    scheme = begun.group()
    start = state.pos - len(scheme)
    found = state.md.linkify.match_at_start(state.src[start : start + _LONGEST_ADDRESS])
    url = found.url.rstrip("*") if found is not None else ""  # the stars belong to the emphasis around it
    if not url or not state.md.validateLink(href := state.md.normalizeLink(url)):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = state.md.normalizeLinkText(url)
        state.push("link_close", "a", -1)
    state.pos = start + len(url)
    return True


def _parser() -> MarkdownIt:
    # Texts are written by people who are not programmers: a line break is one, an address is a link, code is not meant by four blanks.
    parser = MarkdownIt(
        "commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": 20, "typographer": False}
    )
    parser.enable(["table", "strikethrough", "linkify"]).disable(["html_block", "html_inline", "code"])
    parser.inline.ruler.at("linkify", _address)
    parser.linkify = _Addresses().add("//", None)
    parser.validateLink = _may_lead  # type: ignore[method-assign]
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _may_lead(url: str) -> bool:
    """Whether a link may lead there: another site, a letter, a telephone, a page of ours, or what hangs on the text."""
    scheme, colon, _rest = url.partition(":")
    if colon and "/" not in scheme and "?" not in scheme and "#" not in scheme:
        return scheme.lower() in _SCHEMES | {ATTACHMENT[:-1], PERSON[:-1]}
    return url.startswith("/") and not url.startswith(("//", "/\\"))


def _heading(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """The page has its own first and second heading; those of a text stand below."""
    token = tokens[index]
    token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return str(self.renderToken(tokens, index, options, env))


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    url_schemes=_SCHEMES,
    link_rel=_REL,
    strip_comments=True,
)
_PARSER = _parser()


@lru_cache(maxsize=512)  # a thread of twenty posts is read again and again, and a text never changes what it means
def render(markdown: str, files: str = "") -> Markup:
    """``markdown`` as HTML. ``files``: address below which the page serves what hangs on the text, ending in ``/``; without it, as in a
    letter, pictures and files are named and not linked.
    """
    return show(markdown, lambda attachment: files and files + attachment)


def show(markdown: str, address: Callable[[str], str]) -> Markup:
    """The same, where each file has an ``address`` of its own by its id; empty: it is named."""
    tokens = _parse(markdown)
    for token in tokens:
        _align(token)
        if token.children:
            token.children = _inline(token.children, address)
    return Markup(_CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {})))  # noqa: S704 - cleaned right here


def plain(markdown: str) -> str:
    """The words of ``markdown`` without any marks, a line for each paragraph: for search, letters and notices."""
    lines = []
    for token in _parse(markdown):
        if token.type == "inline":
            lines.append("".join(_words(child) for child in token.children or ()))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    return "\n".join(line.strip() for line in lines if line.strip())


def excerpt(markdown: str, length: int = 200) -> str:
    """The beginning of the words in one line, cut between two of them and marked with an ellipsis where there was more."""
    text = " ".join(plain(markdown[: 20 * length]).split())
    if len(text) <= length:
        return text
    cut = text[: length + 1].rpartition(" ")[0] or text[:length]
    return cut.rstrip(".,;:!?—–- ") + "…"


def attached(markdown: str) -> frozenset[str]:
    """Ids (hex) of the attachments that the text itself shows or links."""
    return _named(markdown, ATTACHMENT)


def mention(public_id: Any, name: str) -> str:
    """A person in a text, called by ``name``, which is written so that it is nothing but a name."""
    words = _MARKS.sub(r"\\\g<0>", " ".join(name.split()))
    return f"[@{words}]({PERSON}{public_id.hex})"


def mentioned(markdown: str) -> frozenset[str]:
    """Ids (hex) of the people whom the text mentions, not counting quotes: who is quoted was called before."""
    return _named(markdown, PERSON)


def _parse(markdown: str) -> list[Token]:
    lines = markdown[:MAX_LENGTH].splitlines()
    narrow = (_escaped(line) if line.count("|") > _WIDEST and _TABLE_HEAD.fullmatch(line) else line for line in lines)
    return _PARSER.parse("\n".join(narrow))


def _escaped(line: str) -> str:
    """The line below the head of a table, as words: there is no table then."""
    return line.replace("|", "\\|")


def _align(token: Token) -> None:
    """A style is no attribute that we let through; a class is."""
    style = token.attrs.pop("style", None)
    if style in _ALIGNED:
        token.attrs["class"] = _ALIGNED[str(style)]


def _inline(children: list[Token], address: Callable[[str], str]) -> list[Token]:
    """What stands in a line, with pictures, files and people made of the links that mean them."""
    made: list[Token] = []
    closing: list[str] = []
    for token in children:
        if token.type == "image":
            made.extend(_image(token, address))
        elif token.type == "link_open":
            opened, close = _link(token, address)
            made.append(opened)
            closing.append(close)
        elif token.type == "link_close":
            token.tag = closing.pop()
            made.append(token)
        else:
            made.append(token)
    return made


def _image(token: Token, address: Callable[[str], str]) -> list[Token]:
    url, words = str(token.attrs.get("src", "")), _words(token)
    own = _id_of(url, ATTACHMENT)
    if own and (path := address(own)):
        token.attrs = {"src": path, "alt": words, "loading": "lazy"}
        return [token]
    text = Token("text", "", 0, content=words or "…")
    if own or url.startswith((ATTACHMENT, PERSON)):
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": url}), text, Token("link_close", "a", -1)]


def _link(token: Token, address: Callable[[str], str]) -> tuple[Token, str]:
    """The opening token, and the tag that closes it."""
    url = str(token.attrs.get("href", ""))
    own = _id_of(url, ATTACHMENT)
    if own and (path := address(own)):
        token.attrs = {"href": path, "class": "c-attached"}
    elif url.startswith((ATTACHMENT, PERSON)):
        token.tag, token.attrs = "span", {"class": "c-mention"} if _id_of(url, PERSON) else {}
    return token, token.tag


def _id_of(url: str, scheme: str) -> str:
    found = url.removeprefix(scheme) if url.startswith(scheme) else ""
    return found if _ID.fullmatch(found) else ""


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return "".join(_words(child) for child in token.children or ())
    return token.content


def _named(markdown: str, scheme: str) -> frozenset[str]:
    if scheme not in markdown:
        return frozenset()
    found: set[str] = set()
    quotes = 0
    for token in _parse(markdown):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if scheme == PERSON and quotes:
            continue
        for child in token.children or ():
            found.add(_id_of(str(child.attrs.get("href") or child.attrs.get("src") or ""), scheme))
    return frozenset(found - {""})
