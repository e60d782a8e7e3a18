"""Money of the firm: where it lies, how it moved, how it is likely to go on. Amounts are integer minor units, one currency each."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IMoneyPosition(Interface):
    """Our accounts in banks and our cash desks."""

    def accounts(period):
        """list of `reports.position_values.AccountMoney` over a Period: those of ours, and what is on its way between them. By currency,
        banks first."""

    def now(currency):
        """(sum, number of accounts): what lies on all of them, today included."""


class IForecast(Interface):
    """What is to come. Only what the books know is counted on; what is an estimate is told as one."""

    def of(currency, start, days, *, services=False):
        """`reports.forecast_values.Forecast` from today, for so many days, out of ``start`` units; with ``services`` also what recurring
        services are expected to bring, which is not invoiced yet."""

    def awaited(currency, since, until, limit):
        """`reports.forecast_values.Awaited`: open invoices due in these days, None for no border; the earliest first."""
