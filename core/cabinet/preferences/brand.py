"""The firm's colour: any colour's hue, in the lightness of the theme, so that text on it and beside it stays readable."""

from __future__ import annotations

import math
from dataclasses import dataclass

LOGO, COLOR = "core.logo", "core.color"
"""The owner's settings: the firm's sign and colour."""

PETROL = "#0e6074"
"""The colour of the theme itself."""

_MOST_CHROMA = 0.115
"""As strong as a colour gets: what is louder would drown the signs that mean something."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A token of the theme: (lightness, share of the colour's chroma) by day and by night."""

    day: tuple[float, float]
    night: tuple[float, float]


# Lightness of the theme's own petrol, in OKLCH. A fill must carry white text, ink must be read on surfaces, soft is a ground.
TOKENS = {
    "accent": Tone((0.455, 1.0), (0.52, 1.0)),
    "accent-2": Tone((0.395, 0.95), (0.47, 0.95)),
    "accent-3": Tone((0.74, 0.75), (0.56, 0.8)),
    "accent-ink": Tone((0.435, 1.0), (0.78, 0.9)),
    "accent-soft": Tone((0.95, 0.2), (0.29, 0.45)),
    "accent-line": Tone((0.86, 0.4), (0.41, 0.6)),
    "select": Tone((0.945, 0.15), (0.295, 0.35)),
}


def stylesheet(color: str) -> str:
    """CSS that puts ``color`` (``#rrggbb``) in place of the theme's accent."""
    lines = [f"--c-{name}: light-dark({day}, {night});" for name, (day, night) in palette(color).items()]
    return ":root {\n  " + "\n  ".join(lines) + "\n}\n"


def palette(color: str) -> dict[str, tuple[str, str]]:
    """Token → (by day, by night), each ``#rrggbb``. A grey stays grey."""
    _lightness, chroma, hue = _lch(color)
    strength = min(chroma, _MOST_CHROMA)
    return {
        name: (_hex(tone.day[0], strength * tone.day[1], hue), _hex(tone.night[0], strength * tone.night[1], hue))
        for name, tone in TOKENS.items()
    }


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(color: str) -> tuple[float, float, float]:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


# OKLab, by Björn Ottosson's definition: https://bottosson.github.io/posts/oklab/


def _lch(color: str) -> tuple[float, float, float]:
    red, green, blue = _linear(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour a screen shows: what is too strong for its lightness is paled, never shifted."""
    while chroma > 0.001 and not all(-0.0001 <= part <= 1.0001 for part in _screen(lightness, chroma, hue)):
        chroma *= 0.95
    return "#" + "".join(f"{round(_gamma(min(max(part, 0), 1)) * 255):02x}" for part in _screen(lightness, chroma, hue))


def _screen(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
