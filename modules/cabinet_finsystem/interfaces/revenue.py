"""Who and what brought the income. Amounts are integer minor units of the report's currency."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IRevenue(Interface):
    """The income of the P&L, divided by client, manager or item: together they are it, to the last minor unit."""

    def page(query, group, wanted):
        """`reports.revenue_values.RevenuePage` of a ``PnlQuery``. ``group``: client, manager or item; ``wanted``: a ListQuery, sorts name,
        total and change. PeriodError where there are too many columns."""

    def of_item(query, key, limit):
        """`reports.revenue_values.ItemRows`: the invoices that brought the income of an item over the days of ``query``. NotFoundError."""
