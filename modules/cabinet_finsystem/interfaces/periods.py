"""The closed part of the books, as the head of the firm sees to it."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IPeriods(Interface):
    """Closing and opening days. `ILedger` keeps them closed."""

    def closed_through():
        """The last closed day, or None."""

    def history(limit):
        """The latest Closings, the newest first."""

    def obstacles(through):
        """Obstacles: what is unfinished up to that day. Nothing of it prevents the closing."""

    def close(through, *, reason):
        """Close all days up to ``through``, which must be over. PeriodClosedError."""

    def reopen(through, *, reason):
        """Open all days after ``through`` (None: all) again; the owner is told. PeriodClosedError."""
