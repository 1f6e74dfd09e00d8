"""Actions: what is proposed, what waits, what was done; propose, look at the exact request, withdraw, take back.

Example: fairlead actions list
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from fairlead.model.acts import Act
    from fairlead.store.actions import Row

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Action = Annotated[str, typer.Argument(help="Number of the action, like 17.")]
_Why = Annotated[str, typer.Option("--why", help="The reason, in a few words.")]
_COLUMNS = ("id", "state", "title", "team", "proposed_by", "proposed_at")


@APP.command("list", epilog="Example: fairlead actions list --state waiting --json")
def list_(
    state: Annotated[str, typer.Option(help="Only these, like waiting, done, failed or unknown.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    json: _Json = False,
) -> None:
    """The newest actions with how far each has come."""
    from fairlead.cli import home
    from fairlead.cli.acting import plain
    from fairlead.cli.output import show_json, show_rows
    from fairlead.store import actions

    with home.services() as services, services.database.read() as tx:
        rows = actions.newest(tx, limit) if not state else actions.in_states(tx, [state])[::-1][:limit]
    if json:
        show_json([plain(row) for row in rows])
    elif rows:
        show_rows([{name: row[name] for name in _COLUMNS} for row in rows])
    else:
        typer.echo("nothing was proposed yet" if not state else f"no action is {state}")


@APP.command(epilog="Example: fairlead actions show 17")
def show(action: _Action, json: _Json = False) -> None:
    """One action: the exact requests, what policy said, whose word it has, and its steps in the ledger."""
    from fairlead.cli import home
    from fairlead.cli.acting import whole
    from fairlead.cli.output import show_json
    from fairlead.governance import showing
    from fairlead.governance.desk import there

    with home.services() as services, services.database.read() as tx:
        said = showing.whole(tx, there(tx, whole(action)))
    if json:
        show_json(said)
    else:
        _page(said)


@APP.command(
    epilog="Example: fairlead actions propose comment --tool github --subject 'github:brightwater/payments#1' "
    "--set body='Could you look at this?' --dry-run"
)
def propose(
    kind: Annotated[str, typer.Argument(help="Kind of act, like comment, label, merge or page.")],
    tool: Annotated[str, typer.Option(help="Source in which it is done; else the one that the subject names.")] = "",
    subject: Annotated[str, typer.Option(help="Id of the record that it is done to.")] = "",
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A value, like body='...'; repeat it for more, and for lists.")
    ] = None,
    why: _Why = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the exact requests and propose nothing.")] = False,
    json: _Json = False,
) -> None:
    """Propose an act: policy judges it at once, and what needs nobody's word is done."""
    import msgspec

    from fairlead.cli import home
    from fairlead.cli.acting import actor, carry_on, plain
    from fairlead.cli.output import show_json
    from fairlead.wiring import governing, hands

    act = _act(kind, subject, set_ or [])
    with home.services() as services:
        where = tool or hands.tool_of(act)
        if dry_run:
            said = msgspec.to_builtins(hands.calls_of(services, act, where, by=actor(services).person))
            show_json(said) if json else calls(said)
            return
        row = governing.propose(services, act, where, by=actor(services).person, why=why)
        row = carry_on(services, row["id"])
    show_json(plain(row)) if json else _line(row)


@APP.command(epilog="Example: fairlead actions edit 17 --set body='Could you look at this today?'")
def edit(
    action: _Action,
    set_: Annotated[list[str], typer.Option("--set", help="A value in the place of the old one, like body='...'.")],
    json: _Json = False,
) -> None:
    """Change what is proposed before it is done: policy judges it anew, and approvals given so far count no more."""
    import msgspec

    from fairlead.cli import home
    from fairlead.cli.acting import actor, carry_on, plain, whole
    from fairlead.cli.output import show_json
    from fairlead.governance.desk import there
    from fairlead.wiring import governing

    with home.services() as services:
        who = actor(services)
        with services.database.read() as tx:
            row = there(tx, whole(action))
        act = _act(row["kind"], "", set_, msgspec.json.decode(row["arguments"]))
        row = governing.edit(services, row["id"], act, by=who.person, roles=who.roles)
        row = carry_on(services, row["id"])
    show_json(plain(row)) if json else _line(row)


