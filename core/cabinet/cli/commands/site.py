"""Making a site, serving it, its workers, and what would stop it."""

from __future__ import annotations

from pathlib import Path

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.security.hosts import is_loopback


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--database", metavar="URL", help="An SQLAlchemy URL; SQLite beside cabinet.toml without it.")
@click.option("--locale", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@pass_site
def init(site: SiteContext, folder: Path, database: str | None, locale: str) -> None:
    """Make a new site and print the owner's one-time sign-in link."""
    from cabinet.cli.making import make_site

    made = make_site(folder, locale=locale, database=database)
    site.output(
        {"config": str(made.config), "link": made.owner_link},
        [
            f"The site is in {made.config.parent}",
            "Start it:     cabinet serve --config " + str(made.config),
            f"Owner's link: {made.owner_link}",
        ],
    )


@click.command()
@click.option("--dir", "folder", default="var/demo", type=click.Path(path_type=Path), show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=6543, show_default=True)
@click.option("--no-serve", is_flag=True, help="Only make the site.")
@click.option("--no-worker", is_flag=True, help="Serve without background work.")
@pass_site
def demo(site: SiteContext, folder: Path, host: str, port: int, no_serve: bool, no_worker: bool) -> None:
    """A filled site of a made-up firm. Its passwords are public: loopback only."""
    from cabinet.cli.demo import open_demo
    from cabinet.cli.serving import serve_site

    if not is_loopback(host):
        raise click.UsageError(
            "The demo's passwords are printed for everybody: it is served on the loopback address only."
        )
    made = open_demo(folder, host, port, report=lambda line: click.echo(line, err=True))
    lines = [f"http://{host}:{port}", *(f"  {who.role:10} {who.email:32} {who.password}" for who in made.logins)]
    site.output({"url": f"http://{host}:{port}", "logins": [who.as_json() for who in made.logins]}, lines)
    if not no_serve:
        serve_site(made.config, host=host, port=port, threads=4, processes=1, with_worker=not no_worker)


@click.command()
@click.option("--host", help="Address to listen on; server.host of cabinet.toml without it.")
@click.option("--port", type=int)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64))
@click.option("--no-worker", is_flag=True, help="Serve without background work: `cabinet worker` does it.")
@pass_site
def serve(
    site: SiteContext, host: str | None, port: int | None, processes: int, threads: int | None, no_worker: bool
) -> None:
    """Serve the site."""
    from cabinet.cli.serving import serve_site

    server = site.settings.server
    if processes > 1:
        site.registry  # noqa: B018 - a site that cannot start says so once, not in every process
        site.close()
    serve_site(
        site.config_path,
        host=host or server.host,
        port=port or server.port,
        threads=threads or server.threads,
        processes=processes,
        with_worker=not no_worker,
    )


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True)
@pass_site
def worker(site: SiteContext, threads: int) -> None:
    """Run background work until stopped."""
    from cabinet.cli.serving import run_worker

    run_worker(site.registry, threads)


@click.command()
@pass_site
def check(site: SiteContext) -> int:
    """Say what would stop the site, in plain words."""
    from cabinet.cli.checking import problems

    found = [{"code": code, "message": site.translate(message)} for code, message in problems(site)]
    site.output(
        {"ok": not found, "problems": found}, [f"✗ {p['message']}" for p in found] or ["Everything is in order."]
    )
    return 1 if found else 0
