"""QR symbols of plain bytes, level M, fast enough to stand in every invoice.

segno gives the frame of each version (finders, timing, format); the bytes are laid into it here, since segno's own
filling takes as long as the rest of a document. A test holds the two against each other for every version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest

import segno
from segno import consts

QUIET_ZONE = 4
"""Modules of white a reader needs on every side."""

# Readers take any mask. To weigh all eight against each other would cost eight times the rest of the work.
_MASK = 4
_DARK = re.compile(rb"\x01+")
_FIELD_POLYNOMIAL = 0x11D
_PADDING = b"\xec\x11"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code without its quiet zone: rows of modules, 1 is dark."""

    rows: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Modules on a side."""
        return len(self.rows)

    def runs(self) -> list[tuple[int, int, int]]:
        """Horizontal runs of dark modules: (column, row, length), from the upper left corner."""
        return [
            (run.start(), number, run.end() - run.start())
            for number, row in enumerate(self.rows)
            for run in _DARK.finditer(row)
        ]

    def svg_path(self) -> str:
        """The dark modules as the ``d`` of one SVG path, a module one unit wide, moved in by the quiet zone."""
        q = QUIET_ZONE
        return "".join(f"M{column + q} {row + q}h{length}v1h-{length}z" for column, row, length in self.runs())


def symbol(payload: bytes) -> Symbol:
    """The smallest QR code that holds ``payload`` at error correction level M; ValueError where none does."""
    for version in range(1, 41):
        blocks = _blocks(version)
        room = sum(block.num_blocks * block.num_data for block in blocks)
        length_bits = 8 if version < 10 else 16
        if 4 + length_bits + 8 * len(payload) <= 8 * room:
            data = _data_codewords(payload, length_bits, room)
            return _filled(version, _interleaved(data, blocks))
    raise ValueError(f"too much for a QR code: {len(payload)} bytes")


def _blocks(version: int) -> tuple[consts.EC, ...]:
    levels: Mapping[int, tuple[consts.EC, ...]] = consts.ECC[version]  # type: ignore[assignment]
    return levels[consts.ERROR_LEVEL_M]


def _data_codewords(payload: bytes, length_bits: int, room: int) -> bytes:
    """Mode, length, bytes and end mark, filled up to ``room`` (ISO/IEC 18004, 7.4)."""
    bits = (0b0100 << length_bits | len(payload)) << 8 * len(payload) | int.from_bytes(payload, "big")
    used = 4 + length_bits + 8 * len(payload)
    ended = min(used + 4, 8 * room)
    whole = -(-ended // 8)
    codewords = (bits << (whole * 8 - used)).to_bytes(whole, "big")
    return codewords + (_PADDING * room)[: room - whole]


def _interleaved(data: bytes, blocks: tuple[consts.EC, ...]) -> bytes:
    """Data codewords of all blocks in turn, then their check codewords likewise (7.5, 7.6)."""
    parts, checks, start = [], [], 0
    for block in blocks:
        check_count = block.num_total - block.num_data
        for _ in range(block.num_blocks):
            part = data[start : start + block.num_data]
            start += block.num_data
            parts.append(part)
            checks.append(_check_codewords(part, check_count))
    in_turn = chain(chain.from_iterable(zip_longest(*parts)), chain.from_iterable(zip_longest(*checks)))
    return bytes(codeword for codeword in in_turn if codeword is not None)


def _check_codewords(data: bytes, count: int) -> bytes:
    """Remainder of the data by the generator polynomial: Reed-Solomon over GF(256)."""
    multiples = _generator_multiples(count)
    top, mask = 8 * (count - 1), (1 << 8 * count) - 1
    remainder = 0
    for codeword in data:
        remainder = (remainder << 8 & mask) ^ multiples[codeword ^ remainder >> top]
    return remainder.to_bytes(count, "big")


def _filled(version: int, codewords: bytes) -> Symbol:
    size, frame, places, mask = _frame(version)
    spare = len(places) - 8 * len(codewords)
    bits = f"{(int.from_bytes(codewords, 'big') << spare) ^ mask:0{len(places)}b}".encode().translate(_BITS)
    modules = bytearray(frame)
    for place, bit in zip(places, bits, strict=True):
        modules[place] = bit
    return Symbol(tuple(bytes(modules[start : start + size]) for start in range(0, size * size, size)))


_BITS = bytes.maketrans(b"01", b"\x00\x01")


@cache
def _frame(version: int) -> tuple[int, bytes, tuple[int, ...], int]:
    """(modules on a side, modules of the frame, places of the data in order, the mask's bits in that order)."""
    empty = segno.make_qr(b"", mode="byte", version=version, error="m", boost_error=False, mask=_MASK)
    size = len(empty.matrix)
    fixed = _frame_modules(version, size)
    places: list[int] = []
    mask = 0
    upwards = True
    # Pairs of columns from the right, up and down in turn; the column of the vertical timing pattern is stepped over.
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in reversed(range(size)) if upwards else range(size):
            for column in (right, right - 1):
                if not fixed[row * size + column]:
                    places.append(row * size + column)
                    mask = mask << 1 | ((row // 2 + column // 3) % 2 == 0)
        upwards = not upwards
    return size, b"".join(map(bytes, empty.matrix)), tuple(places), mask


def _frame_modules(version: int, size: int) -> bytearray:
    """1 for each module of a finder with its format bits, the timing, the version or an alignment pattern."""
    areas = [(0, 0, 9, 9), (0, size - 8, 9, 8), (size - 8, 0, 8, 9), (6, 0, 1, size), (0, 6, size, 1)]
    if version >= 7:
        areas += [(0, size - 11, 6, 3), (size - 11, 0, 3, 6)]
    centres = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    at_finders = {(6, 6), (6, size - 7), (size - 7, 6)}
    areas += [(y - 2, x - 2, 5, 5) for y in centres for x in centres if (y, x) not in at_finders]
    fixed = bytearray(size * size)
    for top, left, height, width in areas:
        for row in range(top, top + height):
            fixed[row * size + left : row * size + left + width] = b"\x01" * width
    return fixed


@cache
def _generator_multiples(count: int) -> tuple[int, ...]:
    """The generator polynomial for ``count`` check codewords, its first term left out, times each field element."""
    generator = [1]
    root = 1
    for _ in range(count):
        longer = [*generator, 0]
        for place, coefficient in enumerate(generator):
            longer[place + 1] ^= _multiply(coefficient, root)
        generator, root = longer, _multiply(root, 2)
    multiples = [0] * 256
    for power in range(8):
        product = bytes(_multiply(coefficient, 1 << power) for coefficient in generator[1:])
        for rest in range(1 << power):
            multiples[1 << power | rest] = int.from_bytes(product, "big") ^ multiples[rest]
    return tuple(multiples)


def _multiply(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (_FIELD_POLYNOMIAL if a & 0x80 else 0)
        b >>= 1
    return product
