"""Reminders to pay. Amounts are integer minor units."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IDunning(Interface):
    """Steps of reminding, and the reminding itself. Values: `dunning.values`; rows: `dunning.models`."""

    def seed():
        """The usual steps, all off, where there are none at all."""

    def steps():
        """list of DunningStep, by their days."""

    def find(public_id):
        """One DunningStep, a removed one too, or None."""

    def add(data):
        """A new DunningStep from StepData, off. DunningError."""

    def change(step, data):
        """Other days or words; whether anything is other. What was told stays told. DunningError."""

    def check(data, step=None):
        """Whether a new step, or ``step``, may look so. DunningError."""

    def back(step):
        """Give it the days and words it had before it was changed last. DunningError."""

    def switch(step, *, on):
        """Let it tell from today on, or no more."""

    def switch_all(*, on):
        """The same for all."""

    def remove(step):
        """Take it away; what was told by it stays."""

    def restore(step):
        """Take the removal back. DunningError where another step has its days by now."""

    def leave_out(client_id):
        """Remind this client no more."""

    def take_in(client_id):
        """Remind him again."""

    def left_out(client_id):
        """Whether he is not reminded."""

    def due(today):
        """Ids of clients who may have to be told of something today, in one query."""

    def tell(client_id, today):
        """Tell a client's people, in one notice, of his invoices whose newest step that has come was not told: never twice by a step. How
        many invoices; nothing is kept as told where nobody could be."""

    def overdue(client_id, today):
        """list of Invoice of a client that are late on day ``today`` and that his free money does not pay, the earliest due first."""

    def words_of(client_id, today):
        """Facts of the letter that ``remind`` would write, or None where nothing is overdue."""

    def remind(client_id, today):
        """Tell a client's people now, in one notice, of all that is overdue, whatever the steps say; how many people. One a day, with what
        steps tell. DunningError where he is left out, nothing is overdue or nobody is told."""

    def last_told(client_id):
        """The instant of his latest reminder, or None."""

    def current(notice):
        """Facts of a reminder as they are now, with words of the steps; None where nothing of it is owed any more."""

    def sample(step):
        """Facts of a made-up invoice, to show what a DunningStep or StepData would say."""

    def told_of(invoice_id):
        """list of Told, the latest first."""
