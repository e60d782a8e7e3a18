"""The price list. Amounts are integer minor units."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IPriceList(Interface):
    """Services and goods that are sold. Values: `items.values`; rows: `items.models.Item`."""

    def add(data):
        """A new Item from ItemData. ItemError."""

    def change(item, data):
        """Write it anew. Lines of invoices that name it stay as they are. ItemError."""

    def archive(item):
        """Offer it no more; what names it stays."""

    def restore(item):
        """Offer it again."""

    def find(public_id):
        """One Item, an archived one too, or None."""

    def by_id(item_ids):
        """dict id → Item, in one query a thousand."""

    def ids(public_ids):
        """dict public id → id, in one query a thousand."""

    def offered(search="", *, currency, limit=20):
        """Items to choose from, archived ones not among them, by name: those that hold every word of ``search``; a code alike is first."""

    def listing(query):
        """Page of Item rows. Search: code, name. Filters: ``state`` (archived; else those that are offered), ``kind``.
        Sorts: name, code, price."""
