"""Whatever colour a firm has, everything in it can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cabinet.preferences.brand import PETROL, contrast, palette, stylesheet

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
READABLE = 4.5  # WCAG AA for text


@given(COLORS)
def test_text_on_the_colour_and_in_it_is_readable_by_day_and_by_night(color):
    tones = palette(color)
    for at in (0, 1):
        assert contrast("#ffffff", tones["accent"][at]) >= READABLE
        assert contrast("#ffffff", tones["accent-2"][at]) >= READABLE
        assert contrast(tones["accent-ink"][at], tones["accent-soft"][at]) >= READABLE
    assert contrast(tones["accent-ink"][0], "#eff3f3") >= READABLE
    assert contrast(tones["accent-ink"][1], "#191f23") >= READABLE
    assert contrast("#5b6a73", tones["select"][0]) >= READABLE
    assert contrast("#91a0a6", tones["select"][1]) >= READABLE


@given(st.integers(0, 255))
def test_a_grey_stays_grey(level):
    for tones in palette(f"#{level:02x}{level:02x}{level:02x}").values():
        for tone in tones:
            assert (
                max(int(tone[at : at + 2], 16) for at in (1, 3, 5))
                - min(int(tone[at : at + 2], 16) for at in (1, 3, 5))
                <= 2
            )


def test_the_themes_own_colour_comes_out_as_it_went_in():
    day, _night = palette(PETROL)["accent"]
    assert all(abs(int(day[at : at + 2], 16) - int(PETROL[at : at + 2], 16)) <= 2 for at in (1, 3, 5))


def test_the_style_sheet_names_tokens_of_the_theme_alone():
    assert stylesheet(PETROL).count("light-dark(") == stylesheet(PETROL).count("--c-") == len(palette(PETROL))


@given(COLORS)
def test_a_letter_is_readable_in_every_colour_by_day_and_by_night(color):
    tones = palette(color)
    for at, paper in ((0, "#ffffff"), (1, "#141a1d")):
        assert contrast(tones["accent-ink"][at], paper) >= READABLE
        assert contrast("#ffffff", tones["accent"][at]) >= READABLE
