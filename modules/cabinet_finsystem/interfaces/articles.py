"""Articles of income and costs, and the rules that sort bank lines onto them. Amounts are integer minor units unless said otherwise."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IArticles(Interface):
    """The owner's tree of articles. Ids are internal."""

    def seed(locale):
        """Make the default tree (``ru`` or ``en``) where there is none yet; also adds system articles that are missing."""

    def system_id(code):
        """Id of an article that the program itself uses: ``advances``, ``unsorted``, … (`articles.defaults`). ArticleNotFoundError."""

    def tree(*, archived=False):
        """list of ArticleNode in the order of a report, each after its parent; one query."""

    def names():
        """Names of all articles by id, also of those put away: for lists that show where money went."""

    def get(article_id):
        """ArticleNode. ArticleNotFoundError."""

    def by_public_id(public_id):
        """ArticleNode. ArticleNotFoundError."""

    def find_or_create(names):
        """(dict name as given → id, list of names made): income articles by name; an empty name is the article "Sales"."""

    def missing(names):
        """Names that ``find_or_create`` would make."""

    def create(parent_id, name):
        """A new ArticleNode, last under its parent. ArticleError."""

    def rename(article_id, name):
        """ArticleNode with another name. ArticleError."""

    def move(article_id, parent_id, position):
        """ArticleNode in another place, with all under it. ArticleError."""

    def archive(article_id):
        """Offer it no more. ArticleError where the program needs it, others stand under it or a rule sorts lines onto it."""

    def restore(article_id):
        """Offer it again. ArticleError."""

    def used(article_id):
        """Whether anything names it: money, an invoice, a bank line, a rule, another article under it. One query."""

    def remove(article_id):
        """Take away an article that nothing names. ArticleError where something does, or the program needs it."""

    def rules():
        """list of Rule, as they are asked."""


class IArticleRules(Interface):
    """Rules that give an article to bank lines which are no client's payment: the first that holds decides."""

    def all():
        """list of Rule, switched off ones too, in order."""

    def by_public_id(public_id, *, removed=False):
        """Rule, of those that are asked or of the removed ones. ArticleNotFoundError."""

    def removed():
        """list of Rule that are asked no more, the latest removed first."""

    def add(new):
        """The Rule made of a NewRule, asked last. ArticleError."""

    def change(rule_id, new):
        """The Rule with other conditions, in its place. ArticleError."""

    def remove(rule_id):
        """Ask it no more."""

    def restore(rule_id):
        """Ask a removed one again, where it stood. ArticleNotFoundError."""

    def move(rule_id, position):
        """Ask it as number ``position``, from 0."""

    def planned(new, *, replaces=None):
        """(list of Rule as they would be asked with a NewRule last or in the place of ``replaces``, id of the new one among them).
        ArticleError where it makes no sense. Nothing is changed."""

    def preview(lines, new, *, replaces=None):
        """list of RuleEffect: which of ``lines`` (`statements.matching.book.Line`) would go elsewhere with a NewRule added, in the place
        of ``replaces``, or (``new`` None) without that rule. Nothing is changed."""


class IRuleTrials(Interface):
    """Article rules against lines that are past. Reads only."""

    def sorted_lines():
        """dict rule id → how many lines stand where it put them; one query."""

    def try_on(new, *, replaces=None):
        """`statements.trial.RuleTrial` of a NewRule, last or in the place of rule ``replaces``: which of the latest lines that are no
        client's money it would have sorted. ArticleError where it makes no sense."""
