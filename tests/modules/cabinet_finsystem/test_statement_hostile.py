"""Files made to harm, or of no use: refused with a reason, or read; never slow, never an unexpected exception."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet_finsystem.statements import encoding, reading
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import ReadingLimits
from cabinet_finsystem.statements.formats.onec import OneCFormat
from cabinet_finsystem.statements.reading import StatementReader, read_statement

OWN = "40702810000000000001"
HEADER = f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nПолучатель=1С\nРасчСчет={OWN}\n"
DOCUMENT = (
    "СекцияДокумент=Платежное поручение\nНомер={0}\nДата=05.06.2026\nСумма={0}.00\nПлательщикСчет=40702810000000000888\n"
    f"Плательщик1=ООО Клиент\nПолучательСчет={OWN}\nДатаПоступило=05.06.2026\nНазначениеПлатежа=Оплата по счету {{0}}\n"
    "КонецДокумента\n"
)
END = "КонецФайла\n"


def refusal(data, **how):
    with pytest.raises(StatementRefusedError) as refused:
        read_statement(data, **how)
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n \n", "unknown_format"),
        (b"\xef\xbb\xbf", "unknown_format"),
        (b"\x00" * 1000, "unknown_format"),
        (b"%PDF-1.7\n", "unknown_format"),
        (b"PK\x03\x04....", "unknown_format"),
        (b"\xd0\xcf\x11\xe0....", "unknown_format"),
        (b"\x89PNG....", "unknown_format"),
        (b"<!DOCTYPE html><html>", "unknown_format"),
        (b":20:STARTUMS\n:25:123\n", "empty"),
        (DOCUMENT.format(1).encode("cp1251"), "unknown_format"),
        (b"1CClientBankExchange", "truncated"),
        (b"1CClientBankExchange\n\x00\n", "binary_content"),
        (b"1CClientBankExchange\n" + bytes(range(128, 256)), "undecodable"),
    ],
)
def test_what_is_no_statement_is_refused_with_its_reason(data, code):
    assert refusal(data) == code


def test_a_fragment_and_a_known_stranger_are_called_by_their_name():
    for data, name in ((DOCUMENT.format(1).encode("cp866"), "1c_fragment"), (b"%PDF-1.7", "pdf"), (b"?", None)):
        with pytest.raises(StatementRefusedError) as refused:
            read_statement(data)
        assert refused.value.details.get("looks_like") == name


def test_a_line_of_two_megabytes_is_refused():
    long = DOCUMENT.format(1).replace("счету", "счету " + "х" * 2_000_000)
    assert refusal((HEADER + long + END).encode("cp1251")) == "too_large"
    assert refusal((HEADER + "х" * 2_000_000 + "\n" + END).encode("cp1251")) == "too_large"
    assert refusal(("1CClientBankExchange\nРасчСчет=" + "х" * 2_000_000).encode("cp1251")) == "too_large"


def test_a_document_that_never_ends_is_refused():
    assert refusal((HEADER + "СекцияДокумент=x\n" + "Ключ=1\n" * 500_000).encode("cp1251")) == "too_large"
    assert refusal((HEADER + "СекцияРасчСчет\n" + "Ключ=1\n" * 500_000).encode("cp1251")) == "broken_structure"


def test_limits_are_kept():
    file = (HEADER + "".join(map(DOCUMENT.format, range(1, 11))) + END).encode("cp1251")
    assert refusal(file, limits=ReadingLimits(max_bytes=len(file) - 1)) == "too_large"
    assert refusal(file, limits=ReadingLimits(max_lines=9)) == "too_large"
    assert len(list(read_statement(file, limits=ReadingLimits(max_bytes=len(file), max_lines=10)).lines())) == 10
    accounts = "".join(f"РасчСчет={number:020}\n" for number in range(1001))
    assert refusal((HEADER + accounts + END).encode("cp1251")) == "too_large"


def test_an_empty_document_and_one_without_keys_are_invalid_lines():
    file = read_statement((HEADER + "СекцияДокумент\nКонецДокумента\n" + DOCUMENT.format(1) + END).encode("cp1251"))
    empty, whole = file.lines()
    assert (empty.amount_minor, whole.amount_minor) == (None, 100)


def test_words_of_the_format_inside_a_purpose_do_no_harm():
    text = DOCUMENT.format(1).replace("Оплата", "СекцияДокумент=x КонецДокумента КонецФайла")
    (line,) = read_statement((HEADER + text + END).encode("cp1251")).lines()
    assert line.purpose == "СекцияДокумент=x КонецДокумента КонецФайла по счету 1"


@given(st.binary(max_size=2000))
def test_random_bytes_are_refused_or_read(noise):
    for data in (noise, b"1CClientBankExchange\n" + noise, HEADER.encode("cp1251") + noise):
        try:
            read_statement(data)
        except StatementRefusedError as refused:
            assert str(refused)  # noqa: PT017 - either outcome is right


PIECES = [
    "СекцияДокумент=Платежное поручение\n", "СекцияДокумент\n", "КонецДокумента\n", "СекцияРасчСчет\n", "КонецРасчСчет\n",
    "КонецФайла\n", "\n", "\r\n", " ", "=", "Сумма=1.00\n", "Сумма=x\n", "Сумма=0\n", "Дата=05.06.2026\n", "Дата=\n",
    f"ПлательщикСчет={OWN}\n", f"ПолучательСчет={OWN}\n", "ПлательщикСчет=1\n", f"РасчСчет={OWN}\n", "РасчСчет=2\n",
    "ДатаСписано=05.06.2026\n", "ДатаПоступило=05.06.2026\n", "НачальныйОстаток=0\n", "КонечныйОстаток=1\n",
    "ДатаНачала=01.06.2026\n", "ДатаКонца=99.99.9999\n", "СуммаПриход=5\n", "СуммаРасход=5\n", "Валюта=USD\n",
    "мусор", "КОНЕЦДОКУМЕНТА\n", "СЕКЦИЯДОКУМЕНТ=\n", "  КонецДокумента  \n", DOCUMENT.format(5),
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["cp1251", "cp866", "utf-8", "utf-16"]))
@settings(max_examples=400, deadline=None)
def test_any_arrangement_of_the_words_is_refused_or_read(pieces, encoding):
    try:
        file = read_statement(("1CClientBankExchange\n" + "".join(pieces)).encode(encoding))
    except StatementRefusedError as refused:
        assert str(refused)  # noqa: PT017 - either outcome is right
        return
    for line in file.lines():
        assert (line.amount_minor is None) == (line.invalid_reason is not None)
        if line.amount_minor:
            assert line.booking_date is not None
            assert (line.direction == "in") == (line.amount_minor > 0)


@given(st.binary(max_size=600))
def test_sniffing_never_fails(head):
    assert 0 <= OneCFormat().sniff(head) <= 100


def test_damaged_bytes_of_a_good_file_never_raise_anything_unexpected():
    chance = random.Random(1)
    good = (HEADER + "".join(map(DOCUMENT.format, range(1, 6))) + END).encode("cp1251")
    for _attempt in range(600):
        data = bytearray(good)
        for _damage in range(chance.randrange(1, 6)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        try:
            read_statement(bytes(data))
        except StatementRefusedError:
            continue


HOSTILE = {
    "blank lines": "\n",
    "lines without keys": "а\n",
    "headers": f"РасчСчет={OWN}\n",
    "empty documents": "СекцияДокумент=\nКонецДокумента\n",
    "indented ends": "СекцияДокумент=\nСумма=1\n  конецдокумента\n",
    "repeated keys": "СекцияДокумент=\n" + "Сумма=1\n" * 200 + "КонецДокумента\n",
    "continued purposes": "СекцияДокумент=\nНазначениеПлатежа=а\n" + "б\n" * 4000 + "КонецДокумента\n",
    "unknown keys": "СекцияДокумент=\n" + "".join(f"К{n}=1\n" for n in range(400)) + "КонецДокумента\n",
    "undecided documents": "СекцияДокумент=\nСумма=1\nДата=05.06.2026\nКонецДокумента\n",
    "balance sections": f"СекцияРасчСчет\nРасчСчет={OWN}\nДатаНачала=05.06.2026\nКонецРасчСчет\n",
    "spaces": " " * 3000 + "\n",
}


def test_an_endless_line_is_refused_before_the_file_is_read_to_its_end():
    class Counted(BytesIO):
        taken = 0

        def read(self, size=-1):
            piece = super().read(size)
            self.taken += len(piece)
            return piece

    source = Counted((HEADER + DOCUMENT.format(1) + "НазначениеПлатежа=").encode("cp1251") + b"a" * 3_000_000)
    reader = StatementReader(source)
    source.taken = 0
    with pytest.raises(StatementRefusedError) as refused:
        list(reader.lines())
    assert refused.value.code == "too_large"
    assert source.taken < 1_500_000


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_no_faster_than_the_file(name, monkeypatch, growth_of):
    # Small pieces, or the file would be two or three of them: what depends on their size would look like growth.
    for module in (encoding, reading):
        monkeypatch.setattr(module, "_CHUNK", 4096)

    def read(size):
        body = HOSTILE[name] * (size // len(HOSTILE[name]))
        data = (HEADER + body + DOCUMENT.format(1) + END).encode("cp1251")
        with suppress(StatementRefusedError):
            for _line in StatementReader(data, limits=ReadingLimits(max_lines=10**7)).lines():
                pass

    assert max(growth_of(read)) < 4.5  # linear is 4, what is quadratic 16


def test_work_that_grows_as_the_square_is_seen(growth_of):
    def calling(size):
        for n in range(size // 500):
            for _again in range(n):
                abs(n)

    def copying(size):
        text = ""
        for _n in range(size // 50):
            text = text.replace("a", "b") + "a"

    assert growth_of(calling)[0] > 10
    assert growth_of(copying)[1] > 10


def test_memory_does_not_grow_with_the_file():
    # In a process of its own: the peak of this one is that of all tests before.
    program = """
