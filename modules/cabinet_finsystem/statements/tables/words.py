"""Words of banks' tables in the languages met: names of columns, states of an operation, its direction, labels around the table."""

from __future__ import annotations

from collections.abc import Mapping

from cabinet_finsystem.statements.parsed import Direction, Status
from cabinet_finsystem.statements.tables.mapping import fold


def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in text.split("|"))


COLUMNS: Mapping[str, tuple[str, ...]] = {
    role: _folded(names)
    for role, names in {
        "date": "дата проводки|дата проведения|дата совершения|дата обработки|дата операции|дата и время операции|дата транзакции"
        "|дата платежа|дата|booking date|posting date|posted date|date posted|completed date|date completed|transaction date"
        "|operation date|entry date|date|buchungstag|buchungsdatum|datum|fecha operación|fecha|date opération|date comptable|data"
        "|data operazione|data contabile",
        "value_date": "дата валютирования|дата списания|value date|valuta|valutadatum|wertstellung|fecha valor|date de valeur|data valuta",
        "doc_date": "дата документа|дата платежного документа|document date",
        "amount": "сумма в валюте счета|сумма операции в валюте счета|сумма операции|сумма платежа|сумма|сумма руб|сумма операции руб"
        "|amount|transaction amount|sum|betrag|umsatz|importe|montant|importo",
        "debit": "дебет|расход|списание|сумма списания|сумма по дебету|оборот дт|оборот по дебету|дебет оборот|дт|списано|debit|debits"
        "|debit amount|money out|paid out|withdrawal|withdrawals|soll|lastschrift|cargo|débito|débit|addebito|uscite",
        "credit": "кредит|приход|поступление|зачисление|сумма зачисления|сумма по кредиту|оборот кт|оборот по кредиту|кредит оборот|кт"
        "|поступило|пополнение|credit|credits|credit amount|money in|paid in|deposit|deposits|haben|gutschrift|abono|crédito|crédit"
        "|accredito|entrate",
        "direction": "направление|тип операции пополнение списание|списание зачисление|приход расход|дебет кредит|признак дебет кредит"
        "|тип операции|вид операции|тип|direction|debit credit|credit debit|credit debit indicator|dc|d c|type|transaction type"
        "|soll haben|richtung",
        "currency": "валюта счета|валюта операции|валюта платежа|валюта|currency|account currency|ccy|währung|moneda|devise|valuta",
        "balance": "исходящий остаток|остаток после операции|остаток на счете|остаток по счету|остаток средств|остаток|сальдо|баланс"
        "|running balance|balance|account balance|balance after|saldo|kontostand|solde",
        "status": "статус операции|статус|состояние|status|state|transaction status|état|stato|estado",
        "own_account": "номер счета|ваш счет|наш счет|счет клиента|номер счета клиента|расчетный счет|счет|account number|account"
        "|own account|iban auftragskonto|auftragskonto|iban|konto|kontonummer|cuenta|compte",
        "name": "наименование контрагента|контрагент|корреспондент|наименование корреспондента|название контрагента|имя контрагента"
        "|counterparty name|counterparty|payee|payer|beneficiary|name|partner|merchant|beguenstigter zahlungspflichtiger"
        "|begünstigter zahlungspflichtiger|auftraggeber empfänger|nom|nome",
        "inn": "инн контрагента|инн корреспондента|инн|counterparty inn|inn|tax id|counterparty tax id",
        "kpp": "кпп контрагента|кпп корреспондента|кпп",
        "account": "счет контрагента|счет корреспондента|номер счета контрагента|counterparty account|counterparty iban|beneficiary iban"
        "|payee account number|kontonummer iban",
        "bic": "бик банка контрагента|бик контрагента|бик банка|бик|counterparty bic|bic swift code|bic|swift",
        "bank": "наименование банка контрагента|банк контрагента|банк корреспондента|counterparty bank|банк",
        "payer_name": "наименование плательщика|плательщик|payer name",
        "payer_inn": "инн плательщика|payer inn",
        "payer_kpp": "кпп плательщика",
        "payer_account": "счет плательщика|номер счета плательщика|payer account",
        "payer_bic": "бик банка плательщика|бик плательщика|payer bic",
        "payer_bank": "наименование банка плательщика|банк плательщика|payer bank",
        "payee_name": "наименование получателя|получатель|payee name",
        "payee_inn": "инн получателя|payee inn",
        "payee_kpp": "кпп получателя",
        "payee_account": "счет получателя|номер счета получателя|payee account",
        "payee_bic": "бик банка получателя|бик получателя|payee bic",
        "payee_bank": "наименование банка получателя|банк получателя|payee bank",
        "purpose": "назначение платежа|назначение|основание платежа|основание|содержание операции|описание операции|описание|детали платежа"
        "|комментарий|purpose|payment details|description|details|narrative|memo|particulars|verwendungszweck|buchungstext"
        "|beschreibung|concepto|libellé|causale|descrizione",
        "doc_number": "номер документа|№ документа|№ док|номер платежного документа|номер платежа|номер п п|номер"
        "|document number|doc number|doc no",
        "doc_kind": "вид документа|тип документа|вид платежа",
        "bank_ref": "идентификатор операции|id операции|референс операции|референс проводки|референс|transaction id|transaction reference"
        "|bank reference|reference|ref|id|referenz|référence|referencia|riferimento",
    }.items()
}

