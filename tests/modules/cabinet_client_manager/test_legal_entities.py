"""Our side of a deal: one default entity, requisites that are checked, accounts that are ours."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import ConflictError, NotFoundError
from cabinet.files.images import ImageError
from cabinet.interfaces import IAuditLog, IFileStore
from cabinet.numbering.services import NumberPatternError
from cabinet_client_manager.interfaces import (
    BankAccountFacts,
    EntityFacts,
    ILegalEntityBook,
    WrongRequisiteError,
)
from cabinet_client_manager.testing import BIC, account_of, inn_of, our_company


def picture(color: str = "navy") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (900, 900), "white")
    image.paste(color, (300, 300, 600, 600))
    image.save(out, "PNG")
    return out.getvalue()


def test_a_request_has_one_book_under_both_of_its_names(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        assert request.find_service(ILegalEntities) is request.find_service(ILegalEntityBook)


@pytest.mark.parametrize(
    ("locale", "name", "pattern"),
    [("ru", "Наша компания", "СЧ-{year}-{n:05}"), ("en", "Our company", "INV-{year}-{n:05}")],
)
def test_a_new_site_gets_one_entity_that_is_not_complete(
    unit_of_work: Any, locale: str, name: str, pattern: str
) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity(locale)
        again = book.ensure_default_entity(locale)
    assert (entity.name, entity.invoice_number_pattern, entity.complete) == (name, pattern, False)
    assert again.id == entity.id


def test_asking_for_the_default_before_the_site_was_made_says_so(unit_of_work: Any) -> None:
    with unit_of_work() as request, pytest.raises(NotFoundError):
        request.find_service(ILegalEntities).default()


def test_an_entity_is_complete_when_an_invoice_can_be_printed(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        fresh = book.ensure_default_entity("ru")
        assert book.missing(fresh) == ("inn", "address", "account")
        entity = our_company(request)
        assert book.missing(entity) == ()
        assert entity.complete
        assert entity.default_account is not None


def test_a_person_needs_no_kpp(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        entity = our_company(request)
        book = request.find_service(ILegalEntityBook)
        facts = EntityFacts(
            name="ИП Осипов", inn=inn_of(7, person=True), address="Москва", invoice_number_pattern="{n}"
        )
        assert book.change(entity.id, facts).complete


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"inn": "7707083894"}, "inn"),
        ({"kpp": "77"}, "kpp"),
        ({"ogrn": "1027700132196"}, "ogrn"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_a_wrong_number_is_refused_and_names_its_field(unit_of_work: Any, facts: dict[str, str], field: str) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        with pytest.raises(WrongRequisiteError) as refused:
            book.change(entity.id, EntityFacts(name="X", **facts))
    assert refused.value.details["field"] == field


def test_a_pattern_that_cannot_number_is_refused(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        with pytest.raises(NumberPatternError):
            book.change(entity.id, EntityFacts(name="X", invoice_number_pattern="{year}"))


def test_a_change_is_audited_with_only_what_changed(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        book.change(
            entity.id,
            EntityFacts(name=entity.name, inn=inn_of(1), invoice_number_pattern=entity.invoice_number_pattern),
        )
        request.db.flush()
        latest = request.find_service(IAuditLog).of("legal_entity", entity.public_id)[0]
    assert (latest.before, latest.after) == ({"inn": ""}, {"inn": inn_of(1)})


def test_registering_an_account_twice_makes_it_once(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        book.ensure_default_entity("ru")
        number = account_of(5)
        account, created = book.register_account(number, "RUB", bic=BIC)
        again, created_again = book.register_account(f"{number[:4]} {number[4:]}", "RUB")
    assert (created, created_again) == (True, False)
    assert (again.id, account.is_default) == (account.id, True)


def test_registering_takes_an_account_whose_key_cannot_be_checked_without_a_bic(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        book.ensure_default_entity("ru")
        account, created = book.register_account("40702810000000000009", "RUB")
        with pytest.raises(WrongRequisiteError):
            book.register_account("4070281", "RUB")
    assert created
    assert account.currency == "RUB"


@pytest.mark.parametrize(
    ("number", "currency"), [("9100", "USD"), ("1452687~7", "USD"), ("12345678-1", "BRL"), ("DD01100056869", "EUR")]
)
def test_an_account_abroad_has_the_number_that_its_country_gives(unit_of_work: Any, number: str, currency: str) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        assert book.register_account(number, currency)[1]
        stored = [BankAccountFacts(one.number, one.currency) for one in book.get(entity.id).accounts]
        assert [one.number for one in book.set_accounts(entity.id, stored).accounts] == [number]


@pytest.mark.parametrize(
    ("number", "currency"),
    [
        ("9100", "RUB"),
        ("4070284000000000000", "USD"),
        ("account", "USD"),
        ("12 €", "USD"),
    ],
)
def test_a_slip_in_a_number_is_no_number_of_another_country(unit_of_work: Any, number: str, currency: str) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        book.ensure_default_entity("ru")
        with pytest.raises(WrongRequisiteError):
            book.register_account(number, currency)


def test_an_account_key_that_fails_only_warns(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        wrong_key = "40702810000000000009"
        assert book.set_accounts(entity.id, [BankAccountFacts(wrong_key, bic=BIC)]).accounts[0].number == wrong_key


def test_accounts_are_added_changed_and_removed_as_the_form_says(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        book.set_accounts(
            entity.id, [BankAccountFacts(account_of(1), bic=BIC), BankAccountFacts(account_of(2), bic=BIC)]
        )
        entity = book.set_accounts(
            entity.id,
            [
                BankAccountFacts(account_of(2), bic=BIC, bank_name="Банк"),
                BankAccountFacts("DE89370400440532013000", "EUR"),
            ],
        )
    assert [(a.number, a.bank_name, a.is_default) for a in entity.accounts] == [
        (account_of(2), "Банк", True),
        ("DE89370400440532013000", "", False),
    ]


def test_one_account_belongs_to_one_entity(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        first = our_company(request)
        second = book.add(EntityFacts(name="Вторая", invoice_number_pattern="{n}"))
        with pytest.raises(ConflictError):
            book.set_accounts(second.id, [BankAccountFacts(first.accounts[0].number)])


def test_documents_come_from_the_entity_that_was_made_default(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        our_company(request)
        second = book.add(EntityFacts(name="Вторая", invoice_number_pattern="{n}"))
        book.make_default(second.id)
        assert book.default().id == second.id
        assert book.all()[0].id == second.id


def test_a_stamp_is_kept_clean_and_without_its_paper(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        book.set_picture(entity.id, "stamp", picture(), "печать.png")
        files = request.find_service(IFileStore)
        stored = files.get(book.get(entity.id).stamp_file_id)
        image = Image.open(io.BytesIO(files.read(stored)))
    assert (stored.media_type, image.mode) == ("image/png", "RGBA")
    assert image.getchannel("A").getextrema()[1] == 255
    assert max(image.size) <= 500


def test_a_file_that_is_no_picture_is_refused(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        book = request.find_service(ILegalEntityBook)
        entity = book.ensure_default_entity("ru")
        with pytest.raises(ImageError):
            book.set_picture(entity.id, "logo", b"<svg onload=alert(1)>", "logo.svg")
