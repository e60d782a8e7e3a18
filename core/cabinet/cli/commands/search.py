"""``cabinet search``: the index of texts."""

from __future__ import annotations

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.fulltext.rebuilding import rebuild


@click.group()
def search() -> None:
    """The index by which texts are found: make it anew."""


@search.command("rebuild")
@pass_site
def rebuild_command(site: SiteContext) -> None:
    """Read all texts again and index them: after an update that reads words in another way. The site may run meanwhile."""
    counted = rebuild(site.registry, lambda: site.unit_of_work("search rebuild"))
    site.output({"texts": counted}, [f"{kind:30} {count:>10}" for kind, count in counted.items()])
