"""The result of a month, by letter."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IMonthLetters(Interface):
    """Tells the head, once a month, how the month went that is over."""

    configured: bool  # whether this site can send letters at all

    def tell():
        """Tell everybody who may see the result of the last month that is over, if its day has come and he was not told yet: how many were
        told. Nobody is told of a month in which nothing happened."""

    def send_to(user):
        """Send the letter to one person now, whatever the day. MailNotConfiguredError."""
