"""``cabinet audit``: prove the audit trail, note where it ends."""

from __future__ import annotations

import re

import click

from cabinet.audit.anchors import anchors_path, current_anchor, read_anchors, write_anchor
from cabinet.audit.verify import Anchor
from cabinet.audit.verify import verify as verify_trail
from cabinet.cli.context import SiteContext, pass_site

_ANCHOR = re.compile(r"(\d+):([0-9a-f]{64})")


@click.group()
def audit() -> None:
    """The audit trail: verify, anchor."""


@audit.command("verify")
@click.option("--anchor", "given", metavar="NUMBER:HASH", multiple=True, help="A head that you noted elsewhere.")
@pass_site
def verify_command(site: SiteContext, given: tuple[str, ...]) -> int:
    """Hash the whole trail again by separate code, and say where it was tampered with."""
    anchors = [*read_anchors(anchors_path(site.settings)), *map(_anchor, given)]
    found = verify_trail(site.registry.cabinet_engine, anchors)
    counted = f"records {found.entries}, anchors {found.anchors}, head {found.head.seq}:{found.head.hash}"
    return site.proved(found, counted, "The audit trail is whole.")


@audit.command("anchor")
@pass_site
def anchor_command(site: SiteContext) -> None:
    """Note where the trail ends, in the file of anchors and on the screen: keep a copy outside of this machine."""
    anchor = current_anchor(site.registry.cabinet_engine)
    write_anchor(anchors_path(site.settings), anchor)
    site.output({"seq": anchor.seq, "hash": anchor.hash}, [f"{anchor.seq}:{anchor.hash}"])


def _anchor(text: str) -> Anchor:
    match = _ANCHOR.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"{text}: an anchor is NUMBER:HASH, as `cabinet audit anchor` prints it")
    return Anchor(int(match[1]), match[2])
