"""QR symbols: equal to another encoder's where both fill the symbol, and read back by a reader."""

from __future__ import annotations

import random
import re

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from segno import consts

from cabinet.pdf.qr import QUIET_ZONE, Symbol, symbol


def read(made: Symbol) -> bytes:
    """What a reader finds in the symbol."""
    modules = Image.frombytes("L", (made.size, made.size), b"".join(made.rows)).point([255] + [0] * 255)
    side = (made.size + 2 * QUIET_ZONE) * 4
    page = Image.new("L", (side, side), 255)
    page.paste(modules.resize((made.size * 4,) * 2, Image.Resampling.NEAREST), (QUIET_ZONE * 4,) * 2)
    (found,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    return found.bytes


def capacity(version: int) -> int:
    blocks = consts.ECC[version][consts.ERROR_LEVEL_M]
    return (8 * sum(b.num_blocks * b.num_data for b in blocks) - 4 - (8 if version < 10 else 16)) // 8


@pytest.mark.parametrize("version", range(1, 41))
def test_a_full_symbol_of_every_version_equals_segnos(version):
    payload = random.Random(version).randbytes(capacity(version))
    theirs = segno.make_qr(payload, mode="byte", error="m", boost_error=False, mask=4)
    assert theirs.version == version
    assert symbol(payload).rows == tuple(map(bytes, theirs.matrix))


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=500))
def test_a_reader_gets_the_bytes_back(payload):
    assert read(symbol(payload)) == payload


def test_the_largest_symbol_is_read_and_one_byte_more_is_refused():
    payload = bytes(range(256)) * 9 + b"end" * 9
    assert len(payload) == capacity(40)
    assert read(symbol(payload)) == payload
    with pytest.raises(ValueError, match="too much"):
        symbol(payload + b"x")


def test_runs_and_svg_path_draw_every_dark_module():
    made = symbol(b"a few words")
    painted = {(c + i, row) for c, row, length in made.runs() for i in range(length)}
    assert painted == {(c, r) for r, row in enumerate(made.rows) for c, dark in enumerate(row) if dark}
    by_path = {
        (int(c) + i - QUIET_ZONE, int(row) - QUIET_ZONE)
        for c, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", made.svg_path())
        for i in range(int(length))
    }
    assert by_path == painted
