"""A text's encoding is told by what its letters would be; what is words in none of them is not guessed at."""

from __future__ import annotations

from io import BytesIO

import pytest

from cabinet.tables import alphabets
from cabinet.tables.limits import TableError
from cabinet.tables.records import open_records

_TEXTS = {
    "russian": "Дата;Сумма, руб.;Назначение платежа\n01.02.2026;10,00;Оплата по счёту № 17 за «Ромашку»\n",
    "russian in few letters": "date;sum;ed.\n2026-02-01;10,00;руб\n",
    "ukrainian": "Дата;Сума;Призначення платежу\n01.02.2026;10,00;Оплата за рахунком 17 без ПДВ, їжа\n",
    "german": "Datum;Betrag;Empfänger\n01.02.2026;10,00;MÜLLER & Größe OHG\n",
    "french": "Date;Débit;Crédit;Libellé\n01.02.2026;10,00;;Intérêts à échéance\n",
    "portuguese": "Data;Histórico;Valor\n01.02.2026;Pagamento nº 17 ação;10,00\n",
    "polish": "Data;Kwota;Tytuł\n01.02.2026;10,00;SPÓŁKA, płatność za usługę\n",
    "czech": "Datum;Částka;Zpráva\n01.02.2026;10,00;Příchozí úhrada\n",
    "hungarian": "Dátum;Összeg;Közlemény\n2026.02.01.;10;Kőbányai Sörgyűjtő\n",
    "turkish": "Tarih;Tutar;Açıklama\n01.02.2026;10,00;KİRA ÖDEMESİ ŞİRKET\n",
    "lithuanian": "Data;Suma;Paaiškinimai\n2026-02-01;10.00;Mokėjimas už sąskaitą, gavėjas\n",
    "danish": "Dato;Beløb;Tekst\n01-02-2026;10,00;Overførsel på dagen\n",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("russian", "cp1251"),
        ("russian", "cp866"),
        ("russian in few letters", "cp1251"),
        ("ukrainian", "cp1251"),
        ("german", "cp1252"),
        ("german", "cp850"),
        ("french", "cp1252"),
        ("portuguese", "cp1252"),
        ("polish", "cp1250"),
        ("polish", "cp852"),
        ("czech", "cp1250"),
        ("czech", "cp852"),
        ("hungarian", "cp1250"),
        ("turkish", "cp1254"),
        ("lithuanian", "cp1257"),
        ("danish", "cp1252"),
    ],
)
def test_a_table_comes_out_in_the_letters_it_was_written_in(language: str, encoding: str) -> None:
    text = (
        _TEXTS[language].replace("№", "N").replace("«", '"').replace("»", '"')
        if encoding == "cp866"
        else _TEXTS[language]
    )
    text = text.replace('"', "")
    rows = [cells for _number, cells in open_records(BytesIO(text.encode(encoding))).rows]
    assert rows == [line.split(";") for line in text.splitlines()]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("交易日期,交易时间,收入,支出,余额,交易类型,交易备注\n客户,发票,房租,转账,汇款", "gb18030"),
        ("日付,摘要,支払い金額,預かり金額,差引残高,メモ,振込,デンキ", "cp932"),
    ],
)
def test_letters_that_are_words_in_no_encoding_we_know_are_refused_and_not_made_up(text: str, encoding: str) -> None:
    with pytest.raises(TableError):
        list(open_records(BytesIO((text * 5).encode(encoding))).rows)


def test_a_byte_that_stands_alone_says_nothing() -> None:
    assert alphabets.decide(BytesIO(b"ANON \xa6 MERCHANT"), ["cp1252"], unsure_is_cyrillic=False) == "cp1252"
    assert alphabets.decide(BytesIO("SPÓŁKA".encode("cp852") + b" \xff \xff \xff \xff")) == "cp852"


def test_letters_keep_the_case_of_those_around_them() -> None:
    """In the one the byte is a small letter in the middle of capitals, in the other a capital."""
    assert b"\xe0".decode("cp1252").islower()
    assert b"SRODK\xe0W".decode(alphabets.decide(BytesIO(b"PRZELEW SRODK\xe0W"))) == "SRODKÓW"
