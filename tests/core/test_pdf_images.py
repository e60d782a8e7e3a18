"""Pictures of documents: scaled once, small, harmless."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter

from cabinet.pdf import images
from cabinet.pdf.images import LOGO_BOX, STAMP_BOX, PictureError, PictureShelf, scale_for_print


def packed(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scanned_stamp(side: int = 1000) -> bytes:
    """A ring of blue ink on grainy paper with empty edges."""
    paper = Image.new("RGB", (side, side), (250, 249, 246))
    draw = ImageDraw.Draw(paper)
    draw.ellipse((200, 200, side - 200, side - 200), outline=(38, 60, 150), width=30)
    grain = Image.effect_noise((side, side), 30).convert("RGB")
    return packed(Image.blend(paper.filter(ImageFilter.GaussianBlur(2)), grain, 0.06), "JPEG", quality=90)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_large_picture_is_scaled_to_300_dpi_and_a_small_one_left_alone():
    large = opened(scale_for_print(packed(Image.new("RGB", (4000, 1000), "red")), LOGO_BOX))
    assert large.width == pytest.approx(LOGO_BOX[0] / 72 * 300, abs=1)
    assert large.height == pytest.approx(large.width / 4, abs=1)
    small = opened(scale_for_print(packed(Image.new("RGB", (100, 50), "red")), LOGO_BOX))
    assert small.size == (100, 50)


def test_the_paper_of_a_scan_becomes_clear_and_its_edges_go():
    stamp = opened(scale_for_print(scanned_stamp(), STAMP_BOX, clear_paper=True))
    alpha = stamp.getchannel("A")
    assert alpha.getpixel((stamp.width // 2, stamp.height // 2)) == 0
    assert alpha.getpixel((stamp.width // 2, 12)) > 200
    red, _, blue, _ = stamp.getpixel((stamp.width // 2, 12))
    assert blue > 100 > red


def test_a_prepared_stamp_takes_little_room_and_is_not_scaled_again():
    stored = scale_for_print(scanned_stamp(), STAMP_BOX, clear_paper=True)
    picture = PictureShelf().get(stored, STAMP_BOX)
    assert (picture.width, picture.height) == opened(stored).size
    assert len(picture.pixels) + len(picture.alpha or b"") < 25_000


def test_a_blank_scan_is_no_error():
    assert opened(scale_for_print(packed(Image.new("RGB", (60, 60), "white")), STAMP_BOX, clear_paper=True)).size


def test_the_place_of_the_photograph_and_its_turn_do_not_survive():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x8825] = {1: "N", 2: (55.0, 45.0, 0.0)}
    stored = opened(scale_for_print(packed(Image.new("RGB", (80, 40), "red"), "JPEG", exif=exif), LOGO_BOX))
    assert stored.size == (40, 80)
    assert not stored.getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        packed(Image.new("RGB", (9, 9)), "BMP"),
        packed(Image.new("RGB", (400, 400)))[:60],
    ],
)
def test_what_is_no_picture_of_a_known_kind_is_refused(data):
    with pytest.raises(PictureError):
        scale_for_print(data, LOGO_BOX)
    with pytest.raises(PictureError):
        PictureShelf().get(data, LOGO_BOX)


def test_a_picture_of_too_many_pixels_is_refused_unopened(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    with pytest.raises(PictureError, match="too large"):
        scale_for_print(packed(Image.new("L", (40, 40))), LOGO_BOX)


def test_a_bomb_is_refused():
    bomb = packed(Image.new("1", (20_000, 20_000)))
    with pytest.raises(PictureError):
        scale_for_print(bomb, LOGO_BOX)


def test_a_photograph_is_kept_as_jpeg_and_a_drawing_as_few_colours():
    slope = Image.linear_gradient("L").resize((300, 200))
    photo = Image.merge("RGB", [slope, slope.rotate(90).resize((300, 200)), slope.rotate(180)])
    assert PictureShelf().get(packed(photo), LOGO_BOX).palette is None
    assert PictureShelf().get(packed(Image.new("RGB", (300, 200), "navy")), LOGO_BOX).palette is not None


def test_the_shelf_keeps_the_latest_pictures_only():
    shelf = PictureShelf(size=2)
    first, second, third = (packed(Image.new("RGB", (9, 9), c)) for c in ("red", "green", "blue"))
    kept = shelf.get(first, LOGO_BOX)
    shelf.get(second, LOGO_BOX)
    assert shelf.get(first, LOGO_BOX) is kept
    shelf.get(third, LOGO_BOX)
    assert shelf.get(first, LOGO_BOX) is kept
    assert len(shelf._ready) == 2
