"""Rich text: what people write is formatted and never comes alive, however it is written and however long it is."""

from __future__ import annotations

from itertools import product
from time import process_time
from uuid import UUID

import nh3
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from cabinet.richtext import attached, excerpt, mention, mentioned, plain, render, rendering
from cabinet.richtext.rendering import MAX_LENGTH

A, B, WHO = "a" * 32, "b" * 32, "c" * 32
FILES = "/my/x/posts/y/files/"
ALLOWED = rendering._TAGS
SCHEMES = ("javascript:run()", "JaVaScRiPt:run()", "java\tscript:run()", "&#106;avascript:run()", "%6aavascript:run()")
SCHEMES += ("data:text/html,<script>run()</script>", "vbscript:run()", "file:///etc/passwd", "//evil.example/x")
SCHEMES += (
    "blob:x",
    "\\\\evil.example\\x",
    "/\\evil.example",
    "attachment:../../x",
    "person:x",
    "\x01javascript:run()",
)
FRAMES = ("[x]({})", "[x](<{}>)", "![x]({})", "<{}>", "[x]: {}\n\n[x]", "[x](https://a.example '\"onload={}')", "`{}`")
TAGS = ("<script>run()</script>", "<img src=x onerror=run()>", "<svg/onload=run()>", "<style>@import '//e'</style>")
TAGS += ("<svg><style><img src=x onerror=run()></style></svg>", "<math><mtext><script>run()</script>", "<!--><script>")
TAGS += (
    "<a href='javascript:run()'>x</a>",
    "<iframe src=//evil.example>",
    "<details open ontoggle=run()>",
    "<base href=//e>",
)
AROUND = ("{}", "> {}", "- {}", "`{}`", "**{}**", "~~{}~~", "# {}", "|a|\n|-|\n|{}|", "[{}](https://a.example)", "\\{}")
CORPUS = [frame.format(bad) for frame, bad in product(FRAMES, SCHEMES)]
CORPUS += [frame.format(tag) for frame, tag in product(AROUND, TAGS)]
ENDLESS = ("[", "![", "<", "//a.example/", "http://a.example/(", "|", "a@", "`")


def dangers(html: str) -> list[str]:
    """What of ``html`` would run, or load or lead from elsewhere than it may."""
    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all():
        if tag.name not in ALLOWED:
            found.append(f"<{tag.name}>")
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            if name == "href" and text.startswith(("https://", "http://", "mailto:", "tel:")):
                continue
            own_page = text.startswith("/") and not text.startswith(("//", "/\\"))
            if name not in ("href", "src", "alt", "title", "class", "rel", "loading", "start") or (
                name in ("href", "src") and not (own_page and (name == "href" or text.startswith(FILES)))
            ):
                found.append(f"{name}={text}")
    return found


def runs(danger: str) -> bool:
    """Whether it is worse than a page or a picture elsewhere."""
    name, _, url = danger.partition("=")
    return name not in ("href", "src") or url.lower().startswith(
        ("javascript:", "vbscript:", "data:", "blob:", "file:")
    )


def test_nothing_that_is_written_comes_alive() -> None:
    assert len(CORPUS) > 200
    assert {text: found for text in CORPUS if (found := dangers(render(text, FILES)))} == {}


def test_either_guard_alone_holds_what_the_other_would_let_through(monkeypatch) -> None:
    careless = MarkdownIt("commonmark", {"html": True}).enable("table")
    careless.validateLink = lambda url: True  # type: ignore[method-assign]
    assert sum(bool(dangers(careless.render(text))) for text in CORPUS) > 100  # the corpus is worth something
    monkeypatch.setattr(rendering, "_PARSER", careless)
    assert [text for text in CORPUS if any(map(runs, dangers(render.__wrapped__(text, FILES))))] == []
    monkeypatch.undo()

    class Absent:
        clean = staticmethod(str)

    monkeypatch.setattr(rendering, "_CLEANER", Absent)
    assert [text for text in CORPUS if dangers(render.__wrapped__(text, FILES))] == []


def test_what_people_mean_is_formatted() -> None:
    html = render("# Prices\n**new** and ~~old~~\nsee https://a.example\n\n- one\n- two\n\n|a|b|\n|-|-:|\n|1|2|\n")
    soup = BeautifulSoup(html, "html.parser")
    assert [tag.name for tag in soup.find_all(["h1", "h2", "h3"])] == ["h3"]
    assert soup.strong.text == "new" and soup.s.text == "old" and soup.br is not None
    assert soup.a["rel"] == ["nofollow", "noopener"] and soup.a["href"] == "https://a.example"
    assert len(soup.find_all("li")) == 2 and soup.find_all("td")[1]["class"] == ["c-r"]


