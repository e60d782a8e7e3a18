"""Bank statements: loaded, decided line by line, matched again. Amounts are integer minor units unless said otherwise."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IStatementDesk(Interface):
    """Where statements are handed in. `statements.desk.import_file` drives a whole import through it."""

    def receive(content, name, *, key=None, accounts=None):
        """Keep the bytes of a file before reading them; the StatementFile. Bytes that were imported before: that file again.

        ``accounts``: currency → our account (``""``: of any), for a table that names none.
        """

    def plan(file, *, confirmed=False, progress=None):
        """FilePlan of a received file; nothing is written. StatementRefusedError."""

    def guide(accounts=None):
        """The `statements.tables.guide.TableGuide` tables are read by; ``accounts`` as for ``receive``."""

    def inspect(file):
        """The `statements.tables.inspecting.Inspection` of a received table: its header, first rows and what they are taken for."""

    def answer(file, accounts):
        """Let a table be read again whose columns or ``accounts`` a person has named. ConflictError where it was decided."""

    def refuse(file, error):
        """Remember why a file was refused."""

    def resume(file):
        """Let a file that was refused for its account be read once more. ConflictError where nothing of ours can mend it."""

    def show(file, plan):
        """Keep a plan for a person to look at."""

    def preview(file):
        """The Preview kept with a file. ConflictError where it was decided meanwhile."""

    def confirm(file):
        """Have a person's yes: ``file`` is to be written. ConflictError where it was decided meanwhile."""

    def discard(file):
        """Call a loading off."""

    def release(file):
        """Apply what was held, since a person confirms. ConflictError where nothing is held."""

    def stake(file):
        """The `statements.withdrawing.Stake`: what goes where an imported file is taken back. ConflictError where something later stands
        on it: days that are closed, or a later file whose operations were known from this one."""

    def ask_back(file):
        """Have a person's word that ``file`` is to be taken back. ConflictError as for ``stake``."""

    def take_back(file):
        """Take a whole imported file back: its money leaves the books, its lines stand for nothing; the Stake. ConflictError."""

    def keep(file):
        """Leave a file as it is that was asked back and cannot be."""

    def made_of(line):
        """Sequence of the parts of a StatementLine (`statements.models.Breakdown.parts`) where a notification of the bank told them."""

    def write(file, plan):
        """Write a plan, all or nothing; the Statements. StalePlanError where the books changed since it was made."""

    def find(public_id):
        """The StatementFile with its statements, or None."""

    def listing(query):
        """Page of files."""


class IStatementFormats(Interface):
    """The formats that statements are read in: finsystem's own, and those of other modules (hook ``finsystem_statement_formats``)."""

    def reading():
        """The `IStatementFormat` objects a file is read with now: of modules that are on, in the order in which a draw is decided."""

    def titles():
        """Names for people by id, also of formats whose module is off now."""


class IStatementQueue(Interface):
    """Lines that wait for a person, and every decision about a line, each of which can be undone."""

    def counts():
        """(all, in, out): how many lines wait."""

    def waiting(query):
        """Page of lines that wait; filter ``direction``: in or out; search in name and purpose."""

    def around(line, query):
        """`statements.places.Around`: the lines that wait beside ``line`` (None: from the latest on), its place among them, and its
        neighbours; filter and search as for ``waiting``."""

    def following(line, query):
        """Public id of the line to go on with after ``line``, or None: the next older one that waits, else the latest."""

    def done_today(limit):
        """`statements.places.Done`: what the acting person has decided today, the latest ``limit`` of it one by one."""

    def find(public_id):
        """One StatementLine, or None."""

    def credit(line, client_id, allocations, *, learn=False):
        """It is a client's payment (or a refund to him): book it, put it onto invoices; remember whose the account is with ``learn``."""

    def split(line, parts):
        """It is money of several clients: a sequence of `statements.splitting.NewPart`, each with its invoices. One act, one undo.
        AllocationError where the parts do not add up, or where invoices do not take them; nothing is changed then."""

    def of_payment(payment):
        """The StatementLine that a Payment came with, or None; within the scope."""

    def parts(lines):
        """dict of the id of a line → the Payments it is split into, for those of ``lines`` that are."""

    def sort(line, article_id):
        """It is no client's money: book it on an article."""

    def transfer(line):
        """It went between our own accounts, or to and from the owners' pockets: no profit, no loss."""

    def undo(line):
        """Take the decision back: the line waits again."""

    def lines(query, *, file_id=None, state=None):
        """Page of lines of a file, or in a state."""


class IRematching(Interface):
    """Lines that wait for a person, matched anew. `statements.rematching.match_again` drives the whole of it."""

    def plan(*, progress=None):
        """RematchPlan of what waits now; nothing is written. Lines of held statements are no part of it."""

    def write(plan):
        """Write a plan whole; Rematched. What a person decided meanwhile stays; what he took back stays a question. StalePlanError."""


class IColumnMappings(Interface):
    """What people said the columns of banks' tables are; one `statements.models.TableMapping` a header."""

    def known():
        """dict of the key of a header → `statements.tables.mapping.ColumnMapping`."""

    def all():
        """Sequence of TableMapping, the latest first."""

    def find(public_id):
        """One TableMapping, a forgotten one too, or None."""

    def save(header, mapping, name):
        """Keep a ColumnMapping for ``header`` (names of columns), in the place of an earlier one; the TableMapping. MappingError."""

    def remove(row):
        """Forget a TableMapping."""

    def restore(row):
        """Take the forgetting back."""


class IMatchingCare(Interface):
    """What the owner decides of matching: which proven payments are asked about first, which payers are remembered."""

    def cautions():
        """frozenset of `statements.matching.cautions.Caution` that are asked about first."""

    def ask_first(code, *, asked):
        """Ask about what ``code`` tells first, or trust it again. NotFoundError where there is no such caution."""

    def payers(query):
        """Page of LearnedPayer that are remembered. Search: account, INN. Sorts: learned, times."""

    def find(public_id):
        """One LearnedPayer, a forgotten one too, or None."""

    def forget(payer):
        """What was learned of an account is no evidence any more."""

    def remember(payer):
        """Take the forgetting back."""
