"""Approve or refuse what waits for your word, or lend your right to somebody while you are away.

Example: fairlead approve list
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from fairlead.store.actions import Row


class _Numbers(TyperGroup):
    """`approve 17` means `approve this 17`: most of the time a number is all that is said."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of a word, or of a number."""
        if args and args[0].removeprefix("action:").isdigit():
            args = ["this", *args]
        return super().resolve_command(ctx, args)


APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, cls=_Numbers)

_COLUMNS = ("id", "title", "team", "proposed_by", "expires_at")
_LENT = ("id", "giver", "taker", "team", "until", "reason")
_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Action = Annotated[str, typer.Argument(help="Number of the action, like 17.")]


@APP.command("list", epilog="Example: fairlead approve list --json")
def list_(json: _Json = False) -> None:
    """What waits for your word; without a token of yours, all that waits for anybody's."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor, plain
    from fairlead.cli.output import show_json, show_rows
    from fairlead.gateway.viewer import OPERATOR
    from fairlead.store import actions
    from fairlead.wiring import governing

    with home.services() as services:
        who = actor(services)
        if who.person == OPERATOR:
            with services.database.read() as tx:
                rows = actions.in_states(tx, ["waiting"])
        else:
            rows = governing.waiting_for(services, who.person, who.roles)
    if json:
        show_json([plain(row) for row in rows])
    elif rows:
        show_rows(
            [{name: row[name] for name in ("id", "title", "team", "proposed_by", "expires_at")} for row in rows]
        )
    else:
        typer.echo("nothing waits for you")


@APP.command("this", epilog="Example: fairlead approve 21 --refuse --reason 'ask Noor in person'")
def this(
    action: _Action,
    refuse: Annotated[bool, typer.Option("--refuse", help="Say no.")] = False,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    digest: Annotated[
        str, typer.Option(help="Digest of what you looked at, or how it begins; `fairlead actions show` has it.")
    ] = "",
    json: _Json = False,
) -> None:
    """Say yes or no to an action, after its exact requests were shown; bound to exactly those."""
    _say(action, "refused" if refuse else "approved", reason, digest, json)


@APP.command("break-glass", epilog="Example: fairlead approve break-glass 22 --reason 'customers cannot pay'")
def break_glass(
    action: _Action,
    reason: Annotated[str, typer.Option(help="What the emergency is.")],
    digest: Annotated[str, typer.Option(help="Digest of what you looked at, or how it begins.")] = "",
    json: _Json = False,
) -> None:
    """Do it in an emergency though policy says no or asks for more people; it is recorded and reviewed."""
    _say(action, "approved", reason, digest, json, glass=True)


@APP.command(epilog="Example: fairlead approve delegate person:daniel-osei --until 2027-01-07 --team payments")
def delegate(
    person: Annotated[str, typer.Argument(help="Person id of who decides in your place.")],
    until: Annotated[str, typer.Option(help="The last day, by your own clock, or a moment.")],
    team: Annotated[str, typer.Option(help="Team by key or id; without it wherever you may.")] = "*",
    reason: Annotated[str, typer.Option(help="Why, like `on holiday`.")] = "",
    json: _Json = False,
) -> None:
    """Hand your right to approve to somebody else for a while; it is recorded, and ends by itself."""
    from fairlead.cli import acting, home
    from fairlead.cli.output import show_json
    from fairlead.gateway.access import whole_team
    from fairlead.model.errors import Abort
    from fairlead.model.times import end_of_day
    from fairlead.signals.entering import calendar_of
    from fairlead.wiring import governing

    with home.services() as services:
        giver = acting.person(services).person
        zone = calendar_of(services.database, services.setup, giver).zone
        try:
            moment = end_of_day(until, zone)
        except ValueError as fault:
            raise Abort(f"`{until}` is no day", hint="write it like 2027-01-07") from fault
        made = governing.delegate(services, giver, person, team=whole_team(team), until=moment, reason=reason)
    if json:
        show_json(made)
    else:
        typer.echo(f"{made.id}: {person} decides in your place until {until}")


@APP.command(epilog="Example: fairlead approve delegations")
def delegations(
    end: Annotated[str, typer.Option(help="Take this one of yours back.")] = "", json: _Json = False
) -> None:
    """Who decides in whose place now."""
    from fairlead.cli import acting, home
    from fairlead.cli.output import show_json, show_rows
    from fairlead.store import delegations as kept
    from fairlead.wiring import governing

    with home.services() as services:
        if end:
            governing.end_delegation(services, end, giver=acting.person(services).person)
        with services.database.read() as tx:
            rows = kept.rows(tx, governing.now(services))
    said = [
        {name: getattr(row, name) for name in ("id", "giver", "taker", "team", "until", "reason")} for row in rows
    ]
    if json:
        show_json(said)
    elif said:
        show_rows(said)
    else:
        typer.echo("nobody decides in another's place")


def _say(action: str, verdict: Any, reason: str, digest: str, json: bool, *, glass: bool = False) -> None:
    from fairlead.cli import acting, home
    from fairlead.cli.output import show_json
    from fairlead.governance.desk import there
    from fairlead.wiring import governing

    with home.services() as services:
        who, name = acting.person(services), acting.whole(action)
        with services.database.read() as tx:
            row = there(tx, name)
        shown = _looked_at(row, digest, json)
        governing.decide(
            services, name, person=who.person, roles=who.roles, digest=shown, verdict=verdict, reason=reason,
            how="cli", break_glass=glass,
        )  # fmt: skip
        row = acting.carry_on(services, name)
    if json:
        show_json(acting.plain(row))
    else:
        typer.echo(f"{row['id']} is {row['state']}")


def _looked_at(row: Row, digest: str, json: bool) -> str:
    """Digest that the word is bound to: the one named, else that of what is shown now."""
    from fairlead.cli.commands.actions import calls
    from fairlead.cli.output import say
    from fairlead.governance.showing import told

    if digest:
        # as much of it as people copy; one that begins otherwise is another act
        return row["digest"] if len(digest) >= 8 and row["digest"].startswith(digest) else digest
    if not json:
        say(f"{row['title']}, in {row['tool']}:")
        calls(told(row)["calls"] or [])
    return str(row["digest"])
