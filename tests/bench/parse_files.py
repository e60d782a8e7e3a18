"""Made-up bank files of any size in every format, with what each holds: the same operations of a year on one account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

ACCOUNT = "40702810000000000001"
IBAN = "DE89370400440532013000"
START = date(2026, 1, 1)


class Made(NamedTuple):
    """One operation. ``minor`` is signed."""

    day: date
    minor: int
    client: int
    purpose: str
    number: str

    @property
    def plain(self) -> str:
        """The amount without its sign, with a point."""
        return f"{abs(self.minor) // 100}.{abs(self.minor) % 100:02}"


def operations(count: int) -> Iterator[Made]:
    """``count`` of them, every fifth money out."""
    for number in range(count):
        yield Made(
            START + timedelta(number * 365 // count),
            (10_000 + number * 37 % 9_000_000) * (-1 if number % 5 == 0 else 1),
            number % 1000,
            f"Оплата по счету № {number % 7000} от 05.02.2026 за услуги по договору ТО-18/25. В т.ч. НДС (22%) 180-33",
            str(number % 1000),
        )


def onec(count: int) -> bytes:
    """1CClientBankExchange in windows-1251."""
    lines = [
        LineToWrite(
            booking_date=one.day,
            amount_minor=one.minor,
            counterparty=Counterparty(
                name=f"ООО «Клиент {one.client}»",
                inn=str(7_700_000_000 + one.client),
                kpp="770001001",
                account=f"4070281000000{one.client:07}",
                bic="044525225",
                bank="ПАО СБЕРБАНК Г. МОСКВА",
            ),
            purpose=one.purpose,
            doc_number=one.number,
        )
        for one in operations(count)
    ]
    own = OwnSide("ООО «Линия тепла»", "7800000010", "780001001", "044030786", "АО «АЛЬФА-БАНК»")
    return write_onec(StatementToWrite(ACCOUNT, START, date(2026, 12, 31), 0, lines, own))


def mt940(count: int) -> bytes:
    """One statement, details between question marks as German banks write them."""
    rows = [":20:STARTUMS", f":25:{IBAN}", ":28C:1/1", ":60F:C260101EUR0,"]
    total = 0
    for n, one in enumerate(operations(count)):
        total += one.minor
        mark = "C" if one.minor > 0 else "D"
        rows.append(f":61:{one.day:%y%m%d%m%d}{mark}{one.plain.replace('.', ',')}NTRF{one.number}//B{n}")
        rows.append(f":86:166?00GUTSCHRIFT?20SVWZ+Rechnung {n % 7000} vom 05?21.02.2026 Leistung Vertrag TO")
        rows.append(f"?22-18/25?30COBADEFF?31DE0237040044{one.client:010}?32Kunde {one.client} GmbH")
    rows += [f":62F:{'C' if total >= 0 else 'D'}261231EUR{abs(total) // 100},{abs(total) % 100:02}", "-"]
    return ("\r\n".join(rows) + "\r\n").encode()


def camt(count: int) -> bytes:
    """camt.053.001.02, one statement."""
    total = sum(one.minor for one in operations(count))
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    )
    entries = (
        f'<Ntry><NtryRef>{n}</NtryRef><Amt Ccy="EUR">{one.plain}</Amt><CdtDbtInd>{"CRDT" if one.minor > 0 else "DBIT"}</CdtDbtInd>'
        f"<Sts>BOOK</Sts><BookgDt><Dt>{one.day}</Dt></BookgDt><ValDt><Dt>{one.day}</Dt></ValDt><AcctSvcrRef>A{n}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>E{n}</EndToEndId></Refs><RltdPties><Dbtr><Nm>Kunde {one.client}</Nm></Dbtr><DbtrAcct><Id>"
        f"<IBAN>DE0237040044{one.client:010}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{one.purpose}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
        for n, one in enumerate(operations(count))
    )
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{abs(minor) // 100}.{abs(minor) % 100:02}</Amt>'
        f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        for code, minor, day in (("OPBD", 0, START), ("CLBD", total, date(2026, 12, 31)))
    )
    return (head + balances + "\n".join(entries) + "</Stmt></BkToCstmrStmt></Document>").encode()


def ofx(count: int) -> bytes:
    """OFX 1.02, leaves without end tags."""
    rows = [
        "OFXHEADER:100",
        "DATA:OFXSGML",
        "VERSION:102",
        "ENCODING:UTF-8",
        "CHARSET:NONE",
        "",
        "<OFX><BANKMSGSRSV1><STMTTRNRS>",
    ]
    rows += [
        "<STMTRS><CURDEF>EUR",
        f"<BANKACCTFROM><BANKID>37040044<ACCTID>{IBAN}<ACCTTYPE>CHECKING</BANKACCTFROM>",
        "<BANKTRANLIST>",
    ]
    for n, one in enumerate(operations(count)):
        sign = "" if one.minor > 0 else "-"
        rows += ["<STMTTRN>", f"<TRNTYPE>{'CREDIT' if one.minor > 0 else 'DEBIT'}", f"<DTPOSTED>{one.day:%Y%m%d}120000"]
        rows += [
            f"<TRNAMT>{sign}{one.plain}",
            f"<FITID>F{n}",
            f"<NAME>Kunde {one.client}",
            f"<MEMO>{one.purpose}",
            "</STMTTRN>",
        ]
    rows += ["</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"]
    return "\r\n".join(rows).encode()


def table(count: int) -> bytes:
    """A CSV as Russian banks give it: both parties, the direction in a word, windows-1251."""
    parties = ("Наименование {}", "ИНН {}", "Счет {}")
    header = ["Дата проводки", "Направление", "Сумма операции", "Валюта", "Номер документа"]
    header += [name.format(side) for side in ("плательщика", "получателя") for name in parties]
    rows = [";".join([*header, "Назначение платежа"])]
    for one in operations(count):
        client = f"ООО Клиент {one.client};{7_700_000_000 + one.client};4070281000000{one.client:07}"
        own = f"ООО Линия тепла;7800000010;{ACCOUNT}"
        way, sides = ("Входящий", f"{client};{own}") if one.minor > 0 else ("Исходящий", f"{own};{client}")
        rows.append(f"{one.day:%d.%m.%Y};{way};{one.plain.replace('.', ',')};RUB;{one.number};{sides};{one.purpose}")
    return "\r\n".join(rows).encode("cp1251")


MADE: Mapping[str, Callable[[int], bytes]] = {"1c": onec, "mt940": mt940, "camt": camt, "ofx": ofx, "csv": table}
