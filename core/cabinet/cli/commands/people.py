"""``cabinet user``: people from the command line."""

from __future__ import annotations

import sys
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.errors import NotFoundError
from cabinet.interfaces import IClientDirectory, IPeople, IUsers
from cabinet.texts import _
from cabinet.web.letters import link_url


@click.group()
def user() -> None:
    """Users: add, list, switch off and on, their sessions and second step."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["owner", "head", "manager", "client"]), required=True)
@click.option("--client", "client_id", metavar="EXTERNAL_ID", help="The client a contact belongs to.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@pass_site
def add(site: SiteContext, email: str, name: str, role: str, client_id: str | None, password_stdin: bool) -> None:
    """Add a user; without a password a one-time link is printed."""
    if (role == "client") != (client_id is not None):
        raise click.UsageError("--client goes with --role client, and only with it.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with site.unit_of_work("user add") as request:
        people = request.find_service(IPeople)
        found = people.by_email(email) if role == "client" else None
        person = found or people.add(
            email=email, name=name, roles=() if role == "client" else (role,), password=password
        )
        if client_id is not None:
            client = request.find_service(IClientDirectory).by_external_id(client_id)
            if client is None:
                raise NotFoundError("no_client", _("There is no client ${id}.", mapping={"id": client_id}))
            people.grant(person, client)
        link = None if password or person.password_hash else link_url(request, people.invite_link(person))
        document = {"id": str(person.public_id), "email": person.email, "name": person.name, "role": role, "link": link}
    site.output(document, [f"{email} ({role})" + (f"\n{link}" if link else "")])


@user.command("list")
@pass_site
def list_users(site: SiteContext) -> None:
    """List all users."""
    with site.unit_of_work("user list") as request:
        everybody = request.find_service(IPeople).everybody()
        rows = [
            {
                "id": str(line.user.public_id),
                "email": line.user.email,
                "name": line.user.name,
                "roles": list(line.roles) or ["client"],
                "state": line.state,
                "disabled": line.state == "off",
                "second_step": line.second_factor,
                "seen_at": line.seen_at.isoformat() if line.seen_at else None,
            }
            for line in request.find_service(IUsers).lines(everybody)
        ]
    site.output(
        {"users": rows}, [f"{r['email']:40} {r['name']:30} {','.join(r['roles']):20} {r['state']}" for r in rows]
    )


@user.command("disable")
@click.argument("email")
@pass_site
def disable(site: SiteContext, email: str) -> None:
    """Shut a user out at once."""
    with site.unit_of_work("user disable") as request:
        request.find_service(IUsers).disable(_known(request, email))
    site.output({"email": email, "disabled": True}, [f"{email} is switched off"])


@user.command("enable")
@click.argument("email")
@pass_site
def enable(site: SiteContext, email: str) -> None:
    """Let a user in again."""
    with site.unit_of_work("user enable") as request:
        request.find_service(IUsers).enable(_known(request, email))
    site.output({"email": email, "disabled": False}, [f"{email} is switched on"])


@user.command("reset-second-step")
@click.argument("email")
@pass_site
def reset_second_step(site: SiteContext, email: str) -> None:
    """For who has lost telephone and recovery codes: the password alone lets in."""
    with site.unit_of_work("user reset-second-step") as request:
        request.find_service(IUsers).reset_second_factor(_known(request, email))
    site.output({"email": email, "second_step": False}, [f"the second step of {email} is off"])


@user.command("sessions")
@click.argument("email")
@click.option("--end", is_flag=True, help="End them all.")
@pass_site
def list_sessions(site: SiteContext, email: str, end: bool) -> None:
    """Live sessions of a user."""
    with site.unit_of_work("user sessions") as request:
        people, person = request.find_service(IPeople), _known(request, email)
        rows = [
            {"id": str(s.public_id), "address": s.address, "user_agent": s.user_agent, "seen_at": s.seen_at.isoformat()}
            for s in people.sessions(person)
        ]
        if end:
            people.end_sessions(person)
    site.output(
        {"sessions": rows, "ended": end}, [f"{r['seen_at']}  {r['address']:20} {r['user_agent']}" for r in rows]
    )


def _known(request: Any, email: str) -> Any:
    person = request.find_service(IPeople).by_email(email)
    if person is None:
        raise NotFoundError("no_user", _("There is no such user."))
    return person
