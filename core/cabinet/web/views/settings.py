"""The owner's settings of the site: one page made of what the core and the modules declare."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config
from wtforms import BooleanField, FileField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import ColorInput

from cabinet.errors import DomainError
from cabinet.files.images import clean_image
from cabinet.interfaces import IAuditLog, IFileStore, IMailer, IPeople, ISettings
from cabinet.plugins.contributions import Setting
from cabinet.preferences import effective
from cabinet.preferences.kinds import checked
from cabinet.texts import _
from cabinet.web.answers import go, say
from cabinet.web.forms import Form
from cabinet.web.letters import send_letter
from cabinet.web.own_settings import MAIL
from cabinet.web.slots import slot

RIGHT = "core:settings:manage"
TEMPLATE = "cabinet:templates/site_settings.pt"
SIGN_PIXELS = 256


class ColorField(StringField):  # type: ignore[misc]
    """A colour, chosen in the browser's own way."""

    widget = ColorInput()


def settings_form(request: Any, states: list[Any]) -> Form:
    """A form with a field for each of ``states``; a picture and a secret that are left empty stay as they are."""
    fields = {_field_name(state.setting): _field(request, state) for state in states}
    made: Form = type("SettingsForm", (Form,), fields)(request)
    return made


@view_config(route_name="cabinet.site.settings", request_method="GET", permission=RIGHT, renderer=TEMPLATE)
def settings(request: Any) -> dict[str, Any]:
    """What is set, and by whom."""
    states = request.find_service(ISettings).states()
    return _page(request, settings_form(request, states), states)


@view_config(route_name="cabinet.site.settings", request_method="POST", permission=RIGHT, renderer=TEMPLATE)
def change(request: Any) -> Any:
    """Write all that is other than before, in one act."""
    states = request.find_service(ISettings).states()
    form = settings_form(request, states)
    changed = _written(request, form, states)
    if changed is None:
        return _page(request, form, states)
    say(request, _("Saved.") if changed else _("Nothing was other than before."))
    return go(request, "cabinet.site.settings")


@view_config(route_name="cabinet.site.setting.reset", request_method="POST", permission=RIGHT)
def reset(request: Any) -> Any:
    """Back to what it is by default."""
    name = request.matchdict["setting"]
    if name not in request.registry.cabinet_contributions.settings:
        raise HTTPNotFound
    request.find_service(ISettings).change({name: None})
    say(request, _("It is as it was by default."))
    return go(request, "cabinet.site.settings")


@view_config(route_name="cabinet.site.settings.mail", request_method="POST", permission=RIGHT, renderer=TEMPLATE)
def test_mail(request: Any) -> Any:
    """A letter to oneself, to see that mail goes out with what stands in the form, which is written first."""
    states = request.find_service(ISettings).states()
    form = settings_form(request, states)
    if any(field.name in request.POST for field in form) and _written(request, form, states) is None:
        return _page(request, form, states)
    user = request.find_service(IPeople).get(request.identity.user_id)
    if request.find_service(IMailer).configured and send_letter(request, user, "test", {}):
        request.find_service(IAuditLog).record(
            "core.letter.tested", kind="user", public_id=user.public_id, title=user.email
        )
        say(request, _("A letter is on its way to ${address}.", mapping={"address": user.email}))
    else:
        say(request, _("This site sends no mail yet: name a server and a sender first."), kind="bad")
    return go(request, "cabinet.site.settings")


def _written(request: Any, form: Form, states: list[Any]) -> frozenset[str] | None:
    """Names of what was written; None where something is wrong: then nothing is, and each field says what it cannot be."""
    changed: frozenset[str] = frozenset()
    if form.submitted():
        typed = _typed(request, form, states)
        with form.catching():
            if not form.errors:
                changed = request.find_service(ISettings).change(typed)
                _check_mail(request, form)
    if form.errors or form.form_errors:
        request.tm.doom()
        return None
    return changed


def _page(request: Any, form: Form, states: list[Any]) -> dict[str, Any]:
    sections = groupby(sorted(states, key=_order(states)), key=lambda state: state.setting.section)
    return {
        "form": form,
        "sections": [
            (title, [(state, form[_field_name(state.setting)]) for state in group]) for title, group in sections
        ],
        "mail": MAIL,
        "more": slot(request, "cabinet.site.settings", None),
        "limit": request.registry.settings["cabinet.settings"].files.max_size,
    }


def _order(states: list[Any]) -> Any:
    titles = list(dict.fromkeys(state.setting.section for state in states))
    return lambda state: titles.index(state.setting.section)


def _field_name(setting: Setting) -> str:
    return setting.name.replace(".", "__")


def _field(request: Any, state: Any) -> Any:
    setting: Setting = state.setting
    about = {"description": setting.help, "default": state.value}
    match setting.kind:
        case "choice":
            choices = [SelectChoice(value, request.localizer.translate(title)) for value, title in setting.choices]
            return SelectField(setting.title, choices=choices, **about)
        case "switch":
            return BooleanField(setting.title, **about)
        case "number":
            return IntegerField(setting.title, **about)
        case "color":
            return ColorField(setting.title, **about)
        case "secret":
            return PasswordField(setting.title, description=setting.help)
        case "picture":
            return FileField(setting.title, description=setting.help)
        case _:
            return StringField(setting.title, **about)


def _typed(request: Any, form: Form, states: list[Any]) -> dict[str, Any]:
    """Name → value of what was sent and is other than what holds now. What a setting cannot be is said at its field."""
    typed: dict[str, Any] = {}
    for state in states:
        setting, field = state.setting, form[_field_name(state.setting)]
        try:
            if setting.kind == "picture":
                if getattr(field.data, "filename", ""):
                    typed[setting.name] = _kept(request, setting, field.data)
            elif field.data if setting.kind == "secret" else field.data != state.value:
                typed[setting.name] = checked(setting, field.data)
        except DomainError as error:
            form.refuse(error.message, field.name)
    return typed


def _kept(request: Any, setting: Setting, upload: Any) -> int:
    owner = request.registry.cabinet_contributions.owner_of(setting)
    content = clean_image(upload.file.read(), max_px=SIGN_PIXELS)
    stored = request.find_service(IFileStore).put(content, name="sign.png", media_type="image/png", module=owner)
    return int(stored.id)


def _check_mail(request: Any, form: Form) -> None:
    mail = effective(request).mail
    if mail.host and not mail.sender:
        form.refuse(_("Letters need a sender where a server is named."), "core__mail_sender")
