"""Amounts in words as documents write them: whole units in words, minor units in digits, Russian and English."""

from __future__ import annotations

from dataclasses import dataclass

from cabinet.contracts.money import Money, exponent


@dataclass(frozen=True, slots=True)
class _Names:
    """A currency's names and its minor unit's: forms parted by ``|``, Russian after 1, 2, 5, English after 1, 2."""

    russian: str
    english: str
    russian_minor: str = ""
    english_minor: str = ""
    feminine: bool = False  # of the Russian name: «одна гривна»


_NAMES = {
    "RUB": _Names("рубль|рубля|рублей", "ruble|rubles", "копейка|копейки|копеек", "kopeck|kopecks"),
    "BYN": _Names(
        "белорусский рубль|белорусских рубля|белорусских рублей",
        "Belarusian ruble|Belarusian rubles",
        "копейка|копейки|копеек",
        "kopeck|kopecks",
    ),
    "UAH": _Names(
        "гривна|гривны|гривен", "hryvnia|hryvnias", "копейка|копейки|копеек", "kopeck|kopecks", feminine=True
    ),
    "KZT": _Names("тенге|тенге|тенге", "tenge|tenge", "тиын|тиына|тиынов", "tiyn|tiyn"),
    "KGS": _Names("сом|сома|сомов", "som|som", "тыйын|тыйына|тыйынов", "tyiyn|tyiyn"),
    "UZS": _Names("сум|сума|сумов", "sum|sum", "тийин|тийина|тийинов", "tiyin|tiyin"),
    "TJS": _Names("сомони|сомони|сомони", "somoni|somoni", "дирам|дирама|дирамов", "diram|dirams"),
    "TMT": _Names("манат|маната|манатов", "manat|manat", "тенге|тенге|тенге", "tenge|tenge"),
    "AZN": _Names("манат|маната|манатов", "manat|manat", "гяпик|гяпика|гяпиков", "qapik|qapik"),
    "AMD": _Names("драм|драма|драмов", "dram|drams", "лума|лумы|лум", "luma|luma"),
    "GEL": _Names("лари|лари|лари", "lari|lari", "тетри|тетри|тетри", "tetri|tetri"),
    "MDL": _Names("лей|лея|леев", "leu|lei", "бан|бана|банов", "ban|bani"),
    "USD": _Names("доллар США|доллара США|долларов США", "US dollar|US dollars", "цент|цента|центов", "cent|cents"),
    "EUR": _Names("евро|евро|евро", "euro|euros", "евроцент|евроцента|евроцентов", "cent|cents"),
    "GBP": _Names(
        "фунт стерлингов|фунта стерлингов|фунтов стерлингов",
        "pound sterling|pounds sterling",
        "пенни|пенса|пенсов",
        "penny|pence",
    ),
    "CHF": _Names(
        "швейцарский франк|швейцарских франка|швейцарских франков",
        "Swiss franc|Swiss francs",
        "сантим|сантима|сантимов",
        "centime|centimes",
    ),
    "CNY": _Names("юань|юаня|юаней", "yuan|yuan", "фэнь|фэня|фэней", "fen|fen"),
    "JPY": _Names("иена|иены|иен", "yen|yen", feminine=True),
    "KRW": _Names("вона|воны|вон", "won|won", feminine=True),
    "TRY": _Names(
        "турецкая лира|турецкие лиры|турецких лир",
        "Turkish lira|Turkish liras",
        "куруш|куруша|курушей",
        "kurus|kurus",
        feminine=True,
    ),
    "AED": _Names("дирхам ОАЭ|дирхама ОАЭ|дирхамов ОАЭ", "UAE dirham|UAE dirhams", "филс|филса|филсов", "fils|fils"),
    "INR": _Names(
        "индийская рупия|индийские рупии|индийских рупий",
        "Indian rupee|Indian rupees",
        "пайса|пайсы|пайс",
        "paisa|paise",
        feminine=True,
    ),
    "PLN": _Names("злотый|злотых|злотых", "zloty|zlotys", "грош|гроша|грошей", "grosz|groszy"),
    "CZK": _Names(
        "чешская крона|чешские кроны|чешских крон",
        "Czech koruna|Czech korunas",
        "геллер|геллера|геллеров",
        "heller|hellers",
        feminine=True,
    ),
    "RSD": _Names(
        "сербский динар|сербских динара|сербских динаров",
        "Serbian dinar|Serbian dinars",
        "пара|пары|пар",
        "para|para",
    ),
    "KWD": _Names(
        "кувейтский динар|кувейтских динара|кувейтских динаров",
        "Kuwaiti dinar|Kuwaiti dinars",
        "филс|филса|филсов",
        "fils|fils",
    ),
}

