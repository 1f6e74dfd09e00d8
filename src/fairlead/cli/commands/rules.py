"""Rules that say what deserves attention: what they find now, why, and whether they are right.

Example: fairlead rules list
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairlead.cli.asking import tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@APP.callback(epilog="Example: fairlead rules list")
def _rules() -> None:
    """Ask, explain, check and test rules: ours, and your own in fairlead.d/rules, which win by id."""


@APP.command("list", epilog="Example: fairlead rules list main-red")
def list_(
    rule: Annotated[str, typer.Argument(help="Of this rule the subjects that it names now.")] = "",
    json: _Json = False,
) -> None:
    """Every rule with how many subjects it names now, and of how many it cannot know."""
    tell("rules", {"rule": rule}, json=json)


@APP.command(epilog="Example: fairlead rules explain change-waits-for-review github:brightwater/payments#210")
def explain(
    rule: Annotated[str, typer.Argument(help="The rule.")],
    subject: Annotated[str, typer.Argument(help="Id of what it judges.")],
    json: _Json = False,
) -> None:
    """Each part of a rule's condition with what comes of it for one subject, and the values that it read."""
    tell("rules", {"rule": rule, "subject": subject}, json=json)


@APP.command(epilog="Example: fairlead rules backtest change-too-large --days 90 --with lines=800")
def backtest(
    rule: Annotated[str, typer.Argument(help="The rule.")],
    days: Annotated[int, typer.Option(help="How far back.", min=1, max=730)] = 90,
    with_: Annotated[str, typer.Option("--with", help="Another value, like lines=800 or turn_since=16bh.")] = "",
    json: _Json = False,
) -> None:
    """How often a rule would have fired in the past, at which teams, for how long, and what was over by itself."""
    tell("rules", {"rule": rule, "days": str(days), "with": with_}, json=json)


@APP.command("import", epilog="Example: fairlead rules import .mergify.yml > fairlead.d/rules/mergify.yaml")
def import_(
    file: Annotated[Path, typer.Argument(help="Workflow with actions/stale, .mergify.yml or .policy.yml.")],
    owner: Annotated[str, typer.Option(help="Who answers for them, like team:payments.")] = "imported",
    json: _Json = False,
) -> None:
    """Translate another tool's rules into ours, as a file on standard output, with what has no counterpart.

    Exit code 1 where nothing could be translated.
    """
    from fairlead.cli.output import show_json
    from fairlead.model.times import SystemClock
    from fairlead.signals.importing.files import as_file, translate

    made = translate(file)
    if json:
        show_json({"rules": made.rules, "left_out": made.left_out})
    else:
        typer.echo(as_file(made, owner, SystemClock().now().date()), nl=False)
    # standard output goes into a file most of the time: what did not come along is told to whoever sits there
    for left in made.left_out:
        typer.echo(f"left out: {' '.join(left.split())}", err=True)
    if not made.rules:
        typer.echo(f"nothing of {file.name} could be translated", err=True)
    raise typer.Exit(0 if made.rules else 1)


@APP.command(epilog="Example: fairlead rules schema > rules.schema.json")
def schema(json: Annotated[bool, typer.Option("--json", help="It is JSON either way.")] = True) -> None:
    """The JSON Schema of files of rules, for editors."""
    from fairlead.cli.output import show_json
    from fairlead.signals.schema import schema as made

    assert json
    show_json(made())


@APP.command(epilog="Example: fairlead rules check")
def check(json: _Json = False) -> None:
    """Read all rules and name every fault with its file, line and column; exit code 2 if there is one.

    Warnings name what may be meant so: a source that is not set up, a rule that was to be looked at by now.
    """
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.times import SystemClock
    from fairlead.signals.around import known_of
    from fairlead.signals.rules import inspect

    loaded = home.loaded()
    rules, told = inspect(loaded.own_folders("rules"), known_of(loaded, SystemClock().now().date()))
    faults = [one for one in told if one.weight != "warning"]
    if json:
        show_json({
            "rules": list(rules), "faults": list(map(str, faults)),
            "warnings": [str(one.fault) for one in told if one.weight == "warning"],
            "told": [{**asdict(one.fault), "rule": one.rule, "weight": one.weight} for one in told],
        })  # fmt: skip
    else:
        for one in told:
            typer.echo(str(one), err=True)
        typer.echo(f"{len(rules)} rules are whole" + (f", {len(faults)} faults" if faults else ""))
    raise typer.Exit(2 if faults else 0)


@APP.command(epilog="Example: fairlead rules test change-waits-for-review")
def test(
    rule: Annotated[str, typer.Argument(help="This rule alone.")] = "",
    json: _Json = False,
) -> None:
    """Run the examples that rules carry, in your calendars; exit code 1 if one does not hold."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.wiring.trying import examples

    told = examples(home.loaded(), rule)
    if json:
        show_json(told)
    else:
        for one in told:
            if not one["right"]:
                typer.echo(
                    f"{one['rule']}, example {one['example']}: expected {one['expected']}, got {one['found']}",
                    err=True,
                )
        wrong = sum(not one["right"] for one in told)
        typer.echo(f"{len(told)} examples, " + (f"{wrong} do not hold" if wrong else "all hold"))
    raise typer.Exit(0 if all(one["right"] for one in told) else 1)
