"""The tree of commands: the core's, and what modules add. A module's group of a known name is merged into it."""

from __future__ import annotations

from typing import Any

import click

from cabinet import __version__
from cabinet.cli.context import SiteContext
from cabinet.settings import SettingsError


def command_tree(site: SiteContext) -> click.Group:
    """All commands of ``site``. Without a readable site, those of the installed modules."""
    from cabinet.cli.commands import audit, backup, database, module, people, search
    from cabinet.cli.commands import site as site_commands

    root = click.Group("cabinet", help="Cabinet: a self-hosted, modular client cabinet.", no_args_is_help=True)
    root = click.version_option(__version__, prog_name="cabinet")(root)
    for command in (
        site_commands.init,
        site_commands.demo,
        site_commands.serve,
        site_commands.worker,
        database.migrate_command,
        site_commands.check,
        people.user,
        module.module,
        audit.audit,
        search.search,
        backup.backup,
        backup.restore,
        backup.backup_key,
    ):
        root.add_command(command)
    for owner, command in _of_modules(site):
        try:
            merge(root, command)
        except (click.ClickException, AttributeError) as error:  # a clash, or no command at all
            click.echo(f"a command of the module {owner} is left out: {error}", err=True)
    return root


def merge(parent: click.Group, command: Any) -> None:
    """Add ``command``; a group that is there already takes its commands in."""
    known = parent.commands.get(command.name)
    if isinstance(known, click.Group) and isinstance(command, click.Group):
        for child in command.commands.values():
            merge(known, child)
        return
    if known is not None:
        raise click.ClickException(f"two modules bring the command {command.name}")
    parent.add_command(command)


def _of_modules(site: SiteContext) -> list[tuple[str, Any]]:
    """(owner, command): commands of the modules that have some to give. A broken module must not take the command away that tells of it."""
    from cabinet.plugins.collect import Collector, plugin_manager
    from cabinet.plugins.discovery import installed, survey, surviving

    try:
        modules = site.survey
    except SettingsError:  # what is named is still to be made, or to be mended: the command that needs it says so
        modules = survey(installed(), ())
    return surviving(modules, lambda found: _collected(Collector(plugin_manager(found.modules))))


def _collected(collector: Any) -> list[tuple[str, Any]]:
    commands = collector.items("cabinet_commands")
    return [(collector.owners[id(command)], command) for command in commands]
