"""Signals: what needs somebody now, why, and who has it; taken on, put off or muted.

Example: fairlead signals list
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.asking import By, Team, tell

if TYPE_CHECKING:
    from fairlead.gateway.viewer import Viewer
    from fairlead.model.raw import RawEvent
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Signal = Annotated[str, typer.Argument(help="The signal, like change-stale/github:acme/payments#42.")]
_Reason = Annotated[str, typer.Option(help="Why, in a few words.")]
_Until = Annotated[
    str, typer.Option(help="morning (the next business morning), a day, a moment, or a length like 4h, 2d, 1bd.")
]


@APP.command("list", epilog="Example: fairlead signals list --team payments")
def list_(
    team: Team = "",
    rule: Annotated[str, typer.Option(help="Only of this rule.")] = "",
    state: Annotated[str, typer.Option(help="open, pending, unknown, resolved or snoozed; else those awake.")] = "",
    monitored: Annotated[bool, typer.Option("--monitored", help="Also of rules that are only watched.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    skip: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many to pass over.")] = 0,
    json: _Json = False,
) -> None:
    """Open signals: what asks for most first, of that the gravest, of those the oldest."""
    words = {"team": team, "rule": rule, "state": state, "limit": str(limit), "skip": str(skip)}
    _tell({**words, "monitored": "yes" if monitored else ""}, json=json)


@APP.command(epilog="Example: fairlead signals explain change-waits-for-review/github:brightwater/payments#210")
def explain(signal: _Signal, json: _Json = False) -> None:
    """One signal: its rule's condition part by part, what it read, all that happened to it, and who is told."""
    _tell({"signal": signal}, json=json)


@APP.command(epilog="Example: fairlead signals show change-waits-for-review/github:brightwater/payments#210 --json")
def show(signal: _Signal, json: _Json = False) -> None:
    """The same as `explain`."""
    _tell({"signal": signal}, json=json)


@APP.command(epilog="Example: fairlead signals audit")
def audit(json: _Json = False) -> None:
    """Prove that each open escalation advanced as it was frozen; exit code 1 and the names of those that did not."""
    _tell({"audit": "yes"}, json=json)


@APP.command(epilog="Example: fairlead signals ack change-waits-for-review/github:brightwater/payments#210")
def ack(signal: _Signal, by: By = "", json: _Json = False) -> None:
    """Take a signal on: its escalation stops, and you are reminded if it does not heal."""
    from fairlead.governance.reviewing import acknowledged

    def event(services: Services, who: str, at: datetime) -> RawEvent:
        return acknowledged(services.database, signal, who, at)

    _say(
        event,
        _of(signal),
        {"signal": signal, "acknowledged": True},
        f"{signal}: taken on, its escalation stops",
        by,
        json,
    )


@APP.command(
    epilog="Example: fairlead signals snooze change-waits-for-review/github:brightwater/payments#210 "
    "--until morning --reason 'Noor is back tomorrow'"
)
def snooze(signal: _Signal, reason: _Reason, until: _Until = "morning", by: By = "", json: _Json = False) -> None:
    """Hear nothing of a signal until a moment; always with a reason."""
    from fairlead.connectors.kit.entered import meant
    from fairlead.governance.reviewing import snoozed
    from fairlead.wiring.signalling import until_of

    def event(services: Services, who: str, at: datetime) -> RawEvent:
        return snoozed(services.database, signal, until_of(services, until, meant(who)), reason, who, at)

    _say(event, _of(signal), {"signal": signal, "until": until, "reason": reason}, f"{signal}: snoozed", by, json)


@APP.command(epilog="Example: fairlead signals wake change-waits-for-review/github:brightwater/payments#210")
def wake(signal: _Signal, by: By = "", json: _Json = False) -> None:
    """End a snooze before its time."""
    from fairlead.signals.entering import woken

    def event(services: Services, who: str, at: datetime) -> RawEvent:
        return woken(services.database, signal, who, at)

    _say(event, _of(signal), {"signal": signal, "woken": True}, f"{signal}: awake", by, json)


@APP.command(
    epilog="Example: fairlead signals mute change-too-large --for team:payments --until 2026-12-01 "
    "--reason 'generated code'"
)
def mute(
    rule: Annotated[str, typer.Argument(help="The rule.")],
    whom: Annotated[str, typer.Option("--for", help="Person or team id.")],
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    until: _Until = "morning",
    by: By = "",
    off: Annotated[bool, typer.Option("--off", help="They want to hear of it again.")] = False,
    json: _Json = False,
) -> None:
    """Let a person or a team hear nothing of a rule until a moment; `--off` takes that back."""
    from fairlead.connectors.kit.entered import meant
    from fairlead.gateway.minding import demand_mute
    from fairlead.governance.reviewing import muted
    from fairlead.signals.entering import unmuted
    from fairlead.wiring.signalling import rule_names, until_of

    def event(services: Services, who: str, at: datetime) -> RawEvent:
        if off:
            return unmuted(services.database, rule, whom, who, at)
        end = until_of(services, until, whom if whom.startswith("person:") else meant(who))
        return muted(rule_names(services), rule, whom, end, reason, who, at)

    said = {"rule": rule, "for": whom, "muted": not off}
    _say(
        event,
        lambda viewer, _services: demand_mute(viewer, whom),
        said,
        f"{rule}: {'heard of again' if off else 'muted'} for {whom}",
        by,
        json,
    )


def _tell(words: dict[str, str], *, json: bool) -> None:
    from fairlead.cli import home

    # A server judges by itself; without one nobody has looked since the last command.
    judge = "" if home.server_socket() else "yes"
    tell("signals", {**words, "judge": judge}, json=json)


def _of(signal: str) -> Callable[[Viewer, Services], None]:
    """Who belongs to its team may say something of a signal."""

    def demand(viewer: Viewer, services: Services) -> None:
        from fairlead.gateway.minding import demand_member

        demand_member(viewer, services.database, signal)

    return demand


def _say(
    event: Callable[[Services, str, datetime], RawEvent],
    demand: Callable[[Viewer, Services], None],
    said: dict[str, object],
    text: str,
    by: str,
    json: bool,
) -> None:
    from fairlead.cli import home
    from fairlead.cli.acting import actor, speaks
    from fairlead.cli.output import show_json
    from fairlead.model.times import entered_at

    with home.services() as services:
        if home.server_socket() is None:
            services.apply()
        demand(actor(services), services)
        who = speaks(services, by)
        services.log.append([event(services, who, entered_at(services.clock))])
        if home.server_socket() is None:
            services.catch_up()
    if json:
        show_json({**said, "by": who})
    else:
        typer.echo(text)
