"""Fonts: which characters are printed how, and where lines break."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.pdf.fonts import REPLACEMENT, FontBook, Style


@pytest.fixture(scope="module")
def fonts():
    return FontBook()


def test_the_family_has_every_sign_of_the_trade(fonts):
    text = "₽ № « » ё Ё Қ ғ ² ³ ₸ ₴ ₾ ₼ € $ £ ¥ × ± ° — – … „ “ ’ ½ ў ї є ґ ӘәІіҢңӨөҰұҮүҺһ Łőš Ωαβ − \u00a0 \u202f"
    assert fonts.uncovered(text) == set()
    assert {font.fontName for font, _ in fonts.runs(text, bold=False)} == {"cabinet-regular"}
    assert {font.fontName for font, _ in fonts.runs(text, bold=True)} == {"cabinet-bold"}


def test_a_sign_of_another_script_comes_from_the_second_font(fonts):
    assert [(font.fontName, part) for font, part in fonts.runs("a☐→б", bold=True)] == [
        ("cabinet-bold", "a"),
        ("cabinet-fallback", "☐→"),
        ("cabinet-bold", "б"),
    ]


def test_a_character_without_a_glyph_is_told_beforehand_and_printed_as_a_question_mark(fonts):
    assert fonts.uncovered("Счет 文 № 5? 😀") == {"文", "😀"}
    assert fonts.printable("文") == REPLACEMENT


def test_invisible_characters_are_dropped_and_breaks_kept(fonts):
    assert fonts.printable("a\u200b\u202eb\ufeffc\u00add\x00e\ud800") == "abcde"
    assert fonts.printable("a\tb\r\nc\u2028d") == "a b\nc d"


def test_letters_in_parts_are_composed(fonts):
    assert fonts.printable("и\u0306е\u0308") == "йё"


def test_a_compatible_spelling_stands_in_for_a_missing_sign(fonts):
    assert fonts.printable("㎡") == "m2"


def test_widths_are_of_one_digit_in_both_weights(fonts):
    for bold in (False, True):
        assert len({fonts.width(digit, Style(bold=bold)) for digit in "0123456789"}) == 1


@given(st.text(max_size=300), st.floats(30, 400), st.booleans())
def test_no_line_is_wider_than_asked_and_nothing_is_lost(fonts, text, width, bold):
    style = Style(bold=bold)
    lines = fonts.wrap(text, style, width)
    assert all(fonts.width(line, style) <= width + 0.001 or len(line) == 1 for line in lines)
    printed = fonts.printable(text)
    assert "".join("".join(lines).split()) == "".join(printed.split())


def test_lines_break_at_spaces_but_never_at_no_break_spaces(fonts):
    text = "Сумма 12\u00a0345,50\u00a0₽ к оплате"
    lines = fonts.wrap(text, Style(), 60)
    assert any("12\u00a0345,50\u00a0₽" in line for line in lines)
    assert " ".join(lines) == text


def test_a_long_word_breaks_after_punctuation_first(fonts):
    assert fonts.wrap("оченьдлинное-составное", Style(), 70)[0] == "оченьдлинное-"


@given(st.text(max_size=200))
def test_every_character_printed_has_a_glyph(fonts, text):
    for font, part in fonts.runs(fonts.printable(text).replace("\n", ""), bold=False):
        assert all(ord(c) in font.face.charToGlyph for c in part)
        assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in part)


def test_missing_font_files_name_the_command_that_brings_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="make assets"):
        FontBook(tmp_path)
