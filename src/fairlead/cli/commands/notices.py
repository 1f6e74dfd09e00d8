"""What people are told, why and who else; and how each wants to be told.

Example: fairlead notices list
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from fairlead.cli.asking import By
from fairlead.cli.asking import tell as show_verb

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@APP.command("list", epilog="Example: fairlead notices list --for person:noor")
def list_(
    whom: Annotated[str, typer.Option("--for", help="Person or team id; else everybody.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    json: _Json = False,
) -> None:
    """The newest notices with what became of each: sent, waiting, over before it was told, muted."""
    show_verb("notices", {"recipient": whom, "limit": str(limit)}, json=json)


@APP.command(epilog="Example: fairlead notices why 3f9a")
def why(notice: Annotated[str, typer.Argument(help="Id, or how it begins.")], json: _Json = False) -> None:
    """Why somebody was told: the rule, the step of its chain, who else was told, and how to mute it."""
    show_verb("notices", {"notice": notice}, json=json)


@APP.command(epilog="Example: fairlead notices prefer --by person:maya-torres --quiet 18:30-08:00 --budget 3")
def prefer(
    by: By = "",
    channels: Annotated[str | None, typer.Option(help="slack, mail or both, comma between; empty: none.")] = None,
    quiet: Annotated[
        str | None, typer.Option(help="Hours of working days, like 18:30-08:00; empty: off work.")
    ] = None,
    digest_at: Annotated[str | None, typer.Option(help="Hour of the digest; empty: as work begins.")] = None,
    budget: Annotated[int | None, typer.Option(help="Messages of a day.")] = None,
    deputy: Annotated[str | None, typer.Option(help="Person id who is told while you are away.")] = None,
    where: Annotated[
        str | None, typer.Option(help="Signals to hear of, like \"severity in ('high', 'critical')\"; empty: all.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or de; empty: the organisation's.")] = None,
    json: _Json = False,
) -> None:
    """Say how you want to be told: what is not named stays; without any option it is shown."""
    from fairlead.cli import home
    from fairlead.cli.acting import speaks
    from fairlead.connectors.kit.entered import meant

    said: dict[str, Any] = {
        "quiet": quiet, "digest_at": digest_at, "budget": budget, "deputy": deputy, "where": where,
        "language": language,
        "channels": None if channels is None else [one.strip() for one in channels.split(",") if one.strip()],
    }  # fmt: skip
    said = {name: value for name, value in said.items() if value is not None}
    if not said:
        with home.services() as services:
            whom = meant(speaks(services, by))
        show_verb("notices", {"wish": whom}, json=json)
    _enter(by, lambda _wish: said, json)


@APP.command(epilog="Example: fairlead notices mute change-too-large --by person:maya-torres")
def mute(
    topic: Annotated[str, typer.Argument(help="Id of a rule, `approval` or `action`.")],
    by: By = "",
    off: Annotated[bool, typer.Option("--off", help="Hear of it again.")] = False,
    json: _Json = False,
) -> None:
    """Hear nothing of a topic any more, for good; `fairlead signals mute` does so until a day and for a reason."""
    from fairlead.governance.preferring import without

    _enter(by, lambda wish: without(wish, topic, off=off), json)


@APP.command(epilog="Example: fairlead notices tell")
def tell(json: _Json = False) -> None:
    """Judge, make notices of what is new and put into the outbox what can be told now; a server does so by itself."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.counting import counted
    from fairlead.model.errors import Abort
    from fairlead.wiring.notifying import deliver
    from fairlead.wiring.signalling import escalate_due
    from fairlead.wiring.telling import follow
    from fairlead.wiring.wishing import judge

    if home.server_socket() is not None:
        raise Abort("a server runs here, and tells by itself", hint="`fairlead notices list` shows what it told")
    with home.services() as services:
        services.catch_up()
        judge(services)
        escalate_due(services)
        new, done = follow(services), deliver(services)
    if json:
        show_json({"new": new, "messages": done.messages, "digests": done.digests, "settled": done.settled})
        return
    typer.echo(
        f"{counted(new, 'new notice')}; into the outbox: {counted(done.messages, 'message')}, "
        f"{counted(done.digests, 'digest')}; left out or on the page alone: {done.settled}"
    )


def _enter(by: str, said: Callable[[dict[str, Any]], dict[str, Any]], json: bool) -> None:
    from fairlead.cli import home
    from fairlead.cli.acting import speaks
    from fairlead.cli.output import show_json
    from fairlead.connectors.kit.entered import meant
    from fairlead.governance.preferring import wish_of
    from fairlead.wiring.ordering import prefer as entered

    with home.services() as services:
        who = speaks(services, by)
        wish = entered(services, who, said(wish_of(services, meant(who))))
        if home.server_socket() is None:
            services.apply()
    if json:
        show_json(wish)
        return
    for name, value in wish.items():
        typer.echo(f"{name + ':':12}{', '.join(value) if isinstance(value, list) else value}")
    if not wish:
        typer.echo("as the settings say")
