"""The words of 1CClientBankExchange and its dialects: structure, known keys, other spellings of them.

Source: v8.1c.ru, "Стандарт обмена с системами Клиент банка", versions 1.01 to 1.03, and files of banks of Russia and
Kazakhstan.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SIGNATURE = "1CClientBankExchange"
ACCOUNT_START = "СекцияРасчСчет"
ACCOUNT_END = "КонецРасчСчет"
DOCUMENT_START = "СекцияДокумент"
DOCUMENT_END = "КонецДокумента"
FILE_ENDS = ("КонецФайла", "КонецВыписки")

# One program closes a windows-1251 file by the marker in UTF-8; read in that encoding it looks like this.
END_WORDS = frozenset(word.lower() for word in FILE_ENDS) | {
    FILE_ENDS[0].encode().decode(encoding).lower() for encoding in ("cp1251", "cp866")
}
STRUCTURE = frozenset(word.lower() for word in (ACCOUNT_START, ACCOUNT_END, DOCUMENT_START, DOCUMENT_END, *FILE_ENDS))

# Looked for in the bytes to tell the encoding; some banks write all words in capitals, some in small letters.
_MARKERS = ("Секция", "Конец", "ВерсияФормата", "Кодировка", "РасчСчет", "ДатаНачала")
MARKERS = tuple(case(word) for case in (str, str.upper, str.lower) for word in _MARKERS)

HEADER_KEYS = _words(
    "ВерсияФормата Кодировка Отправитель Получатель ДатаСоздания ВремяСоздания ДатаНачала ДатаКонца РасчСчет Документ"
)
SECTION_KEYS = _words("ДатаНачала ДатаКонца РасчСчет НачальныйОстаток ВсегоПоступило ВсегоСписано КонечныйОстаток")
_PARTY = _words("Счет РасчСчет ИНН КПП 1 2 3 4 Банк1 Банк2 БИК Корсчет")
KNOWN = _words(
    """
    Номер Дата Сумма КвитанцияДата КвитанцияВремя КвитанцияСодержание ДатаСписано ДатаПоступило Плательщик Получатель
    ВидПлатежа КодНазПлатежа ВидОплаты Код НазначениеПлатежа НазначениеПлатежа1 НазначениеПлатежа2 НазначениеПлатежа3
    НазначениеПлатежа4 НазначениеПлатежа5 НазначениеПлатежа6 СтатусСоставителя ПоказательКБК ОКАТО ПоказательОснования
    ПоказательПериода ПоказательНомера ПоказательДаты ПоказательТипа Очередность СрокАкцепта ВидАккредитива СрокПлатежа
    УсловиеОплаты1 УсловиеОплаты2 УсловиеОплаты3 ПлатежПоПредст ДополнУсловия НомерСчетаПоставщика ДатаОтсылкиДок
    СуммаПриход СуммаРасход ДатаОперации ДатаВалютирования Валюта РасчСчет
    """
) | {side + part for side in ("Плательщик", "Получатель") for part in _PARTY}

# Kazakhstan (Kaspi, Halyk, Forte, BCC, Jusan) and Ukraine call the same things by other names.
_PARTY_ALIASES = {
    "Наименование": "1",
    "ИИК": "Счет",
    "ИК": "Счет",
    "БИН_ИИН": "ИНН",
    "БИН": "ИНН",
    "ИИН": "ИНН",
    "РНН": "ИНН",
    "ЕДРПОУ": "ИНН",
    "ЄДРПОУ": "ИНН",
    "БанкБИК": "БИК",
    "БанкНаименование": "Банк1",
}
ALIASES = {"НомерДокумента": "Номер", "ДатаДокумента": "Дата", "СуммаДоход": "СуммаПриход"} | {
    side + alias: side + part for side in ("Плательщик", "Получатель") for alias, part in _PARTY_ALIASES.items()
}
UPPER = {key.upper(): key for key in KNOWN | HEADER_KEYS | SECTION_KEYS} | {
    alias.upper(): key for alias, key in ALIASES.items()
}

# Keys that decide what is booked: two different values of one in a document are not ours to choose from.
DECISIVE = _words(
    """
    Дата Сумма СуммаПриход СуммаРасход ДатаСписано ДатаПоступило ДатаОперации Валюта ПлательщикСчет ПолучательСчет
    ПлательщикРасчСчет ПолучательРасчСчет РасчСчет
    """
)


def canonical(key: str) -> str:
    """The name ``key`` is known by here, in whatever case it is written; itself where it is unknown."""
    return key if key in KNOWN else UPPER.get(key.upper(), key)
