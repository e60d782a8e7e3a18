"""Routes of the core's own pages."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IModuleEraser
from cabinet.web import loaders
from cabinet.web.bell import own_notice
from cabinet.web.proving import password_asked
from cabinet.web.views import drafts
from cabinet.web.views.personal import own_export
from cabinet.web.views.viewing import membership_to_look_through


def public(config: Any) -> None:
    """Doors, and what everybody may reach."""
    config.add_area_route("cabinet.public.home", "/")
    config.add_area_route("cabinet.public.sign_in", "/sign-in")
    config.add_area_route("cabinet.public.second_step", "/sign-in/code")
    config.add_area_route("cabinet.public.sign_out", "/sign-out")
    config.add_area_route("cabinet.public.link", "/welcome/{token}")
    config.add_area_route("cabinet.public.join", "/join/{token}")
    config.add_area_route("cabinet.public.forgot", "/forgot")
    config.add_area_route("cabinet.public.language", "/language/{lang}")
    config.add_area_route("cabinet.public.account", "/account")
    config.add_area_route("cabinet.public.account.security", "/account/security")
    config.add_area_route("cabinet.public.account.password", "/account/password")
    config.add_area_route("cabinet.public.account.email", "/account/email")
    config.add_area_route("cabinet.public.account.second", "/account/second-step")
    config.add_area_route("cabinet.public.account.second.begin", "/account/second-step/begin")
    config.add_area_route("cabinet.public.account.second.codes", "/account/second-step/codes")
    config.add_area_route("cabinet.public.account.second.off", "/account/second-step/off")
    config.add_area_route("cabinet.public.account.sessions", "/account/sessions")
    config.add_area_route("cabinet.public.account.sessions.others", "/account/sessions/others/end")
    config.add_area_route("cabinet.public.account.sessions.end", "/account/sessions/{session}/end")
    config.add_area_route("cabinet.public.account.data", "/account/data")
    config.add_area_route("cabinet.public.account.data.file", "/account/data/{export}", load=own_export)
    config.add_area_route("cabinet.public.draft", "/drafts", before=drafts.save_counted)
    config.add_area_route("cabinet.public.draft.discard", "/drafts/discard", uploads=True)
    config.add_area_route("cabinet.public.draft.preview", "/drafts/preview")
    config.add_area_route("cabinet.public.draft.files", "/drafts/files", before=drafts.upload_counted, uploads=True)
    config.add_area_route("cabinet.public.draft.file", "/drafts/files/{file}", load=drafts.own_file)
    config.add_area_route("cabinet.public.viewing.end", "/viewing/end")
    config.add_area_route("cabinet.public.clients", "/clients")
    config.add_area_route("cabinet.public.account.notices", "/account/notices")
    config.add_area_route("cabinet.public.email", "/confirm-email/{token}")
    config.add_area_route("cabinet.public.health.live", "/health/live")
    config.add_area_route("cabinet.public.health.ready", "/health/ready")
    config.add_area_route("cabinet.public.sign", "/brand/sign")
    config.add_area_route("cabinet.public.colors", "/brand/colors.css")
    config.add_area_route("cabinet.public.vocabulary", "/vocabulary")


def my(config: Any) -> None:
    """A client's home, what his people were told of, and the way to it from another client of the same person."""
    config.add_area_route("cabinet.my.home", "/")
    config.add_area_route("cabinet.my.search", "/search")
    config.add_area_route("cabinet.my.colleagues", "/colleagues")
    config.add_area_route("cabinet.my.colleagues.new", "/colleagues/new", before=loaders.invited_anew)
    config.add_area_route(
        "cabinet.my.colleague.role", "/colleagues/{user}/role", load=loaders.colleague, before=password_asked
    )
    config.add_area_route("cabinet.my.colleague.withdraw", "/colleagues/{user}/withdraw", load=loaders.colleague)
    config.add_area_route(
        "cabinet.my.invitation.again",
        "/invitations/{invitation}/again",
        load=loaders.invitation,
        before=loaders.invited,
    )
    config.add_area_route("cabinet.my.invitation.drop", "/invitations/{invitation}/drop", load=loaders.invitation)
    config.add_area_route("cabinet.my.enter", "/enter")
    _notices(config, "my")


