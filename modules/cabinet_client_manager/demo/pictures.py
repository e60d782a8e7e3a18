"""Logo, stamp and signature of the made-up firm, drawn anew each time: nothing of them is anybody's."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

from cabinet.pdf import fonts

if TYPE_CHECKING:
    from PIL import Image, ImageFont

PETROL, WHITE, INK, PEN = (14, 96, 116, 255), (255, 255, 255, 255), (38, 72, 160, 255), (28, 44, 110, 255)
_FINE = 3  # drawn so many times larger, then shrunk: smooth edges
_STEPS = 240  # dots of a stroke: close enough to be a line


def logo() -> bytes:
    """Two waves of air on a petrol square, and the name."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (1000 * _FINE, 240 * _FINE), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    side = 240 * _FINE
    draw.rounded_rectangle((0, 0, side - 1, side - 1), 48 * _FINE, fill=PETROL)
    for row in (92, 148):
        points = [((48 + x) * _FINE, (row - 17 * math.sin(x / 144 * 3 * math.pi)) * _FINE) for x in range(0, 145, 2)]
        draw.line(points, WHITE, 17 * _FINE, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - 8 * _FINE, y - 8 * _FINE, x + 8 * _FINE, y + 8 * _FINE), WHITE)
    draw.text((290 * _FINE, 120 * _FINE), "Линия тепла", PETROL, _font(100 * _FINE, bold=True), anchor="lm")
    return _png(picture)


def stamp(name: str, city: str, inn: str) -> bytes:
    """A round stamp: the firm's form and INN around its name."""
    from PIL import Image, ImageDraw

    size = 480 * _FINE
    picture = Image.new("RGBA", (size, size), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    middle = size / 2
    for radius, width in ((232, 7), (222, 2), (150, 3)):
        r = radius * _FINE
        draw.ellipse((middle - r, middle - r, middle + r, middle + r), outline=INK, width=width * _FINE)
    around = f"ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ • ИНН {inn} • {city.upper()} • "
    _write_around(picture, around, _font(27 * _FINE, bold=True), 186 * _FINE)
    for n, word in enumerate(name.split()):
        draw.text(
            (middle, middle + (n - 0.5) * 64 * _FINE), word.upper(), INK, _font(50 * _FINE, bold=True), anchor="mm"
        )
    return _png(picture.rotate(-7, resample=Image.Resampling.BICUBIC))


def signature() -> bytes:
    """A flourish nobody else signs with."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (640 * _FINE, 250 * _FINE), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    strokes = (
        ((70, 190), (110, -60), (190, 20), (120, 210)),
        ((120, 210), (60, 330), (210, 60), (262, 130)),
        ((262, 130), (300, 190), (330, 60), (352, 140)),
        ((352, 140), (372, 210), (420, 70), (440, 132)),
        ((440, 132), (470, 220), (560, 30), (600, 96)),
        ((95, 118), (230, 78), (340, 66), (430, 74)),
    )
    for stroke in strokes:
        points = [_curve(stroke, step / _STEPS) for step in range(_STEPS + 1)]
        for n, (x, y) in enumerate(points):
            width = (3.4 + 2.2 * math.sin(n / _STEPS * math.pi)) * _FINE
            draw.ellipse((x - width, y - width, x + width, y + width), PEN)
    return _png(picture)


def _curve(stroke: tuple[tuple[int, int], ...], t: float) -> tuple[float, float]:
    """A point of a Bézier curve of four points."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    return (
        _FINE * sum(weight * x for weight, (x, _y) in zip(weights, stroke, strict=True)),
        _FINE * sum(weight * y for weight, (_x, y) in zip(weights, stroke, strict=True)),
    )


def _write_around(picture: Image.Image, text: str, font: ImageFont.FreeTypeFont, radius: float) -> None:
    """Letters on a circle, spread evenly over all of it."""
    from PIL import Image, ImageDraw

    widths = [font.getlength(letter) for letter in text]
    gap = (2 * math.pi * radius - sum(widths)) / len(text)
    middle, at = picture.width / 2, 0.0
    box = int(font.size * 2)
    for letter, width in zip(text, widths, strict=True):
        angle = (at + width / 2) / radius - math.pi / 2
        at += width + gap
        tile = Image.new("RGBA", (box, box), (255, 255, 255, 0))
        ImageDraw.Draw(tile).text((box / 2, box / 2), letter, INK, font, anchor="mm")
        turned = tile.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BICUBIC)
        place = (
            int(middle + radius * math.cos(angle) - box / 2),
            int(middle + radius * math.sin(angle) - box / 2),
        )
        picture.alpha_composite(turned, place)


def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    name = fonts.FONT_FILES["cabinet-bold" if bold else "cabinet-regular"]
    path = Path(fonts.__file__).with_name("fonts") / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: the fonts come with `make assets`")
    return ImageFont.truetype(str(path), size)


def _png(picture: Image.Image) -> bytes:
    from PIL import Image

    small = picture.resize((picture.width // _FINE, picture.height // _FINE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()
