"""For whom an article, a question, a board is."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IAudiences(Interface):
    """Audiences, kept once each, and who is in one. A row keeps ``audience_id``; whoever lists rows filters by ``visible``.

    Values: ``cabinet.audience.values``. Groups of clients come from the hook ``cabinet_audience_groups``; those of a module that is off
    hold nobody.
    """

    def keep(audience):
        """The id of an Audience, equal ones alike. An id never comes to mean anything else: changing a row's audience is another id."""

    def get(audience_id):
        """The Audience behind an id; KeyError."""

    def reader(context):
        """The Reader who stands in an area's context: the client of ``/my/<client>``, one of us in the office, elsewhere a guest."""

    def visible(column, reader):
        """A criterion for any statement: that ``column``, an id of an audience, is one that ``reader`` is in. It asks nothing by itself."""

    def sees(audience_id, reader):
        """Whether ``reader`` is in the audience."""

    def clients(audience, permission=""):
        """Internal ids, sorted, of the clients in an Audience who are served today and within the session's scope. ``permission``, of the
        module that asks: those for whom that module is off are left out."""

    def readers(audience, permission=""):
        """Readers (clients, people): how many clients are in it and how many of their people can come in and hold ``permission``."""

    def answer(audience_id, user, *, my="", office=""):
        """Answer (sees, why) for a User, or for a guest (None): whether he sees it, by which way, or why not. ``my`` and ``office``: the
        permissions that the pages ask of a client's people and of ours. Clients that who asks does not see count for nothing."""

    def seeing(user, *, my="", office=""):
        """A function of an audience's id: whether a User sees what is for it today. Each audience is asked once."""

    def choices():
        """GroupChoice rows: the groups of clients that an audience may be chosen of, source by source."""

    def members(audience, permission=""):
        """The Membership rows, with user and client, of the clients' people who see what is for an Audience: by client, then by name."""

    def colleagues(permission=""):
        """The User rows of our own people who come into the office and hold ``permission``, by name."""

    def told(audience_id):
        """An audience in words: a list of TranslationStrings and texts."""

    def told_many(audience_ids):
        """The same for a list, id → words, at the cost of one."""