def office(config: Any) -> None:
    """The home of managers and the head, search, notices, and the progress of long work."""
    config.add_area_route("cabinet.office.home", "/")
    _notices(config, "office")
    config.add_area_route("cabinet.office.search", "/search")
    config.add_area_route("cabinet.office.activity", "/activity")
    config.add_area_route("cabinet.office.activity.person", "/activity/{person}", load=loaders.one_of_ours)
    config.add_area_route("cabinet.office.jobs", "/jobs")
    config.add_area_route("cabinet.office.job", "/jobs/{job}")
    config.add_area_route("cabinet.office.audience", "/audience")
    config.add_area_route("cabinet.office.view_as", "/view-as/{client}/{user}", load=membership_to_look_through)
    config.add_area_route("cabinet.office.client_module.on", "/client-modules/{client}/{module}/on")
    config.add_area_route("cabinet.office.client_module.off", "/client-modules/{client}/{module}/off")


def site(config: Any) -> None:
    """The owner's home."""
    config.add_area_route("cabinet.site.home", "/")
    config.add_area_route("cabinet.site.search", "/search")
    _notices(config, "site")
    config.add_area_route("cabinet.site.users", "/users")
    config.add_area_route("cabinet.site.users.new", "/users/new")
    config.add_area_route("cabinet.site.users.sign_out", "/users/sign-out")
    config.add_area_route("cabinet.site.user.roles", "/users/{user}/roles")
    config.add_area_route("cabinet.site.user.data", "/users/{user}/data")
    config.add_area_route("cabinet.site.user.link", "/users/{user}/link")
    config.add_area_route("cabinet.site.user.sign_out", "/users/{user}/sign-out")
    config.add_area_route("cabinet.site.user.second_step", "/users/{user}/second-step")
    config.add_area_route("cabinet.site.user.disable", "/users/{user}/disable")
    config.add_area_route("cabinet.site.user.enable", "/users/{user}/enable")
    config.add_area_route("cabinet.site.settings", "/settings", uploads=True)
    config.add_area_route("cabinet.site.settings.mail", "/settings/mail/test", uploads=True)
    config.add_area_route("cabinet.site.setting.reset", "/settings/{setting}/reset", uploads=True)
    config.add_area_route("cabinet.site.roles", "/roles")
    config.add_area_route("cabinet.site.roles.new", "/roles/new", before=password_asked)
    config.add_area_route("cabinet.site.role", "/roles/{role}", load=loaders.custom_role, before=password_asked)
    config.add_area_route(
        "cabinet.site.role.remove", "/roles/{role}/remove", load=loaders.custom_role, before=password_asked
    )
    config.add_area_route("cabinet.site.health", "/health")
    config.add_area_route("cabinet.site.health.report", "/health/report.txt")
    config.add_area_route("cabinet.site.audit", "/audit")
    config.add_area_route("cabinet.site.jobs", "/jobs")
    config.add_area_route("cabinet.site.job.retry", "/jobs/{job}/retry")
    config.add_area_route("cabinet.site.job.cancel", "/jobs/{job}/cancel")
    config.add_area_route("cabinet.site.mail", "/mail")
    config.add_area_route("cabinet.site.mail.retry_all", "/mail/retry")
    config.add_area_route("cabinet.site.mail.try_now", "/mail/try-now")
    config.add_area_route("cabinet.site.mail.retry", "/mail/{letter}/retry")
    config.add_area_route("cabinet.site.modules", "/modules")
    config.add_area_route("cabinet.site.module.on", "/modules/{module}/on")
    config.add_area_route("cabinet.site.module.off", "/modules/{module}/off")
    config.add_area_route("cabinet.site.module.erase", "/modules/{module}/erase", load=module_belongings)
    config.add_area_route("cabinet.site.module.clients", "/modules/{module}/clients")
    config.add_area_route("cabinet.site.module.clients.undo", "/modules/{module}/clients/{clients}")


def module_belongings(request: Any, _context: Any) -> Any:
    """What the module of the path holds."""
    return request.find_service(IModuleEraser).preview(request.matchdict["module"])


def _notices(config: Any, area: str) -> None:
    config.add_area_route(f"cabinet.{area}.notices", "/notices")
    config.add_area_route(f"cabinet.{area}.notices.read", "/notices/read")
    config.add_area_route(f"cabinet.{area}.notice", "/notices/{notice}", load=own_notice)
