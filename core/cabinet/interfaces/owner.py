"""What the owner decides: settings, modules on and off, the erasing of their data."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class ISettings(Interface):
    """What the owner has set for the site (hook ``cabinet_settings``). A change holds from the next request of every process."""

    def get(name):
        """The value that holds: the owner's, else the default; of a picture the id of its file. KeyError for an unknown name."""

    def own(name):
        """Whether the owner has set it."""

    def states():
        """SettingState of every setting, in the order of the modules; secrets are not told."""

    def change(values):
        """Write name → value (None: back to the default) as one audited act; names of what changed. SettingError, KeyError."""


class ISwitches(Interface):
    """Which module is on, for the site and for a client. Read once a request; a change is seen by the next request everywhere."""

    def on(module_id):
        """Whether the module and all it requires are on for the site. True for the core."""

    def on_for(module_id, client_id):
        """Whether it is on for the site and for this client."""

    def closed_for(module_id, client_ids):
        """The set of those among ``client_ids`` for whom it is off: who works on many clients leaves these out."""

    def check(module_id, client_ids=()):
        """ModuleOffError where it is off for the site or for one of ``client_ids``."""

    def gone(module_id):
        """Whether the module is off and what it held was erased: there is nothing to ask it about."""

    def closed_modules():
        """Ids of the loaded modules that are off for the site."""

    def states():
        """ModuleState of every loaded module, in the order of the graph."""

    def exceptions(module_id, limit=50):
        """Clients whose own setting differs from the module's default, by name: Exceptional rows."""

    def of_client(client_id):
        """ClientModule of every module that is on for the site."""

    def switch(module_id, on):
        """Switch a module for the site; whether anything changed. NotFoundError; ConflictError where it requires one that is off."""

    def set_default(module_id, clients):
        """Say whom it is for: ``on`` (all but exceptions), ``list`` (exceptions alone), ``off`` (nobody). NotFoundError."""

    def switch_client(module_id, client_id, on):
        """Switch a module for one client; whether anything changed. NotFoundError; ConflictError."""


class IModuleEraser(Interface):
    """Takes the data of a module that is off, or no longer installed, away. A copy is kept in the site's ``backups`` folder."""

    def left_behind():
        """Ids of modules that are not installed any more and whose data are still here."""

    def preview(module_id):
        """Belongings: what would go, what would stay, and why it cannot be now. NotFoundError."""

    def begin(module_id, typed):
        """Start the work, a Job. NotConfirmedError where ``typed`` is not the id; ConflictError where it cannot be now."""


class IHealthHistory(Interface):
    """How the parts of the site were during the last day."""

    def note(tones):
        """Keep how the parts are now: a dict of HealthPart names to good, warn or bad. What is older than a day is forgotten."""

    def last_day():
        """LastDay: ``known``, whether anybody looked; ``of(part)``, an Hour (begins, tone) for each of the last twenty-four."""
