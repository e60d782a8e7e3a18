"""What an importer of statements must survive, one by one, and the tests that say it does: a pitfall without a test, or whose test is
gone, fails here."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from cabinet_finsystem.statements.fingerprint import line_key
from cabinet_finsystem.statements.parsed import ParsedLine
from cabinet_finsystem.statements.reading import read_statement

TESTS = Path(__file__).resolve().parents[2]

# number → (the pitfall, "file::test" or "file::Class.test" of each test; a file without its test_statement_ is one of those beside this)
PITFALLS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "the header lies about the encoding; byte 0x98; a mark before the signature; DOS",
        (
            "encoding::whatever_the_header_says_the_text_is_read", "encoding::a_byte_order_mark_decides",
            "encoding::the_byte_windows_1251_does_not_have_is_refused_with_its_offset",
            "ofx::a_header_that_lies_about_the_encoding_is_seen_through", "camt::an_encoding_that_lies_is_seen_through",
            "test_alphabets::a_table_comes_out_in_the_letters_it_was_written_in",
            "test_alphabets::letters_that_are_words_in_no_encoding_we_know_are_refused_and_not_made_up",
        ),
    ),
    2: (
        "the same document number in another year or account",
        ("pitfalls::the_same_number_in_another_year_is_another_operation", "fingerprint::another_account_of_ours_has_another_key"),
    ),
    3: (
        "two identical lines in one file stay two, and importing again makes no four",
        (
            "fingerprint::three_identical_payments_of_a_day_stay_three", "import::the_same_file_again_adds_nothing",
            "import::three_equal_payments_of_a_day_stay_three_and_only_the_first_pays_by_itself",
            "table_import::equal_rows_stay_as_many_as_they_are",
        ),
    ),
    4: (
        "overlapping periods and days cut anew",
        (
            "import::an_overlapping_file_adds_only_what_is_new",
            "fingerprint::an_overlapping_file_shares_the_fingerprints_of_the_shared_days",
            "swift_import::the_same_days_in_another_file_add_nothing",
            "continuity::days_that_were_loaded_before_are_told_and_agree_with_the_bank",
        ),
    ),
    5: (
        "the day of the document is not the day of booking",
        (
            "onec::TestALine.money_that_came_names_who_paid_and_when_it_was_booked",
            "onec::TestALine.the_document_date_books_where_the_bank_gives_no_other",
        ),
    ),
    6: (
        "our account is absent from both sides, or is both",
        (
            "onec::TestDirection.an_account_the_bank_hides_is_told_by_the_only_date",
            "onec::TestDirection.a_filled_in_date_alone_does_not_decide",
            "onec::TestDirection.a_hidden_account_among_several_of_ours_is_not_guessed",
            "transfers::written_once_it_is_a_line_in_each_statement", "import::money_between_our_own_accounts_makes_no_income",
        ),
    ),
    7: (
        "amounts in any spelling",
        (
            "values::every_spelling_of_an_amount_is_read", "values::what_is_no_certain_amount_is_none_and_never_zero",
            "mt940::amounts_are_exact_in_any_currency", "mt940::an_amount_too_precise_for_its_currency_is_invalid_and_never_rounded",
            "camt::amounts_are_exact_in_any_currency", "tables::sums_are_read_as_banks_write_them",
            "unknown_tables::the_side_behind_a_sum_is_its_sign",
        ),
    ),
    8: (
        "a broken day in the header does not reject a good file",
        (
            "onec::TestHeaderAndBalances.a_broken_header_date_does_not_reject_the_file",
            "onec::TestHeaderAndBalances.unreadable_header_dates_are_no_dates", "values::a_broken_header_date_gives_its_beginning",
        ),
    ),
    9: (
        "no end marker after what is closed is flagged; a cut inside a document refuses",
        (
            "onec::TestStructure.a_missing_end_after_a_closed_document_is_read_and_flagged",
            "onec::TestStructure.a_missing_end_with_a_balance_that_fails_is_a_file_cut_between_documents",
            "onec::TestStructure.a_file_cut_inside_a_document_is_refused", "mt940::a_file_cut_anywhere_brings_no_money_unasked",
            "camt::a_file_cut_anywhere_is_refused", "ofx::a_file_cut_anywhere_brings_no_money_unasked",
            "roundtrip::a_file_cut_at_any_byte_is_refused_or_flagged_and_never_read_wrong",
        ),
    ),
    10: (
        "several accounts, statements and days in one file; balances by the day",
        (
            "onec::TestDirection.several_accounts_in_a_file_are_several_statements",
            "onec::TestHeaderAndBalances.sections_by_the_day_are_put_together_in_any_order",
            "mt940::statements_follow_one_another_with_and_without_a_dash", "camt::the_balances_prove_each_statement_of_a_file",
            "swift_import::statements_of_two_accounts_in_one_file_keep_equal_operations_apart",
            "deviations::a_statement_of_camt_that_says_nothing_keeps_no_other_from_being_read",
        ),
    ),
    11: (
        "reversals: RC and RD turn, RvslInd does not; the balance proves",
        (
            "mt940::what_is_taken_back_goes_the_other_way",
            "mt940::a_bank_that_means_reversals_the_other_way_is_believed_where_its_balances_say_so",
            "camt::a_reversal_keeps_the_sign_of_its_entry",
            "camt::a_bank_that_writes_the_sign_of_what_it_reverses_is_believed_where_its_balances_say_so",
        ),
    ),
    12: ("a day without a year at New Year", ("mt940::the_day_of_booking_takes_the_year_that_brings_it_near",)),
    13: (
        "field 86 wraps inside words and numbers, and is joined by its dialect",
        (
            "mt940::a_german_purpose_cut_every_27_characters_is_one_text", "mt940::keywords_between_slashes_are_read_over_the_wrap",
            "mt940::russian_keywords_between_slashes_name_the_payer",
            "mt940::citibank_of_russia_writes_the_other_side_behind_the_purpose", "mt940::free_text_is_kept_whole",
            "mt940_dialects::subfields_are_taken_apart_without_the_code_in_front_of_them",
            "mt940_dialects::an_account_ends_where_the_next_word_between_slashes_begins_known_or_not",
        ),
    ),
    14: (
        "batches whose parts do not make them up, or have no amount",
        (
            "camt::a_batch_becomes_its_parts_where_they_make_up_its_amount",
            "camt::a_batch_whose_parts_do_not_make_it_up_stays_one_line",
            "camt::what_the_bank_kept_of_a_batch_is_a_line_of_its_own",
        ),
    ),
    15: (
        "what is pending, reported within the day, held or failed is no money",
        (
            "camt::only_what_is_booked_is_money", "camt::reports_and_notifications_bring_no_money",
            "mt940::a_report_of_the_day_is_interim_and_its_sums_prove_it", "ofx::what_is_pending_is_no_money_yet",
            "table_import::rows_that_are_no_money_yet_are_not_stored",
            "tables::alfa_s_movements_have_two_columns_holds_and_a_total_that_is_no_operation",
        ),
    ),
    16: (
        "words that stand for nothing",
        (
            "camt::nothing_is_nothing", "mt940::references_are_told_apart_and_nothing_is_nothing",
            "mt940_dialects::a_reference_of_one_mark_is_none", "onec::TestALine.zeros_in_place_of_requisites_are_none",
        ),
    ),
    17: (
        "an id of OFX is empty, repeated or made anew",
        (
            "ofx::without_an_id_it_is_known_by_what_it_is", "ofx::an_id_that_a_bank_writes_everywhere_hides_no_operation",
            "ofx::an_operation_is_known_by_its_id_whatever_becomes_of_its_wording",
        ),
    ),
    18: (
        "versions of camt, none, and what the eighth moved",
        (
            "camt::every_version_tells_who_paid", "swift_samples::every_published_file_gives_what_the_table_says",
            "deviations::camt_is_found_within_the_envelope_it_travelled_in",
        ),
    ),
    19: (
        "OFX: marks that are not escaped, tags without ends, one line, a header glued to its root",
        (
            "ofx::marks_and_entities_in_a_text_are_text", "ofx::leaves_need_no_end_tags_and_may_have_them",
            "ofx::a_file_of_one_line_and_an_operation_without_end_are_read", "ofx::headers_of_any_shape_and_none_are_read",
            "deviations::ofx_is_read_around_its_remarks",
        ),
    ),
    20: (
        "tables: rows above, headers in any language, day or month first, Excel's cp1251, quotes, formulas, 4,07E+19",
        (
            "tables::vtb_has_rows_above_its_header_that_tell_the_period_and_the_balance",
            "unknown_tables::columns_are_proposed_by_the_words_in_their_names",
            "tables::the_order_of_day_and_month_is_told_by_the_whole_column", "tables::tbank_old_reads_in_any_encoding",
            "tables::quotes_that_do_not_pair_cost_no_row", "tables::a_formula_that_keeps_noughts_is_its_text",
            "tables::an_account_that_lost_its_digits_refuses_the_file_and_says_where",
            "tables::any_separator_is_found_by_how_evenly_it_cuts",
            "unknown_tables::a_table_without_names_loses_no_row_and_is_known_again_by_its_shape",
        ),
    ),
    21: (
        "the sign is a column, or a plus that is missing",
        (
            "tables::alfa_takes_the_sign_from_its_type_and_the_account_from_the_row",
            "unknown_tables::a_side_told_by_a_word_gives_every_sum_its_sign",
            "tables::sber_means_a_cost_by_a_sum_without_a_sign", "tables::sber_with_minuses_means_income_by_a_sum_without_a_sign",
            "tables::money_both_in_and_out_of_one_row_is_not_guessed_at",
        ),
    ),
    22: (
        "refunds and returns pay no invoice; payouts of aggregators are net of fees",
        (
            "swift_import::what_the_bank_gives_back_pays_no_invoice_by_itself",
            "test_matching_rules::what_is_no_payment_by_nature_never_credits_a_client", "mt940::a_german_code_of_a_return_is_one",
            "camt::a_return_of_our_own_payment_names_the_side_that_is_not_ours",
        ),
    ),
    23: (
        "several invoices, the contract before the invoice, look-alike letters, zeros in front, years of two digits",
        (
            "test_matching_tokens::numbers_of_invoices_are_read_in_every_spelling",
            "test_matching_tokens::other_numbers_are_not_invoices",
            "test_matching_tokens::look_alike_letters_zeros_and_dashes_do_not_change_a_number",
            "test_matching_tokens::dates_are_read_as_people_write_them",
            "test_matching_tokens::a_contract_s_date_is_not_the_invoice_s",
            "test_matching_rules::several_invoices_are_filled_in_the_order_named",
        ),
    ),
    24: (
        "accounts of the treasury fail the key, a KPP has letters or is 0, an INN has five digits or is not there",
        (
            "pitfalls::requisites_that_no_check_would_pass_are_kept_as_the_bank_wrote_them", "tables::a_kpp_of_nought_is_none",
            "test_matching_rules::a_person_without_a_tax_number_is_asked_by_name",
        ),
    ),
    25: (
        "hostile files: bombs, names that lead out, entities, endless lines, a hundred thousand documents, zero bytes",
        (
            "test_tables::a_bomb_is_refused_before_it_is_opened", "test_tables::an_archive_that_means_harm_is_refused",
            "camt::a_document_type_is_refused_before_anything_of_it_is_read", "camt::depth_and_endless_texts_are_refused",
            "hostile::a_line_of_two_megabytes_is_refused", "hostile::work_grows_no_faster_than_the_file",
            "hostile::memory_does_not_grow_with_the_file", "swift_hostile::work_grows_no_faster_than_the_file",
            "encoding::a_zero_byte_is_refused_with_its_offset", "tables::a_spreadsheet_that_unpacks_to_too_much_is_not_opened",
        ),
    ),
}  # fmt: skip


@cache
def _names_in(file: str) -> frozenset[str]:
    stem = file if file.startswith("test_") else f"test_statement_{file}"
    found = set()
    for path in TESTS.rglob(f"{stem}.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
            elif isinstance(node, ast.FunctionDef):
                found.add(node.name)
    return frozenset(name.replace("test_", "", 1) for name in found if "test_" in name)


def missing(pitfalls: dict[int, tuple[str, tuple[str, ...]]]) -> list[str]:
    """What is named and is no test."""
    return [
        name
        for _said, names in pitfalls.values()
        for name in names
        if name.partition("::")[2] not in _names_in(name.partition("::")[0])
    ]


def test_every_pitfall_has_tests_and_they_exist() -> None:
    assert list(PITFALLS) == [*range(1, 26)]
    assert all(names for _said, names in PITFALLS.values())
    assert missing(PITFALLS) == []


def test_a_test_that_is_gone_is_missed() -> None:
    assert missing({1: ("", ("ofx::there_is_no_such_test", "no_such_file::a", "onec::TestALine.its_text_is_kept_as_the_file_has_it"))}) == [
        "ofx::there_is_no_such_test", "no_such_file::a",
    ]  # fmt: skip


DOCUMENT = """СекцияДокумент=Платежное поручение
Номер=7
Дата=05.02.{year}
Сумма=10.00
ПлательщикСчет=03100643000000019800
ПлательщикИНН={inn}
ПлательщикКПП={kpp}
Плательщик1=УФК по г. Энску
ПлательщикБИК=017003983
ПлательщикКорсчет=40102810545370000079
ПолучательСчет=40702810000000000001
ДатаПоступило=05.02.{year}
НазначениеПлатежа=За услуги
КонецДокумента
"""


def _lines(*documents: str) -> list[ParsedLine]:
    text = (
        "1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nРасчСчет=40702810000000000001\n"
        + "".join(documents)
        + "КонецФайла\n"
    )
    return list(read_statement(text.encode("cp1251")).lines())


def test_the_same_number_in_another_year_is_another_operation() -> None:
    lines = _lines(*(DOCUMENT.format(year=year, inn="7700000000", kpp="770001001") for year in (2025, 2026)))
    assert len({line_key("40702810000000000001", line) for line in lines}) == 2


@pytest.mark.parametrize(
    ("inn", "kpp", "kept"), [("7700000000", "7707AB001", "7707AB001"), ("12345", "0", ""), ("", "", "")]
)
def test_requisites_that_no_check_would_pass_are_kept_as_the_bank_wrote_them(inn: str, kpp: str, kept: str) -> None:
    [line] = _lines(DOCUMENT.format(year=2026, inn=inn, kpp=kpp))
    other = line.counterparty
    assert (line.amount_minor, line.invalid_reason) == (1000, None)
    assert (other.account, other.bic, other.inn, other.kpp) == ("03100643000000019800", "017003983", inn, kept)
