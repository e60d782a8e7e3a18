"""Pictures of a document: logo, stamp, signature. Scaled to print once, embedded without being packed again."""

from __future__ import annotations

import hashlib
import io
import warnings
import zlib
from collections import OrderedDict
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageOps, ImageStat, UnidentifiedImageError
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFStream

Box = tuple[float, float]

STAMP_BOX: Box = (113.4, 113.4)  # 40 mm
SIGNATURE_BOX: Box = (107.7, 42.5)  # 38 × 15 mm
LOGO_BOX: Box = (170.1, 45.4)  # 60 × 16 mm
"""Width and height in points of what the forms leave for a picture: scale to these when it is stored."""

DPI = 300
FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 50_000_000
"""A larger picture is refused before it is unpacked."""

_POINTS_PER_INCH = 72
_COLORS = 128  # a stamp is one ink, a logo a few: more shades only swell the file
_PHOTO = 4096  # a picture of more colours is a photograph, and those are packed as such
_ALPHA_STEP = 36  # 8 levels of transparency
_INK_GRAIN = 12  # pixels of a scan that share one colour
_INKS = 8
_JPEG_QUALITY = 82
_CLOSE_ENOUGH = 0.98  # a picture scaled once is not scaled again for half a pixel
_PAPER = 38  # how far from white, of 255, scanned paper may be


class PictureError(ValueError):
    """The bytes are not a picture that a document can carry."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be embedded: pixels packed, with their mask. ``name`` is the digest of its source and size.

    ``palette``: colours of ``pixels`` that are indexes into it; None where they are a JPEG.
    """

    name: str
    width: int
    height: int
    pixels: bytes
    palette: bytes | None
    alpha: bytes | None

    def stream(self) -> PDFStream:
        """A new PDF object around the packed pixels. An object belongs to one document only."""
        if self.palette is None:
            return self._image(self.pixels, PDFName("DeviceRGB"), "DCTDecode")
        last = len(self.palette) // 3 - 1
        colors = PDFArray([PDFName("Indexed"), PDFName("DeviceRGB"), last, f"<{self.palette.hex()}>"])
        return self._image(self.pixels, colors, "FlateDecode")

    def mask_stream(self) -> PDFStream | None:
        """Likewise its transparency, or None where it has none."""
        return None if self.alpha is None else self._image(self.alpha, PDFName("DeviceGray"), "FlateDecode")

    def _image(self, packed: bytes, colors: PDFObject, packing: str) -> PDFStream:
        entries = {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Image"),
            "Width": self.width,
            "Height": self.height,
            "BitsPerComponent": 8,
            "ColorSpace": colors,
            "Filter": PDFName(packing),
        }
        return PDFStream(PDFDictionary(entries), packed)


def scale_for_print(data: bytes, box: Box, *, clear_paper: bool = False) -> bytes:
    """A PNG of ``data`` that fills ``box`` (width, height in points) at 300 dpi at the most; proportions are kept.

    ``clear_paper`` makes the white of a scanned stamp or signature transparent and cuts empty edges off. Metadata is
    dropped. Store the result: it makes the first document faster and every document smaller. PictureError where the
    bytes are no PNG, JPEG or WEBP, or too large.
    """
    image = _open(data)
    image = _with_even_ink(_fit(_without_paper(image), box)) if clear_paper else _fit(image, box)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class PictureShelf:
    """Pictures made ready, the latest few kept, so that a document copies them in instead of packing them again."""

    def __init__(self, size: int = 32) -> None:
        self._size = size
        self._ready: OrderedDict[tuple[bytes, int, int], Picture] = OrderedDict()

    def get(self, data: bytes, box: Box) -> Picture:
        """The picture for a box of (width, height) points. PictureError as in `scale_for_print`."""
        key = (hashlib.sha256(data).digest(), round(box[0]), round(box[1]))
        picture = self._ready.pop(key, None) or _pack(_fit(_open(data), box), key)
        self._ready[key] = picture
        while len(self._ready) > self._size:
            self._ready.popitem(last=False)
        return picture


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise PictureError(f"a picture of {image.width} × {image.height} is too large")
            return ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise PictureError("not a PNG, JPEG or WEBP picture") from error
    except Image.DecompressionBombError as error:
        raise PictureError("the picture is too large") from error


def _without_paper(image: Image.Image) -> Image.Image:
    red, green, blue, alpha = image.split()
    darkness = ImageChops.invert(ImageChops.darker(ImageChops.darker(red, green), blue))
    ink = darkness.point([min(255, max(0, (level - _PAPER) * 3)) for level in range(256)])
    image.putalpha(ImageChops.multiply(ink, alpha))
    return image.crop(image.getchannel("A").getbbox())


def _with_even_ink(image: Image.Image) -> Image.Image:
    """The shape of ``image`` in inks that vary slowly: the grain of a scan would swell the file."""
    grains = (max(1, image.width // _INK_GRAIN), max(1, image.height // _INK_GRAIN))
    coarse = image.convert("RGBa").resize(grains, Image.Resampling.BOX).convert("RGBA")
    even = _with_one_hidden_color(coarse, _at_least(coarse.getchannel("A"), 64))
    inks = even.quantize(_INKS, dither=Image.Dither.NONE).convert("RGB").resize(image.size, Image.Resampling.NEAREST)
    inks.putalpha(image.getchannel("A"))
    return inks


def _fit(image: Image.Image, box: Box) -> Image.Image:
    scale = min(box[0] / image.width, box[1] / image.height) * DPI / _POINTS_PER_INCH
    if scale > _CLOSE_ENOUGH:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Colour is weighed by alpha, or the hidden colour of clear pixels would bleed into the edges.
    return image.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def _pack(image: Image.Image, key: tuple[bytes, int, int]) -> Picture:
    name = f"{key[0].hex()[:24]}-{key[1]}-{key[2]}"
    alpha = image.getchannel("A").point([min(255, round(level / _ALPHA_STEP) * _ALPHA_STEP) for level in range(256)])
    colors = image.convert("RGB")
    mask = None
    if alpha.getextrema() != (255, 255):
        mask = zlib.compress(alpha.tobytes())
        if colors.getcolors(_INKS) is None:
            # What the colours of clear pixels are nobody sees, but it tells in the size.
            colors = _with_one_hidden_color(image, _at_least(alpha, 1))
    if colors.getcolors(_PHOTO) is None:
        return Picture(name, *image.size, _as_jpeg(colors), None, mask)
    few = colors.quantize(_COLORS, dither=Image.Dither.NONE)
    palette = bytes(few.getpalette() or ())[: 3 * _COLORS]
    return Picture(name, *image.size, zlib.compress(few.tobytes()), palette, mask)


def _with_one_hidden_color(image: Image.Image, seen: Image.Image) -> Image.Image:
    """The colours of ``image`` where ``seen`` is set; elsewhere their mean, which packs to nothing."""
    mean = ImageStat.Stat(image.convert("RGB"), mask=seen).mean if seen.getbbox() else [255.0] * 3
    colors = Image.new("RGB", image.size, (round(mean[0]), round(mean[1]), round(mean[2])))
    colors.paste(image.convert("RGB"), mask=seen)
    return colors


def _at_least(channel: Image.Image, level: int) -> Image.Image:
    return channel.point([0] * level + [255] * (256 - level))


def _as_jpeg(colors: Image.Image) -> bytes:
    out = io.BytesIO()
    colors.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
