"""Building the application: a pure function of settings and modules, in named steps. It can run again from zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.session import JSONSerializer, SignedCookieSessionFactory

from cabinet.plugins.collect import collect, plugin_manager
from cabinet.plugins.discovery import LoadedModule
from cabinet.plugins.faults import BrokenModule, blaming
from cabinet.settings import Settings
from cabinet.web.areas import PREFIXES, area_routes
from cabinet.web.scopes import look_names_up_quickly
from cabinet.web.templates import compile_one_at_a_time

VISITOR_LIFE = timedelta(hours=4)


def configure(settings: Settings, modules: Sequence[LoadedModule], broken: Sequence[BrokenModule] = ()) -> Configurator:
    """A committed configurator for a site with ``modules``. Raises whatever is wrong with them, marked with whose fault it is.

    ``broken``: what was left out before, for the owner to see.
    """
    config = Configurator(settings=_pyramid_settings(settings))
    config.registry.cabinet_modules = tuple(modules)
    config.registry.cabinet_broken = tuple(broken)
    config.registry.cabinet_request_factory = Request
    for step in STEPS:
        step(config, settings, modules)
    config.commit()
    return config


def _pyramid_settings(settings: Settings) -> dict[str, Any]:
    return {
        "cabinet.settings": settings,
        "tm.manager_hook": "pyramid_tm.explicit_manager",
        "tm.commit_veto": "cabinet.web.errors.commit_veto",
        "tm.annotate_user": False,
        "retry.attempts": 3,
        "pyramid.prevent_http_cache": False,
    }


def transactions(config: Configurator, _settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """One transaction a request, tried again when the database says that two collided."""
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    config.include("cabinet.db.session")


def contributions(config: Configurator, _settings: Settings, modules: Sequence[LoadedModule]) -> None:
    """What core and modules bring, collected once."""
    from cabinet.web import contributions as own

    manager = plugin_manager(modules, extra=[("core", own)])
    config.registry.cabinet_plugins = manager
    config.registry.cabinet_contributions = collect(manager)


def core_services(config: Configurator, _settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """The services of ``cabinet.interfaces``."""
    config.include("cabinet.services")
    config.include("cabinet.events")
    for package in (
        "clock",
        "audit",
        "preferences",
        "files",
        "fulltext",
        "imports",
        "numbering",
        "jobs",
        "notify",
        "personal",
        "history",
        "richtext",
        "identity.services",
        "switches",
        "audience",
        "activity",
        "erasing",
        "security.rate_limit",
    ):
        config.include(f"cabinet.{package}")


def models(_config: Configurator, _settings: Settings, modules: Sequence[LoadedModule]) -> None:
    """Each module's tables: its own, and whole. A bad mapping shows here, not in somebody's first query."""
    from cabinet.db.base import check_models

    for module in modules:
        with blaming(module.info.id, "models"):
            module.part("models")
            check_models(module.name, module.info.id)


def module_services(config: Configurator, _settings: Settings, modules: Sequence[LoadedModule]) -> None:
    """Each module's own ``includeme``."""
    for module in modules:
        if hasattr(module.package, "includeme"):
            with blaming(module.info.id, "includeme"):
                config.include(module.name)


def visitor_session(config: Configurator, settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """A short-lived signed cookie for notes between two pages. Who is signed in never stands in it."""
    from cabinet.keys import derive
    from cabinet.security.policy import cookie_name

    config.set_session_factory(
        SignedCookieSessionFactory(
            derive(settings, "visitor-session"),
            cookie_name=cookie_name("cabinet-visit", settings),
            serializer=JSONSerializer(),
            httponly=True,
            secure=settings.secure_cookies,
            samesite="Lax",
            timeout=int(VISITOR_LIFE.total_seconds()),
            reissue_time=600,
            set_on_exception=True,
        )
    )


def security(config: Configurator, _settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """Policy, CSRF before permission, headers on everything."""
    config.include("cabinet.security.policy")
    config.include("cabinet.security.csrf")
    config.include("cabinet.security.headers")
    config.include("cabinet.security.hosts")
    config.include("cabinet.web.requests")


def languages(config: Configurator, _settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """Choosing a language, catalogues of core and modules, formatting."""
    config.include("cabinet.i18n")


def templates(config: Configurator, _settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """Chameleon, what every template knows, the theme's assets and overrides."""
    compile_one_at_a_time()
    look_names_up_quickly()
    config.include("pyramid_chameleon")
    config.include("cabinet.web.rendering")
    config.include("cabinet.web.assets")


def routes(config: Configurator, _settings: Settings, modules: Sequence[LoadedModule]) -> None:
    """Areas and their routes: the core's, then each module's ``routes.py``."""
    from cabinet.web import routes as own

    config.include("cabinet.web.areas")
    config.include("cabinet.web.table_pages")
    for area in PREFIXES:
        if add := getattr(own, area, None):
            with area_routes(config, area):
                add(config)
        for module in modules:
            with blaming(module.info.id, "routes"):
                if add := getattr(module.part("routes"), area, None):
                    with area_routes(config, area, module.info.id):
                        add(config)


def views(config: Configurator, _settings: Settings, modules: Sequence[LoadedModule]) -> None:
    """Find the decorated views."""
    config.include("cabinet.web.errors")
    config.include("cabinet.web.trace")
    config.include("cabinet.web.exports")
    config.scan("cabinet.web.views")
    for module in modules:
        with blaming(module.info.id, "views"):
            if (package := module.part("views")) is not None:
                config.scan(package)


def proof(config: Configurator, _settings: Settings, _modules: Sequence[LoadedModule]) -> None:
    """What can be proved at start is proved: a site that would leak or break does not start."""
    from cabinet.web.proof import prove

    config.commit()
    prove(config)


Step = Callable[[Configurator, Settings, Sequence[LoadedModule]], None]

STEPS: tuple[Step, ...] = (
    transactions,
    core_services,
    contributions,
    models,
    module_services,
    visitor_session,
    security,
    languages,
    templates,
    routes,
    views,
    proof,
)
