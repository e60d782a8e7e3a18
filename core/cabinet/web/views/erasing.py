"""The owner's page where the data of a module are taken away."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config
from wtforms import StringField

from cabinet.erasing.copying import FOLDER
from cabinet.erasing.services import Belongings
from cabinet.interfaces import IModuleEraser
from cabinet.texts import _
from cabinet.web.answers import go, say
from cabinet.web.forms import Form


class EraseForm(Form):
    """The id of the module, typed by hand: nobody erases by a slip of the finger."""

    typed = StringField(_("The module’s id"))


@view_config(
    route_name="cabinet.site.module.erase",
    request_method=("GET", "POST"),
    permission="core:modules:erase",
    renderer="cabinet:templates/module_erase.pt",
)
def erase(request: Any) -> Any:
    """What would go and what would stay; begin the work once the id was typed."""
    found: Belongings = request.context.subject
    form = EraseForm(request)
    if form.submitted():
        with form.catching():
            request.find_service(IModuleEraser).begin(found.id, form.typed.data or "")
            say(request, _("Erasing has begun: what is going on stands here."))
            return go(request, "cabinet.site.jobs")
    return {"module": found, "form": form, "folder": FOLDER}