STATUSES: Mapping[str, Status] = {
    **dict.fromkeys(
        _folded(
            "ok|ок|исполнено|исполнен|исполнена|исполнен банком|выполнен|выполнено|выполнена|проведен|проведено|проведена|завершено"
            "|завершен|завершена|успешно|completed|complete|done|booked|posted|settled|executed|success|successful|succeeded"
            "|cleared|finished"
            "|abgeschlossen|gebucht|ausgeführt|completato|completata|eseguito|terminé|effectué|exécuté|completado|ejecutado"
            "|umsatz gebucht|exécutée|udført|sent|received|zrealizowana|rozliczona|zaksięgowana|bokförd|kirjattu|bogført"
            "|provedeno|zaúčtováno|könyvelt|teljesült|gerçekleşti|realizado|finalizado|efetivado|проведена банком|проведений|виконано"
        ),
        "booked",
    ),
    **dict.fromkeys(
        _folded(
            "в обработке|обрабатывается|ожидает|ожидает подтверждения|холд|заблокировано|авторизация|hold|held|on hold|pending|processing"
            "|in progress|authorised|authorized|uncleared|ausstehend|vorgemerkt|in sospeso|in attesa|en attente|pendiente"
            "|не исполнено|umsatz vorgemerkt|reserviert|reserveret|reserverad|varattu|oczekująca|zablokowana|čekající"
            "|függőben|beklemede|agendado"
        ),
        "pending",
    ),
    **dict.fromkeys(
        _folded(
            "failed|ошибка|отменен|отменена|отменено|отклонен|отклонена|отклонено|операция отклонена|операция отменена|отказ|не выполнено"
            "|не выполнен|неуспешно|аннулирована|declined|cancelled|canceled|rejected|reverted|denied|voided|expired|error|storniert"
            "|abgelehnt|fehlgeschlagen|rückgängig gemacht|annullato|rifiutato|stornato|échec|annulé|refusé|rechazado|cancelado|revertido"
        ),
        "info",
    ),
}

DIRECTIONS: Mapping[str, Direction] = {
    **dict.fromkeys(
        _folded(
            "входящий|входящая|приход|поступление|пополнение|зачисление|кредит|кт|in|incoming|credit|credited|c|cr|cdt|crdt|eingang|haben|h"
            "|gutschrift|income|money in|deposit|crédit|accredito|abono|к|k|bij|inflow|kredit|kreedit|kredits|kreditas|kredyt|uznanie|ma"
            "|bevétel|alacak|entrada|entrée|ind|надходження"
        ),
        "in",
    ),
    **dict.fromkeys(
        _folded(
            "исходящий|исходящая|расход|списание|дебет|дт|out|outgoing|debit|debited|d|dr|dbit|ausgang|soll|s|lastschrift|expense|money out"
            "|withdrawal|débit|addebito|cargo|д|af|outflow|debet|deebet|debets|debetas|obciążenie|wn|kiadás|borç|salida|saída|sortie|ud"
            "|видаток"
        ),
        "out",
    ),
}

LABELS: Mapping[str, tuple[str, ...]] = {
    label: _folded(words)
    for label, words in {
        "opening": "входящий остаток|остаток на начало|остаток на начало периода|начальный остаток|баланс на начало периода"
        "|opening balance|starting balance|anfangssaldo|saldo inicial|solde initial|saldo iniziale|beginning balance"
        "|beginning balance as of"
        "|balance as on|balance brought forward|brought forward|saldo anterior|saldo początkowe|počáteční stav"
        "|počáteční zůstatek|počáteční stav účtu k"
        "|likutis pradžiai|algsaldo|sākuma atlikums|ingående saldo|nyitó egyenleg|açılış bakiyesi|saldo precedente|вхідний залишок",
        "closing": "исходящий остаток|остаток на конец|остаток на конец периода|конечный остаток|баланс на конец периода"
        "|closing balance|ending balance|endsaldo|saldo final|solde final|saldo finale|ending balance as of|balance carried forward"
        "|carried forward|s a l d o|saldo total disponível dia|saldo do dia|saldo końcowe|konečný stav|konečný zůstatek"
        "|koncový stav účtu k|likutis pabaigai"
        "|lõppsaldo|beigu atlikums|utgående saldo|záró egyenleg|kapanış bakiyesi|вихідний залишок",
        "turnover_in": "поступления|всего поступило|итого поступило|поступило|оборот по кредиту|итого оборот по кредиту|обороты по кредиту"
        "|total credits|total credit",
        "turnover_out": "списания|всего списано|итого списано|списано|оборот по дебету|итого оборот по дебету|обороты по дебету"
        "|total debits|total debit",
        "turnover": "apyvarta|käive|apgrozījums|obroty|оборот за период|обороты за период",
        "account": "номер счета|счет|лицевой счет|расчетный счет|account number|account|iban|konto|kontonummer|cuenta|compte",
        "currency": "валюта|валюта счета|currency|account currency|währung|moneda|devise",
        "period_from": "начало периода|дата начала|с|period start|start date|from|date from",
        "period_to": "конец периода|дата окончания|по|period end|end date|to|date to",
    }.items()
}
"""Labels of figures above and below a table."""

TOTALS = _folded(
    "итого|всего|total|totals|итог|сумма итого|обороты|summe|gesamt|totale|totaux|сальдо|остаток|входящий|исходящий|balance"
)
"""How a row begins that sums up and is no operation."""
