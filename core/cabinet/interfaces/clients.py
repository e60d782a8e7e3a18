"""The core's own list of clients."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IClientDirectory(Interface):
    """The core's record of clients: who is served, by which manager."""

    def get(client_id):
        """The Client row with internal id, or None."""

    def by_public_id(public_id):
        """The Client row, or None."""

    def by_external_id(external_id):
        """The Client row by the code that people and other systems know it by, or None."""

    def create(*, name, external_id=None, manager_id=None):
        """A new Client; ``external_id`` defaults to its number."""

    def create_many(clients):
        """New clients from (external_id, name, manager_id), none of the ids taken: a list of (id, public id)."""

    def change_many(clients):
        """Write name and manager over what is stored, from (id, name, manager_id)."""
