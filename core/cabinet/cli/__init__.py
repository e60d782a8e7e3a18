"""The command line. People, deployments and checks drive the product through it; names, options and JSON keys are a contract."""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import click

from cabinet.cli.context import Options, SiteContext
from cabinet.cli.tree import command_tree
from cabinet.errors import DomainError
from cabinet.plugins.faults import said_of

EXIT_REFUSED = 1
EXIT_USAGE = 2
GARBAGE = (50_000, 20, 20)
"""When Python looks for cycles to free. By default it walks over everything that lives with every quarter that is added, which was a
fifth of the time of a bank statement's import and freed nothing."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    _log_to_stderr()
    gc.set_threshold(*GARBAGE)
    sys.exit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: list[str]) -> int:
    """Run one command; returns the exit status."""
    options, rest = split_common(argv)
    site = SiteContext(options)
    try:
        result = command_tree(site).main(rest, prog_name="cabinet", standalone_mode=False, obj=site)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        return EXIT_REFUSED
    except DomainError as error:
        return _refuse(site, error.code, site.translate(error.message), error.details)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - a person gets one line; --debug shows the rest
        return _refuse(site, "internal", said_of(error), {})
    finally:
        site.close()
    return result if isinstance(result, int) else 0


def split_common(argv: list[str]) -> tuple[Options, list[str]]:
    """Take ``--config FILE``, ``--json`` and ``--debug`` out of the line, wherever they stand before a lone ``--``."""
    options, rest = Options(), []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            options.json = True
        elif word == "--debug":
            options.debug = True
        elif word == "--config":
            options.config = next(words, None)
        elif word.startswith("--config="):
            options.config = word.removeprefix("--config=")
        else:
            rest.append(word)
    return options, rest


def _log_to_stderr() -> None:
    from cabinet.web.requests import RequestIdFilter

    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RequestIdFilter())
    logging.basicConfig(
        handlers=[handler], level=logging.WARNING, format="%(levelname)s [%(request_id)s] %(name)s: %(message)s"
    )


def _refuse(site: SiteContext, code: str, message: str, details: object) -> int:
    if site.options.debug:
        traceback.print_exc()
    if site.options.json:
        click.echo(
            json.dumps(
                {"error": {"code": code, "message": message, "details": details}}, ensure_ascii=False, default=str
            )
        )
    else:
        click.echo(f"cabinet: {message}", err=True)
    return EXIT_REFUSED
