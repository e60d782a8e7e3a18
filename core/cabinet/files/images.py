"""Pictures people upload (logo, stamp, signature): decoded, shrunk and written anew; nothing travels with them."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from cabinet.errors import DomainError
from cabinet.files.kinds import kind_of
from cabinet.texts import _

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


class ImageError(DomainError):
    """A file that is no picture we accept."""


def clean_image(content: bytes, max_px: int = 1200, dpi: int = 300) -> bytes:
    """The picture in ``content`` as a fresh PNG with transparency, at most ``max_px`` wide and high, marked ``dpi``.

    Raises ImageError. Metadata (place, camera, comments) is gone, and so is whatever was hidden behind the picture.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow warns of a decompression bomb before it raises
        picture = _decode(content, max_px)
    cleaned = io.BytesIO()
    picture.save(cleaned, "PNG", optimize=True, dpi=(dpi, dpi))
    return cleaned.getvalue()


def clean_picture(content: bytes, max_px: int) -> tuple[bytes, str]:
    """The picture in ``content``, for a page: bytes and media type. A photograph stays a JPEG, anything else becomes a PNG.

    Raises ImageError. Metadata are gone, as in ``clean_image``.
    """
    if kind_of(content) != "image/jpeg":
        return clean_image(content, max_px, 96), "image/png"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = _decode(content, max_px).convert("RGB")
    cleaned = io.BytesIO()
    picture.save(cleaned, "JPEG", quality=85, optimize=True)
    return cleaned.getvalue(), "image/jpeg"


def _decode(content: bytes, max_px: int) -> Image:
    from PIL import Image, ImageOps

    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        _check_size(picture)
        picture.draft("RGB", (2 * max_px, 2 * max_px))  # a JPEG is then decoded small at once
        picture.load()
        fresh = ImageOps.exif_transpose(picture).convert("RGBA")
        fresh.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    except DomainError:
        raise
    except Exception as error:  # whatever a decoder says of a stranger's bytes, the answer is the same
        raise ImageError("image_unreadable", _("The file is not a PNG, JPEG, GIF or WebP picture.")) from error
    fresh.info = {}
    return fresh


def _check_size(picture: Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageError(
            "image_too_large",
            _(
                "The picture has too many pixels: ${width} × ${height}.",
                mapping={"width": picture.width, "height": picture.height},
            ),
        )