def test_pictures_and_files_are_only_those_that_hang_on_the_text() -> None:
    text = f"![plan](attachment:{A}) [contract](attachment:{B}) ![far](https://evil.example/pixel.png)"
    soup = BeautifulSoup(render(text, FILES), "html.parser")
    assert [image["src"] for image in soup.find_all("img")] == [FILES + A]
    assert [link["href"] for link in soup.find_all("a")] == [FILES + B, "https://evil.example/pixel.png"]
    assert attached(text) == {A, B}
    assert not BeautifulSoup(render(text), "html.parser").find_all("img")  # no address to serve them from: named only


def test_people_are_mentioned_once_and_not_by_a_quote_of_them() -> None:
    text = f"> [@Kim](person:{A})\n\n[@Anna](person:{WHO}) look, [@Anna](person:{WHO}), `[@Lee](person:{B})`"
    assert mentioned(text) == {WHO}
    assert 'class="c-mention">@Anna</span>' in render(text)
    assert "href" not in render(text)


@pytest.mark.parametrize(
    "name", ["Anna B.", "x](https://evil.example) [y", "a_b_c *d* `e` <i>", "back\\", "two\nlines"]
)
def test_a_name_that_is_called_is_nothing_but_a_name(name: str) -> None:
    text = mention(UUID(hex=WHO), name)
    assert mentioned(text) == {WHO}
    soup = BeautifulSoup(render(text), "html.parser")
    assert soup.get_text().strip() == "@" + " ".join(name.split())
    assert [tag.name for tag in soup.find_all()] == ["p", "span"]


def test_words_alone_carry_no_marks_and_break_between_words() -> None:
    text = f"# Prices\n\n**New** ones, see [here](https://a.example):\n![plan](attachment:{A})\n\n```\n1 < 2\n```"
    assert plain(text) == "Prices\nNew ones, see here:\nplan\n1 < 2"
    assert excerpt(text, 16) == "Prices New ones…"
    assert excerpt("short") == "short" and excerpt("") == ""
    assert excerpt("x" * 300, 20) == "x" * 20 + "…"


@pytest.mark.parametrize("piece", ENDLESS, ids=repr)
def test_what_is_repeated_without_end_is_read_to_its_end(piece: str) -> None:
    html = render.__wrapped__(piece * MAX_LENGTH, FILES)
    assert dangers(html) == []
    assert len(html) < 12 * MAX_LENGTH


@pytest.mark.parametrize("piece", ["://", "http://", "http://a.b", "a@b.example "])
def test_beginnings_of_addresses_without_end_cost_no_square(piece: str) -> None:
    begun = process_time()
    render.__wrapped__(piece * (MAX_LENGTH // len(piece)), FILES)
    assert process_time() - begun < 1


def test_an_address_is_a_link_where_its_scheme_begins_a_word() -> None:
    html = render(
        "see HTTPS://a.example/x_y_z?a=1, **http://b.example**, xhttp://c.example and http://\nhttp://d.example"
    )
    links = [(tag["href"], tag.text) for tag in BeautifulSoup(html, "html.parser").find_all("a")]
    assert links == [
        ("HTTPS://a.example/x_y_z?a=1", "HTTPS://a.example/x_y_z?a=1"),
        ("http://b.example", "http://b.example"),
        ("http://d.example", "http://d.example"),
    ]
    assert "<strong><a " in html


def test_addresses_in_a_paragraph_without_end_are_left_as_words() -> None:
    assert "<a " in render.__wrapped__("a.example.ru/ " * 300, FILES)
    assert "<a " not in render.__wrapped__("a.example.ru/ " * 400, FILES)


def test_nesting_without_end_ends() -> None:
    deep = "\n".join("  " * depth + "- x" for depth in range(400)) + "\n" + ">" * MAX_LENGTH
    soup = BeautifulSoup(render(deep, FILES), "html.parser")
    assert max(len(list(tag.parents)) for tag in soup.find_all()) < 50


def test_a_wide_table_does_not_grow_by_the_square() -> None:
    wide = "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "|\n" * 5000
    assert len(render.__wrapped__(wide, FILES)) < 4 * MAX_LENGTH


def test_the_list_of_what_is_allowed_names_nothing_that_runs() -> None:
    assert not ALLOWED & {
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "base",
        "link",
    }
    assert nh3.clean("<b onclick=run()>x</b>") == "<b>x</b>"
