"""Proposes what a plan asks for, in the name of whoever types: nothing is written to a tool before policy lets it."""

from __future__ import annotations

from collections.abc import Mapping

import typer


def propose(words: Mapping[str, str | None], *, json: bool) -> None:
    """Asks for the acts of a plan and proposes each; what needs nobody's word is done where no server runs."""
    import msgspec

    from fairlead.cli import home
    from fairlead.cli.acting import actor, carry_on
    from fairlead.cli.asking import answer
    from fairlead.cli.output import say, show_json
    from fairlead.reports.plain import plain
    from fairlead.wiring import planwriting

    found = msgspec.json.decode(answer("plan", {**words, "view": "proposals", "form": "json"})[0])
    with home.services() as services:
        by = actor(services).person
        rows = planwriting.propose(services, planwriting.read(found), by=by)
        rows = [carry_on(services, row["id"]) for row in rows]
    if json:
        show_json({"actions": [planwriting.told(row) for row in rows], "refused": found["refused"]})
        return
    for row in rows:
        typer.echo(plain(f"{row['id']} is {row['state']}: {row['title']}"))
    if not rows:
        typer.echo("nothing is to be proposed: the tools say it already, or it is proposed")
    for reason, count in found["refused"].items():
        say(f"not proposed, {count}: {plain(reason)}")
    if any(row["state"] == "waiting" for row in rows):
        say("to approve one: fairlead approve NUMBER")
