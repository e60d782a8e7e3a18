"""``cabinet user``: people from the command line."""

from __future__ import annotations

import sys
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.errors import NotFoundError
from cabinet.interfaces import IClientDirectory, IPeople
from cabinet.texts import _
from cabinet.web.letters import link_url


@click.group()
def user() -> None:
    """Users: add, list, disable, their sessions."""


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
        rows = [
            {
                "id": str(u.public_id),
                "email": u.email,
                "name": u.name,
                "roles": sorted(r.role for r in u.roles) or ["client"],
                "disabled": u.disabled_at is not None,
            }
            for u in request.find_service(IPeople).everybody()
        ]
    site.output({"users": rows}, [f"{r['email']:40} {r['name']:30} {','.join(r['roles'])}" for r in rows])


@user.command("disable")
@click.argument("email")
@pass_site
def disable(site: SiteContext, email: str) -> None:
    """Shut a user out at once."""
    with site.unit_of_work("user disable") as request:
        people = request.find_service(IPeople)
        person = _known(people, email)
        people.disable(person)
    site.output({"email": email, "disabled": True}, [f"{email} is switched off"])


@user.command("sessions")
@click.argument("email")
@click.option("--end", is_flag=True, help="End them all.")
@pass_site
def list_sessions(site: SiteContext, email: str, end: bool) -> None:
    """Live sessions of a user."""
    with site.unit_of_work("user sessions") as request:
        people = request.find_service(IPeople)
        person = _known(people, email)
        rows = [
            {"id": str(s.public_id), "address": s.address, "user_agent": s.user_agent, "seen_at": s.seen_at.isoformat()}
            for s in people.sessions(person)
        ]
        if end:
            people.end_sessions(person)
    site.output(
        {"sessions": rows, "ended": end}, [f"{r['seen_at']}  {r['address']:20} {r['user_agent']}" for r in rows]
    )


def _known(people: IPeople, email: str) -> Any:
    person = people.by_email(email)
    if person is None:
        raise NotFoundError("no_user", _("There is no such user."))
    return person