@APP.command(epilog="Example: fairlead actions withdraw 18 --why 'it has healed by itself'")
def withdraw(action: _Action, why: _Why = "", json: _Json = False) -> None:
    """Take a proposal back before it is done."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor, plain, whole
    from fairlead.cli.output import show_json
    from fairlead.wiring import governing

    with home.services() as services:
        who = actor(services)
        row = governing.withdraw(services, whole(action), by=who.person, roles=who.roles, why=why)
    show_json(plain(row)) if json else _line(row)


@APP.command(epilog="Example: fairlead actions undo 19")
def undo(action: _Action, why: _Why = "", json: _Json = False) -> None:
    """Propose what takes a done action back; it is judged and approved like any other."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor, carry_on, plain, whole
    from fairlead.cli.output import show_json
    from fairlead.wiring import governing

    with home.services() as services:
        who = actor(services)
        row = governing.undo(services, whole(action), by=who.person, roles=who.roles, why=why)
        row = carry_on(services, row["id"])
    show_json(plain(row)) if json else _line(row)


@APP.command(epilog="Example: fairlead actions settle 20 done --why 'the comment is there'")
def settle(
    action: _Action,
    found: Annotated[Literal["done", "failed"], typer.Argument(help="What you found at the tool.")],
    why: _Why = "",
    json: _Json = False,
) -> None:
    """Say what became of an action of which nobody could tell; look at the tool first."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor, plain, whole
    from fairlead.cli.output import show_json
    from fairlead.wiring import governing

    with home.services() as services:
        who, done = actor(services), found == "done"
        row = governing.settle(services, whole(action), done=done, by=who.person, roles=who.roles, why=why)
    show_json(plain(row)) if json else _line(row)


def _act(kind: str, subject: str, said: list[str], held: Mapping[str, Any] | None = None) -> Act:
    """An act from typed words over those that it held; each fault with what was meant."""
    import msgspec

    from fairlead.config.check import did_you_mean
    from fairlead.model.acts import ACTS, read_act
    from fairlead.model.errors import Abort

    if kind not in ACTS:
        raise Abort(f"no act `{kind}`{did_you_mean(kind, list(ACTS))}", hint=f"there are: {', '.join(ACTS)}")
    lists = {
        field.encode_name
        for field in msgspec.structs.fields(ACTS[kind])
        if str(field.type).startswith(("tuple", "typing.Tuple"))
    }
    values: dict[str, Any] = {"kind": kind, **({"subject": subject} if subject else {})}
    # a list that is named anew takes the place of the old one
    named = {one.partition("=")[0] for one in said}
    values = {name: value for name, value in (held or {}).items() if name not in named} | values
    for one in said:
        name, equals, value = one.partition("=")
        if not equals:
            raise Abort(f"`{one}` sets nothing", hint="write it like --set body='...'")
        if name in lists:
            values.setdefault(name, []).append(value)
        else:
            # a number, a flag or a table is written as JSON; nearly everything is a text
            values[name] = (
                msgspec.json.decode(value) if value[:1] in ("{", "[") or value in ("true", "false") else value
            )
    try:
        return read_act(values)
    except msgspec.ValidationError as fault:
        names = ", ".join(field.encode_name for field in msgspec.structs.fields(ACTS[kind]))
        raise Abort(f"this is no {kind}: {fault}", hint=f"it has: {names}") from fault


def _line(row: Row) -> None:
    from fairlead.cli.output import say
    from fairlead.reports.plain import plain

    typer.echo(plain(f"{row['id']} is {row['state']}: {row['title']}"))
    for reason in row["reasons"] or ():
        say(f"  {reason}")
    if row["state"] == "waiting":
        say(f"to approve it: fairlead approve {row['id'].removeprefix('action:')}")


def _page(said: dict[str, Any]) -> None:
    shown = ("state", "title", "tool", "team", "proposed_by", "why", "signal", "digest", "error", "expires_at", "url")
    typer.echo(said["id"])
    for name in shown:
        if said.get(name):
            _told(name, said[name])
    for reason in said["reasons"] or ():
        _told("policy", reason)
    calls(said["calls"] or [])
    for word in said["approvals"]:
        _told(word["verdict"], f"by {word['person']} ({word['how']}) {word['reason'] or ''}")
    for step in said["ledger"]:
        _told(f"ledger {step['index']}", f"{step['at']}  {step['kind']}")


def _told(name: str, value: object) -> None:
    from fairlead.reports.plain import plain

    typer.echo(f"  {name + ':':14}{plain(str(value))}")


def calls(said: list[dict[str, Any]]) -> None:
    """Shows requests whole: who decides must not be shown less than what is sent."""
    from fairlead.governance.showing import spelled
    from fairlead.reports.plain import harmless

    for call in said:
        typer.echo(f"  {call['method']} {harmless(call['url'])}")
        if call.get("body") is not None:
            typer.echo("\n".join(f"    {line}" for line in spelled(call["body"]).splitlines()))
