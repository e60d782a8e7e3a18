"""What a column may be by its name, where the name is none that we know by heart: by the words in it, in the languages of banks.

Only a proposal comes of it: what stands below the name must agree, and a person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cabinet_finsystem.statements.tables.mapping import fold

_LONGEST = 60
_MOST_WORDS = 8


def _any(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{stems})")


_DAY = (
    r"дат|дан[иі]|dat[aeou]|data\b|datum|\w*dat[ou][m]?\b|\w*dag\b|\w*tag\b|giorno|fecha|kuupaev|\w*paiva\b|tarih"
    r"|dzien|\w*nap\b|f valor|dateop"
    r"|dateval|created|posted|time\b|日|erfass"
)
_VALUE = r"валют|\w*valut|\w*value|wert|rente|ertek|arvo|valeur|valor\b|walut|dateval|valoare|vaartus"
_BOOKED = (
    r"провод|проведен|обработ|зачисл|учет|book|post|buch|bokfor|ksiegow|zauct|kirjaus|konyvel|contab|comptab|registr|rozlicz|settle|clear"
    r"|erfass|verwerk|dateop|process"
)
_OTHER_DAY = r"срок|начал|оконч|рожден|due|expir|until|from\b|start|end\b|birth|stat\w*ment"
_FOREIGN = (
    r"в валюте операц|в валюте платеж|эквивал|покрыт|original|origin\w* |\w*ursprung|local|foreign|orygin|pierwotn|puvodn|oorspr|платности"
    r"|platnosci w|blokad|fee|комисс|poplatek|кэшбэк|кешбэк|бонус|kurs|rate|курс|tax\b|ндс|vat\b|limit|authori"
)
_MONEY = (
    r"сумм|сума|amount|\w*betrag|kwota|bedrag|\w*belopp|belob|beløb|importe|importo|montant|valor\b|suma|summa|\w*castka|objem|tutar"
    r"|\w*osszeg|maara|amt\b|value\b|umsatz|usd\b|eur\b|cad\b|金額|金额|miktar|сом[аы]\b"
)
_OUT = (
    r"дебет|дебит|debe?t|debit|расход|списан|withdraw|paid out|money out|\bout\b|soll|belast|obciaz|wyplat|vydaj|uit\b|af\b|ut\b|uscit"
    r"|addebit|cargo|sortie|gider|borc|支出|支払|видат|шығыс|kiadas|terhel|debito|salida|saida"
)
_IN = (
    r"кредит|credit|kredit|приход|поступ|зачисл|пополн|deposit|paid in|money in|haben|gutschrift|uznan|wplat|prijem|bij\b|inn\b|entrat"
    r"|accredit|abono|credito|entree|gelir|alacak|收入|預かり|入金|надходж|кіріс|bevetel|jovair|ingreso|entrada"
)
_BALANCE = (
    r"остат|сальдо|\w*saldo|balance|running bal|solde|bakiye|egyenleg|zustatek|kontostand|atlikum|likut|jaak|残高|余额"
    r"|disponib|залишок|баланс|қалды"
)
_CURRENCY = (
    r"валют|currenc|curr\b|ccy|wahrung|waehrung|moneda|devise|divisa|valut|valuut|walut|mena\b|munt\b|munteenheid"
    r"|deviz|\w*devizanem|valiut|para birimi|monn|mny"
)
_OTHER_SIDE = (
    r"контраг|корресп|кореспонд|counter|payee|payer|partner|beneficiar|\w*empfang|\w*auftragg|begunst|beguenst|kontrah|odbior|nadawc"
    r"|protistran|protiuct|tegen|gavej|saaja|maks[aj]|saņem|sanem|mottag|avsand|maksaja|mittente|contrepart|ordenant|destinat|other party"
    r"|betreff|получат|плательщ|отправит|gegen|odesil|prijemc"
)
_NAME = (
    r"наимен|назван|имя|фио|\bname|\w*naam|nazwa|nazev|nom\b|nome|namn|nev\w*|merchant|handelaar|unvan|vendor|supplier"
    r"|counter ?party|label"
)
_ACCOUNT = (
    r"счет|счёт|рахун|рахунок|\w*account|iban|\w*kont[ao]|rekening|\w*rekening|ucet|\w*uct|szamla|cuenta|compte|rachun"
    r"|konts|saskait|iik|иик|conto|tilinum|hesap"
)
_NO_ACCOUNT = (
    r"name|имя|naimen|наимен|naam|nazwa|nazev|neve|type|тип|тур|label|balance|sort|holder|card member|корр? ?сч|корсч"
)
_PURPOSE = (
    r"назначен|призначен|основан|детал|подробн|purpose|narrat|particular|remark|verwendung|mitteilung|zweck|concept"
    r"|libelle|causale|titul|tytul"
    r"|zprava|omschrijving|mededeling|toelicht|forklaring|meddel|rubrik|\w*tekst\b|text|selgit|paaiskin|informac|kozlemeny|aciklama|viesti"
    r"|histor|摘要|备注|messag|memo|observac|payment ref|bank descr|opis op|reason|movement"
)
_WORDING = (
    r"описан|комментар|descri|detail|beskriv|opis\b|szczegol|poznam|selitys|reszlet|note|buchungstext|label|subject"
    r"|transactions?$|lancament|testo|bezeichn|movimient"
)
_WORDS_FOR = r"message|zprava|meddel|сообщ|note"
_NUMBER = (
    r"номер док|номер плат|номер п ?п|№ ?д|n док|doc\w* (no|nr|num)|документ$|dok\w* n|cheque|check\b|checknum|chq"
    r"|slip|beleg\b|verifikat|document num|номер документа|numero do doc"
)
_BANK_ID = (
    r"референс|id опер|идентиф|transaction (id|ref|num)|\w*referen|archiv|arhiv|arkisto|id oper|id transak|nr transak"
    r"|dekont|unique|uid\b|identific"
)
_STATE = r"статус|состоян|стан\b|stat[eu]|status|stato|etat|estado|durum"
_SIDE = (
    r"направл|признак|debit credit|credit debit|d k\b|c d\b|d c\b|dr cr|cr dr|af bij|bij af|soll haben|dee?b\w* kre\w*"
    r"|bevetel kiadas|sign\b|type|тип|вид|islem tipi|typ\b"
)
_TAX = r"инн|унп|унн|бин|иин|иднп|едрпоу|єдрпоу|tax id|vat (id|no|num)|counterparty (tax|reg)|ico\b"
_BIC = r"бик|мфо|bic\b|swift|код банк|kod banky|sort code|blz"
_BANK = r"банк|bank name|nazwa banku|nazev banky|bank\b"

_RULES: tuple[tuple[str, int, str, str, str], ...] = (
    # role, weight, words it has, words it must have too, words it must not have
    ("doc_date", 96, r"документ|document", _DAY, ""),
    ("value_date", 95, _VALUE, _DAY, _MONEY.replace(r"value\b|", "").replace(r"valor\b|", "")),
    ("value_date", 40, r"wertstell|valuta\b|valeur\b|value dat", "", "date? de"),
    ("date", 94, _BOOKED, _DAY + r"|buchung$", f"{_VALUE}|{_OTHER_DAY}|документ|document|kto|text"),
    ("date", 90, rf"(?:{_DAY})\w*$", "", f"{_VALUE}|{_OTHER_DAY}|документ|document"),
    ("date", 70, _DAY, "", f"{_VALUE}|{_OTHER_DAY}|документ|document"),
    ("balance", 93, _BALANCE, "", r"начал|вход|opening|avail|hold|disponibile"),
    ("balance", 50, _BALANCE, "", r"вход|opening"),
    ("debit", 92, _OUT, "", f"{_IN}|{_ACCOUNT}|{_FOREIGN}|type|тип|{_DAY}"),
    ("debit", 91, r"\but\b|ut fra|af konto", "", ""),
    ("credit", 92, _IN, "", f"{_OUT}|{_FOREIGN}|type|тип|{_DAY}|card|карт"),
    ("credit", 91, r"\binn\b|inn pa|ind pa", "", ""),
    (
        "amount",
        92,
        _MONEY,
        r"счет|account|rachunk|conta\b|transac|transak|операц",
        f"{_FOREIGN}|{_BALANCE}|{_IN}|{_OUT}|{_CURRENCY}$",
    ),
    ("amount", 90, _MONEY, "", f"{_FOREIGN}|{_BALANCE}|{_IN}|{_OUT}|{_DAY}"),
    ("direction", 80, _SIDE, "", ""),
    ("currency", 78, _CURRENCY, r"счет|account|konto", f"{_FOREIGN}|{_DAY}"),
    ("currency", 76, _CURRENCY, "", f"{_FOREIGN}|{_DAY}|сумм|amount|kwota"),
    ("status", 60, _STATE, "", "ment"),
    ("inn", 89, _TAX, _OTHER_SIDE, ""),
    ("inn", 58, _TAX, "", ""),
    ("bic", 87, _BIC, _OTHER_SIDE, "наимен"),
    ("bic", 56, _BIC, "", "наимен"),
    ("payer_account", 97, r"сч[её]т дебет|счет дт|дебет счет", "", ""),
    ("payee_account", 97, r"сч[её]т кредит|счет кт|кредит счет", "", ""),
    ("payer_account", 86, r"fra konto|from account|со счета|z konta", "", r"na konto|ut fra"),
    ("payee_account", 86, r"til konto|to account|на счет|na konto", "", r"z konta"),
    ("account", 85, _ACCOUNT, _OTHER_SIDE, _NO_ACCOUNT),
    ("own_account", 60, _ACCOUNT, "", f"{_OTHER_SIDE}|{_NO_ACCOUNT}|{_MONEY}|{_CURRENCY}"),
    ("account", 50, _ACCOUNT, "", f"{_NO_ACCOUNT}|{_MONEY}|{_CURRENCY}"),
    ("name", 84, _OTHER_SIDE, _NAME, f"{_BANK}|adres"),
    ("name", 83, r"naam omschr", "", ""),
    ("name", 77, r"(?:name|namn|naam|nimi|navn|nome|nom|имя)$", "", f"{_BANK}|file|card|categ|account"),
    (
        "name",
        74,
        _OTHER_SIDE,
        "",
        f"{_ACCOUNT}|{_BANK}|{_BIC}|adres|ultim|uiteind|initi|text|opis|avsand|mottag|{_WORDS_FOR}",
    ),
    ("name", 42, _OTHER_SIDE, "", f"{_ACCOUNT}|{_BANK}|{_BIC}|adres|ultim|uiteind|initi|text|opis|{_WORDS_FOR}"),
    ("name", 30, _NAME, "", f"{_ACCOUNT}|{_BANK}|card|kart|categ|product"),
    ("bank", 60, _BANK, _OTHER_SIDE, _DAY),
    ("purpose", 82, _PURPOSE, "", _DAY + r"|\bid\b|nazev|naam|name"),
    ("purpose", 66, _WORDING, "", _OTHER_SIDE + r"|" + _DAY),
    ("doc_number", 64, _NUMBER, "", _DAY),
    ("bank_ref", 62, _BANK_ID, "", "client|kund|mandat|machtig|end to end|betaling|платеж|payment"),
    ("purpose", 36, r"referen|ref\b", "", ""),
)
_COMPILED = tuple(
    (role, weight, _any(has), _any(also) if also else None, _any(never) if never else None)
    for role, weight, has, also, never in _RULES
)


@lru_cache(maxsize=2048)
def likely(name: str) -> Mapping[str, int]:
    """Role → how much speaks for it, of a column called ``name``."""
    folded = fold(name)
    if not folded or len(folded) > _LONGEST or folded.count(" ") >= _MOST_WORDS:
        return {}
    found: dict[str, int] = {}
    for role, weight, has, also, never in _COMPILED:
        if (
            role not in found
            and has.search(folded)
            and (also is None or also.search(folded))
            and (never is None or not never.search(folded))
        ):
            found[role] = weight
    return found