# fmt: off
_RU_ONES = (
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать",
    "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать",
    "девятнадцать",
)
_RU_TENS = (
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто",
)
_RU_HUNDREDS = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)
_RU_FEMININE = {"один": "одна", "два": "две"}
_RU_SCALES = (
    "", "тысяча|тысячи|тысяч", "миллион|миллиона|миллионов", "миллиард|миллиарда|миллиардов",
    "триллион|триллиона|триллионов", "квадриллион|квадриллиона|квадриллионов",
    "квинтиллион|квинтиллиона|квинтиллионов",
)
_EN_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
# fmt: on

_LIMIT = 1000 ** len(_EN_SCALES)


def amount_in_words(money: Money, language: str) -> str:
    """«Одна тысяча двести тридцать четыре рубля 50 копеек»; any language but ``ru`` gives English.

    A currency without names of its own here is written by its code: "Twelve MAD 50/100".
    """
    base = 10 ** exponent(money.currency)
    whole, rest = divmod(abs(money.minor), base)
    names = _NAMES.get(money.currency)
    words = [] if money.minor >= 0 else ["минус" if language == "ru" else "minus"]
    words.append(number_in_words(whole, language, feminine=names is not None and names.feminine))
    words.append(_form(whole, names.russian, names.english, language) if names else money.currency)
    if base > 1:
        digits = str(rest).zfill(len(str(base)) - 1)
        minor = names and _form(rest, names.russian_minor, names.english_minor, language)
        words.append(f"{digits} {minor}" if minor else f"{digits}/{base}")
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def number_in_words(number: int, language: str, *, feminine: bool = False) -> str:
    """A whole number in words, lower case; ``feminine`` agrees the Russian 1 and 2 with their noun («одна, две»)."""
    if abs(number) >= _LIMIT:
        raise ValueError(f"{number} is too large to be written in words")
    if number < 0:
        return f"{'минус' if language == 'ru' else 'minus'} {number_in_words(-number, language, feminine=feminine)}"
    words = _russian(number, feminine=feminine) if language == "ru" else _english(number)
    return " ".join(words)


def russian_form(number: int, forms: str) -> str:
    """The form of a noun after ``number``, of three parted by ``|``: ``рубль|рубля|рублей``."""
    one, few, many = forms.split("|")
    if 11 <= abs(number) % 100 <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(abs(number) % 10, many)


def _form(number: int, russian: str, english: str, language: str) -> str:
    return russian_form(number, russian) if language == "ru" else english.split("|")[number != 1]


def _thousands(number: int) -> list[tuple[int, int]]:
    """(three digits, power of a thousand) from the highest; zero groups left out."""
    groups = [(number // 1000**power % 1000, power) for power in reversed(range(len(_EN_SCALES)))]
    return [group for group in groups if group[0]]


def _russian(number: int, *, feminine: bool) -> list[str]:
    if number == 0:
        return [_RU_ONES[0]]
    words: list[str] = []
    for group, power in _thousands(number):
        hundreds, below = divmod(group, 100)
        tens, ones = divmod(below, 10) if below >= 20 else (0, below)
        words += [_RU_HUNDREDS[hundreds]] if hundreds else []
        words += [_RU_TENS[tens]] if tens else []
        if ones:
            agrees = power == 1 or (power == 0 and feminine)
            words.append(_RU_FEMININE.get(_RU_ONES[ones], _RU_ONES[ones]) if agrees else _RU_ONES[ones])
        words += [russian_form(group, _RU_SCALES[power])] if power else []
    return words


def _english(number: int) -> list[str]:
    if number == 0:
        return [_EN_ONES[0]]
    words: list[str] = []
    for group, power in _thousands(number):
        hundreds, below = divmod(group, 100)
        tens, ones = divmod(below, 10) if below >= 20 else (0, below)
        words += [_EN_ONES[hundreds], "hundred"] if hundreds else []
        if below:
            words.append("-".join(([_EN_TENS[tens]] if tens else []) + ([_EN_ONES[ones]] if ones else [])))
        words += [_EN_SCALES[power]] if power else []
    return words