import resource, sys
from io import RawIOBase
from cabinet_finsystem.statements.reading import StatementReader

class Made(RawIOBase):
    # The file is never in memory: it is made as it is read.
    def __init__(self, head, document, count, end):
        self.parts, self.at = (head, document, count, end), 0
        self.total = len(head) + len(document) * count + len(end)
    def readable(self): return True
    def seekable(self): return True
    def seek(self, place, whence=0): self.at = place; return place
    def read(self, size=-1):
        head, document, count, end = self.parts
        size = min(size, self.total - self.at)
        if self.at < len(head):
            size = min(size, len(head) - self.at)
            piece = head[self.at:self.at + size]
        elif self.at < len(head) + len(document) * count:
            offset = (self.at - len(head)) % len(document)
            size = min(size, len(head) + len(document) * count - self.at)
            piece = (document * (size // len(document) + 2))[offset:offset + size]
        else:
            offset = self.at - len(head) - len(document) * count
            piece = end[offset:offset + size]
        self.at += len(piece)
        return piece

head, document, end, count = sys.stdin.buffer.read().split(b"|")
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
lines = sum(1 for _ in StatementReader(Made(head, document, int(count), end)).lines())
print(lines, (peak() - before) // 1024)
"""
    count = 20_000
    parts = (HEADER, DOCUMENT.format(7), END, str(count))
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=b"|".join(part.encode("cp1251") for part in parts),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    lines, megabytes = map(int, done.stdout.split())
    assert lines == count
    assert megabytes < 20


def test_a_stream_is_read_from_its_start_and_left_open():
    stream = BytesIO((HEADER + DOCUMENT.format(1) + END).encode("cp1251"))
    stream.read()
    reader = StatementReader(stream)
    assert sum(1 for _line in reader.lines()) == 1
    assert reader.result().statements[0].check.lines == 1
    assert not stream.closed


def test_a_result_before_the_last_line_is_a_programming_error():
    reader = StatementReader((HEADER + DOCUMENT.format(1) + END).encode("cp1251"))
    with pytest.raises(RuntimeError, match="not read to their end"):
        reader.result()
