"""Who is who: people, suggested merges of accounts, invitations.

Example: fairlead people suggest
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fairlead.cli.asking import By

if TYPE_CHECKING:
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@APP.command("list", epilog="Example: fairlead people list --json")
def list_(json: _Json = False) -> None:
    """People with their accounts; that they were read is recorded."""
    from fairlead.cli import home
    from fairlead.store import records

    with home.services() as services:
        _read_on(services)
        with services.database.read() as tx:
            people = list(records.rows(tx, "people"))
            accounts = list(records.rows(tx, "accounts"))
        _note(services, "people list", len(people))
    # By one pass over all accounts: a query a person would ask ten thousand times.
    held: dict[str, list[str]] = {}
    for account in accounts:
        held.setdefault(account["person"] or "", []).append(account["id"])
    rows = [
        {
            "id": person["id"],
            "name": person["name"],
            "kind": person["kind"],
            "accounts": sorted(held.get(person["id"], [])),
        }
        for person in people
        if person["deleted_at"] is None
    ]
    _show(rows, json, "nobody is known yet: `fairlead sync` reads the first changes; or state people in [people]")


@APP.command(epilog="Example: fairlead people suggest")
def suggest(json: _Json = False) -> None:
    """Accounts that may belong to one person, with score and reason, for you to confirm or refuse."""
    from fairlead.cli import home
    from fairlead.store import records

    with home.services() as services:
        _read_on(services)
        with services.database.read() as tx:
            links = [row for row in records.rows(tx, "identity_links") if row["status"] == "suggested"]
        _note(services, "people suggest", len(links))
    # The surest first: most people decide the first few and stop.
    links.sort(key=lambda link: (-(link["score"] or 0), link["id"]))
    rows = [{name: link[name] for name in ("account", "other", "score", "reason")} for link in links]
    _show(rows, json, "no two accounts look like one person")


@APP.command(epilog="Example: fairlead people merge email:daniel.osei@brightwater.example email:daniel@osei.example")
def merge(account: str, other: str, by: By = "", json: _Json = False) -> None:
    """Confirm that two accounts are one person; it can be taken back."""
    _decide("confirmed", account, other, by, json)


@APP.command(epilog="Example: fairlead people refuse github:@kim-adler email:daniel@osei.example")
def refuse(account: str, other: str, by: By = "", json: _Json = False) -> None:
    """Say that two accounts are different people; they are not suggested again."""
    _decide("refused", account, other, by, json)


@APP.command(epilog="Example: fairlead people revert email:daniel.osei@brightwater.example email:daniel@osei.example")
def revert(account: str, other: str, by: By = "", json: _Json = False) -> None:
    """Take a decision about two accounts back."""
    _decide("reverted", account, other, by, json)


@APP.command(epilog="Example: fairlead people invite person:kim-adler --role manager --team team:payments")
def invite(
    person: Annotated[str, typer.Argument(help="Person id; `fairlead people list` shows them.")],
    role: Annotated[str, typer.Option(help="owner, manager, member or viewer.")] = "member",
    team: Annotated[str, typer.Option(help="Team by key or id, or * for everywhere.")] = "*",
    json: _Json = False,
) -> None:
    """Print a link that lets a person in once, with a role; it holds for seven days."""
    from typing import cast

    from fairlead.cli import home
    from fairlead.cli.output import say, show_json
    from fairlead.gateway.access import Access
    from fairlead.store.access import Role

    with home.services() as services:
        access = Access(services.database, services.log, services.clock, services.setup)
        secret = access.invite(person, cast("Role", role), team)
        link = f"{home.address(services)}/sign-in/{secret}" if secret else None
        running = home.server_socket() is not None
    if json:
        show_json({"person": person, "role": role, "team": team, "link": link})
        return
    typer.echo(link or f"{person} has the role and may already sign in")
    if link:
        say("it works once, within seven days; send it by a way that only they read")
    if link and not running:
        say("no server runs here: start it with `fairlead up`")


@APP.command(epilog="Example: fairlead people withdraw person:kim-adler --team team:payments")
def withdraw(
    person: Annotated[str, typer.Argument(help="Person id; `fairlead people list` shows them.")],
    team: Annotated[str, typer.Option(help="Team by key or id, or * for the role held everywhere.")] = "*",
    json: _Json = False,
) -> None:
    """Take the role of a person in a team away."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.gateway.access import Access

    with home.services() as services:
        Access(services.database, services.log, services.clock, services.setup).withdraw(person, team)
    if json:
        show_json({"person": person, "team": team, "withdrawn": True})
    else:
        typer.echo(f"{person} no longer has a role there")


def _decide(
    decision: Literal["confirmed", "refused", "reverted"], account: str, other: str, by: str, json: bool
) -> None:
    from fairlead.cli import home
    from fairlead.cli.acting import speaks
    from fairlead.cli.output import say, show_json
    from fairlead.connectors.fairlead import identity_decided
    from fairlead.model.errors import Abort
    from fairlead.model.times import entered_at
    from fairlead.store import records

    with home.services() as services:
        with services.database.read() as tx:
            unknown = [one for one in (account, other) if records.get(tx, "accounts", one) is None]
        if unknown:
            raise Abort(f"no account {', '.join(unknown)}", hint="`fairlead people list` shows them")
        if account == other:
            raise Abort(f"{account} was named twice", hint="name two accounts; `fairlead people suggest` has some")
        who = speaks(services, by)
        services.log.append([identity_decided(decision, account, other, who, entered_at(services.clock))])
        _read_on(services)
    said = {"decision": decision, "account": account, "other": other, "by": who}
    if json:
        show_json(said)
    else:
        typer.echo(f"{decision}: {account} and {other}")
        if decision != "reverted":
            say(f"to take it back: fairlead people revert {account} {other}")


def _read_on(services: Services) -> None:
    """A server reads by itself; without one what the log holds is read now."""
    # Two readers at once would do no harm, but each would wait for the other's transactions.
    if not services.apart:
        services.apply()


def _note(services: Services, what: str, rows: int) -> None:
    from fairlead.gateway.access import Access

    access = Access(services.database, services.log, services.clock)
    access.note_reading(access.operator(), "cli", what, ["people.name", "accounts.id"], rows, allowed=True)


def _show(rows: list[dict[str, Any]], json: bool, otherwise: str) -> None:
    from fairlead.cli.output import show_json, show_rows

    if json:
        show_json(rows)
    elif not rows:
        typer.echo(otherwise)
    else:
        show_rows(rows)
