"""What our people are called: by their role, and by their name."""

from __future__ import annotations

from typing import Any

from cabinet.i18n import localizer_of
from cabinet.texts import LANGUAGES, _

ROLES = [("manager", _("Manager")), ("head", _("Head")), ("owner", _("Owner"))]

WHAT = {
    "manager": _("Keeps clients, contracts, invoices and statements, answers requests."),
    "head": _("All that a manager does, and the reports: income, costs, debts, who does what."),
    "owner": _("Users, modules, health of the site. Sees no client's data, unless he is a manager or the head too."),
}


def own_name(request: Any, name: str) -> str:
    """``name``, unless it is only the title of a role, as the first owner's is until he changes it: then nothing."""
    # The command that makes the site names it in the site's language, whichever its reader has chosen since.
    languages = [localizer_of(request.registry, language) for language in LANGUAGES]
    titles = {localizer.translate(title) for localizer in languages for _role, title in ROLES}
    return "" if name.strip() in titles else name.strip()
