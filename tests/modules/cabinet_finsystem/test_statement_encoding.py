"""Encodings by content: a header that lies is survived, what cannot be decoded is refused with its place."""

from __future__ import annotations

import codecs
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet_finsystem.statements.encoding import decide_encoding, decoded
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.reading import read_statement

TEXT = (
    "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка={declared}\r\nПолучатель=1С\r\n"
    "РасчСчет=40702810000000000001\r\nСекцияДокумент=Платежное поручение\r\nНомер=1\r\nДата=05.06.2026\r\nСумма=1.00\r\n"
    "ПлательщикСчет=40702810000000000002\r\nПлательщик1=ООО Ёлка № 1\r\nПолучательСчет=40702810000000000001\r\n"
    "ДатаПоступило=05.06.2026\r\nНазначениеПлатежа=За шишки\r\nКонецДокумента\r\nКонецФайла\r\n"
)
BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def refusal(data):
    with pytest.raises(StatementRefusedError) as refused:
        read_statement(data)
    return refused.value


@pytest.mark.parametrize("declared", ["Windows", "windows", "DOS", "UTF-8", "UTF8", "KOI8-R", ""])
@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8"])
def test_whatever_the_header_says_the_text_is_read(encoding, declared):
    file = read_statement(TEXT.format(declared=declared).encode(encoding))
    (line,) = file.lines()
    assert file.encoding == encoding
    assert (line.counterparty.name, line.purpose) == ("ООО Ёлка № 1", "За шишки")


@pytest.mark.parametrize("encoding", BOMS)
def test_a_byte_order_mark_decides(encoding):
    file = read_statement(BOMS[encoding] + TEXT.format(declared="DOS").encode(encoding))
    (line,) = file.lines()
    assert (file.encoding, line.counterparty.name) == (encoding, "ООО Ёлка № 1")


def test_a_byte_that_does_not_decode_is_refused_with_its_offset():
    data = TEXT.format(declared="UTF-8").encode()
    place = data.index("шишки".encode())
    error = refusal(data[:place] + b"\xff" + data[place:])
    assert (error.code, error.details["offset"]) == ("undecodable", place)


def test_the_byte_windows_1251_does_not_have_is_refused_with_its_offset():
    data = TEXT.format(declared="Windows").encode("cp1251").replace("шишки".encode("cp1251"), b"\x98")
    error = refusal(data)
    assert (error.code, error.details["offset"]) == ("undecodable", data.index(b"\x98"))


def test_an_offset_counts_from_the_beginning_of_a_large_file():
    data = TEXT.format(declared="UTF-8").encode()
    document = data[data.index("СекцияДокумент".encode()) : data.index("КонецФайла".encode())]
    data = data.replace(document, document * 2000)
    place = len(data) - 50
    error = refusal(data[:place] + b"\xfe" + data[place:])
    assert (error.code, error.details["offset"]) == ("undecodable", place)


def test_values_of_another_encoding_are_refused_and_never_shown_as_mojibake():
    data = TEXT.format(declared="Windows").encode("cp1251").replace("шишки".encode("cp1251"), "орешки".encode())
    error = refusal(data)
    assert (error.code, error.details["offset"]) == ("undecodable", data.index("орешки".encode()))


@pytest.mark.parametrize("other", ["cp866", "utf-8"])
def test_documents_of_another_encoding_than_the_header_are_refused(other):
    text = TEXT.format(declared="Windows")
    head, document = text[: text.index("СекцияДокумент")], text[text.index("СекцияДокумент") :]
    padding = "Отправитель=Банк\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\n" * 20
    assert refusal((head + padding).encode("cp1251") + document.encode(other)).code == "undecodable"


def test_a_closing_word_in_utf_8_ends_a_windows_file_all_the_same():
    data = (
        TEXT.format(declared="Windows").encode("cp1251").replace("КонецФайла".encode("cp1251"), "КонецФайла".encode())
    )
    file = read_statement(data)
    assert (file.encoding, len(list(file.lines())), file.notes) == ("cp1251", 1, ())


def test_a_zero_byte_is_refused_with_its_offset():
    data = TEXT.format(declared="Windows").encode("cp1251").replace(b"1.00", b"1\x00.00")
    error = refusal(data)
    assert (error.code, error.details["offset"]) == ("binary_content", data.index(b"\x00"))


def test_a_head_without_the_words_of_the_format_is_utf_8_or_refused():
    assert decide_encoding(b"1CClientBankExchange\n", ("Секция",)) == ("utf-8", 0)
    with pytest.raises(StatementRefusedError) as refused:
        decide_encoding(b"1CClientBankExchange\n\xff", ("Секция",))
    assert refused.value.details == {"offset": 21, "encoding": "UTF-8"}


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")), st.sampled_from(["utf-8", "utf-16-le"]))
def test_decoding_gives_the_text_with_line_ends_made_one(text, encoding):
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(decoded(BytesIO(text.encode(encoding)), encoding, 0)) == expected
