"""The tree of articles that a new site starts with. Names are data: the owner renames them at will."""

from __future__ import annotations

from dataclasses import dataclass

INCOME = "income"
COST_OF_SALES = "cost_of_sales"
OPERATING = "operating"
OTHER = "other"
UNSORTED = "unsorted"
SECTIONS = (INCOME, COST_OF_SALES, OPERATING, OTHER, UNSORTED)

SALES = "sales"
ADVANCES = "advances"
BANK_FEES = "bank_fees"
WRITE_OFFS = "write_offs"


@dataclass(frozen=True, slots=True)
class DefaultArticle:
    """An article of the default tree. ``code``: the program looks it up by this, or it is a root."""

    section: str
    en: str
    ru: str
    code: str | None = None

    def name(self, locale: str) -> str:
        """The name in ``locale``; English where it is not Russian."""
        return self.ru if locale == "ru" else self.en


ROOTS = (
    DefaultArticle(INCOME, "Income", "Доходы", INCOME),
    DefaultArticle(COST_OF_SALES, "Cost of sales", "Себестоимость", COST_OF_SALES),
    DefaultArticle(OPERATING, "Operating costs", "Операционные расходы", OPERATING),
    DefaultArticle(OTHER, "Other costs", "Прочие расходы", OTHER),
    DefaultArticle(UNSORTED, "Unsorted", "Не разобрано", UNSORTED),
)
SYSTEM = (
    DefaultArticle(INCOME, "Sales", "Продажи", SALES),
    DefaultArticle(INCOME, "Advances", "Авансы клиентов", ADVANCES),
    DefaultArticle(OTHER, "Bank and gateway fees", "Комиссии банков и касс", BANK_FEES),
    DefaultArticle(OTHER, "Write-offs and rounding", "Списания и округления", WRITE_OFFS),
)
USUAL = (
    DefaultArticle(INCOME, "Services", "Услуги"),
    DefaultArticle(INCOME, "Goods", "Товары"),
    DefaultArticle(INCOME, "Other income", "Прочие доходы"),
    DefaultArticle(COST_OF_SALES, "Materials and goods", "Материалы и товары"),
    DefaultArticle(COST_OF_SALES, "Production wages", "Зарплата производства"),
    DefaultArticle(COST_OF_SALES, "Subcontractors", "Субподряд"),
    DefaultArticle(COST_OF_SALES, "Transport", "Транспорт"),
    DefaultArticle(OPERATING, "Office wages", "Зарплата офиса"),
    DefaultArticle(OPERATING, "Rent and upkeep", "Аренда и содержание"),
    DefaultArticle(OPERATING, "Advertising and sales", "Реклама и продажи"),
    DefaultArticle(OPERATING, "Communication and internet", "Связь и интернет"),
    DefaultArticle(OPERATING, "Software and services", "Программы и сервисы"),
    DefaultArticle(OPERATING, "Other operating costs", "Прочие операционные"),
    DefaultArticle(OTHER, "Taxes and duties", "Налоги и сборы"),
)
