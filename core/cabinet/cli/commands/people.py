"""``cabinet user``: people from the command line."""

from __future__ import annotations

import sys
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.errors import NotFoundError
from cabinet.identity.roles import ADMIN, CLIENT_ROLES
from cabinet.identity.users import ROLES
from cabinet.interfaces import IClientDirectory, IPeople, IRoles, IUsers
from cabinet.texts import _
from cabinet.web.letters import link_url


@click.group()
def user() -> None:
    """Users: add, list, switch off and on, their roles, sessions and second step."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["owner", "head", "manager", "client"]), required=True)
@click.option("--client", "client_id", metavar="EXTERNAL_ID", help="The client a contact belongs to.")
@click.option(
    "--access", metavar="ROLE", help="A contact's role: admin, accountant, buyer, viewer, or one of your own."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@pass_site
def add(
    site: SiteContext,
    email: str,
    name: str,
    role: str,
    client_id: str | None,
    access: str | None,
    password_stdin: bool,
) -> None:
    """Add a user; without a password a one-time link is printed."""
    if (role == "client") != (client_id is not None) or (access is not None and client_id is None):
        raise click.UsageError("--client goes with --role client, and only with it; so does --access.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with site.unit_of_work("user add") as request:
        people = request.find_service(IPeople)
        found = people.by_email(email) if role == "client" else None
        person = found or people.add(
            email=email, name=name, roles=() if role == "client" else (role,), password=password
        )
        if client_id is not None:
            client = _client(request, client_id)
            people.grant(person, client, _client_role(request, access or ADMIN))
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
                "roles": [*line.roles, *(role.title for role in line.custom)] or ["client"],
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


@user.command("roles")
@pass_site
def list_roles(site: SiteContext) -> None:
    """List the roles of both sides, with what the owner's own may do and how many have them."""
    with site.unit_of_work("user roles") as request:
        service = request.find_service(IRoles)
        house = [("staff", name) for name in ROLES] + [("client", name) for name in CLIENT_ROLES]
        rows: list[dict[str, Any]] = [
            {"id": None, "side": side, "role": name, "permissions": None, "holders": None} for side, name in house
        ]
        rows += [
            {
                "id": line.role.public_id.hex,
                "side": line.role.side,
                "role": line.role.title,
                "permissions": list(line.role.permissions),
                "holders": line.holders,
            }
            for line in service.lines()
        ]
    lines = [f"{r['side']:8} {r['role']:30} {'' if r['holders'] is None else r['holders']}".rstrip() for r in rows]
    site.output({"roles": rows}, lines)


@user.command("assign")
@click.argument("email")
@click.option(
    "--role", "chosen", multiple=True, required=True, metavar="ROLE", help="By name; may be repeated for our side."
)
@click.option("--client", "client_id", metavar="EXTERNAL_ID", help="The client for whom a contact gets the role.")
@pass_site
def assign(site: SiteContext, email: str, chosen: tuple[str, ...], client_id: str | None) -> None:
    """Give a colleague exactly these roles, or a contact his one for a client."""
    if client_id is not None and len(chosen) != 1:
        raise click.UsageError("A contact has one role for a client.")
    with site.unit_of_work("user assign") as request:
        person = _known(request, email)
        if client_id is None:
            keys = [role if role in ROLES else _own_role(request, role, "staff") for role in chosen]
            request.find_service(IUsers).change_roles(person, keys)
        else:
            client = _client(request, client_id)
            request.find_service(IPeople).change_role(person, client, _client_role(request, chosen[0]))
    site.output({"email": email, "roles": list(chosen), "client": client_id}, [f"{email}: {', '.join(chosen)}"])


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


def _client(request: Any, external_id: str) -> Any:
    client = request.find_service(IClientDirectory).by_external_id(external_id)
    if client is None:
        raise NotFoundError("no_client", _("There is no client ${id}.", mapping={"id": external_id}))
    return client


def _client_role(request: Any, name: str) -> str:
    """Key of a client's role called ``name``."""
    return name if name in CLIENT_ROLES else _own_role(request, name, "client")


def _own_role(request: Any, title: str, side: str) -> str:
    """Key of the owner's own role of this name; NotFoundError."""
    for line in request.find_service(IRoles).lines():
        if line.role.side == side and line.role.title.casefold() == title.casefold():
            return str(line.role.public_id.hex)
    raise NotFoundError("no_role", _("There is no such role."))


def _known(request: Any, email: str) -> Any:
    person = request.find_service(IPeople).by_email(email)
    if person is None:
        raise NotFoundError("no_user", _("There is no such user."))
    return person
