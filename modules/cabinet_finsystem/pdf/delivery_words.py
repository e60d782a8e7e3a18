"""Words of printed acts, waybills and UPD. They belong to the forms, as custom and law have them, and follow the document's language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActWording:
    """Every fixed text of the act in one language."""

    title: str
    draft_title: str
    supplier: str
    customer: str
    basis: str
    done: str
    draft_mark: str
    void_mark: str
    total: str
    summary: str
    signed: str
    received: str
    stamp_place: str


_RUSSIAN = ActWording(
    title="Акт № {number} от {day}",
    draft_title="Акт (черновик) от {day}",
    supplier="Исполнитель",
    customer="Заказчик",
    basis="Основание",
    done="Вышеперечисленные услуги (работы) выполнены полностью и в срок. Заказчик претензий по объему, качеству и срокам оказания "
    "услуг не имеет.",
    draft_mark="ЧЕРНОВИК",
    void_mark="АННУЛИРОВАН",
    total="Всего",
    summary="Всего оказано услуг {count}, на сумму {amount}",
    signed="ИСПОЛНИТЕЛЬ",
    received="ЗАКАЗЧИК",
    stamp_place="М.П.",
)
_ENGLISH = ActWording(
    title="Act of services rendered No. {number} dated {day}",
    draft_title="Act of services rendered (draft) dated {day}",
    supplier="Contractor",
    customer="Customer",
    basis="Under",
    done="The services (works) listed above have been rendered in full and in time. The customer has no claims to their extent, quality "
    "or time.",
    draft_mark="DRAFT",
    void_mark="VOID",
    total="Total",
    summary="Services rendered: {count}, total amount {amount}",
    signed="CONTRACTOR",
    received="CUSTOMER",
    stamp_place="",
)


def act_wording(language: str) -> ActWording:
    """Russian for ``ru``, English for any other language."""
    return _RUSSIAN if language == "ru" else _ENGLISH
