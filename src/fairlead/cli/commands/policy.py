"""Policies that say what may be done: what they are, whether they are right, why they say what they say.

Example: fairlead policy check
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fairlead.cli.asking import tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@APP.callback(epilog="Example: fairlead policy check")
def _policy() -> None:
    """Read, check, test, explain and simulate policies: ours, and your own in fairlead.d/policies."""


@APP.command("list", epilog="Example: fairlead policy list")
def list_(json: _Json = False) -> None:
    """Every policy with what it may say and how many tests it has; exit code 1 if any of them does not load."""
    tell("policy", {}, json=json)


@APP.command(epilog="Example: fairlead policy check")
def check(json: _Json = False) -> None:
    """Name every fault of every policy with its file, line and column; exit code 2 if there is one."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.governance.policy import checking
    from fairlead.wiring.policies import read_policies

    read = read_policies(home.loaded())
    faults, remarks = checking.faults(read), checking.remarks(read)
    if json:
        said: dict[str, Any] = {"policies": [one.name for one in read.deciding], "version": read.version}
        show_json({**said, "faults": list(map(str, faults)), "remarks": list(map(str, remarks))})
    else:
        for one in (*faults, *remarks):
            typer.echo(str(one), err=True)
        typer.echo(
            f"{len(read.deciding)} policies: "
            + (f"{len(faults)} faults, so everything is denied" if faults else "whole")
        )
    raise typer.Exit(2 if faults else 0)


@APP.command(epilog="Example: fairlead policy test freezes")
def test(
    policy: Annotated[str, typer.Argument(help="This policy alone.")] = "",
    json: _Json = False,
) -> None:
    """Run the tests that stand beside policies, and name those that do not hold; exit code 1 if there is one."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.config.check import did_you_mean
    from fairlead.governance.policy import testing
    from fairlead.model.errors import Abort
    from fairlead.wiring.policies import read_policies

    read = read_policies(home.loaded())
    found = testing.run(read, policy)
    if policy and not found:
        known = sorted({testing.tested_by(module) for module in read.tests})
        raise Abort(f"no tests of `{policy}`{did_you_mean(policy, known)}", hint=f"{policy}_test.rego beside it")
    wrong = [one for one in found if not one.holds]
    if json:
        show_json(found)
    else:
        for one in wrong:
            typer.echo(f"{one.path}:{one.line}: {one.name}: {one.words}", err=True)
        typer.echo(f"{len(found)} tests, " + (f"{len(wrong)} do not hold" if wrong else "all hold"))
    raise typer.Exit(1 if wrong else 0)


@APP.command(epilog="Example: fairlead policy export bundle")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder that is made, or written over.")],
    json: _Json = False,
) -> None:
    """Write policies and data as the folder of an OPA bundle, for a server that gets them from elsewhere."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.reports.plain import json_text
    from fairlead.wiring.policies import read_policies

    read = read_policies(home.loaded())
    files = {**read.named, "data.json": json_text(read.data)}
    files[".manifest"] = json_text({"revision": read.version, "roots": ["fairlead", "own"]})
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if json:
        show_json({"version": read.version, "files": sorted(files)})
    else:
        typer.echo(f"{len(files)} files of version {read.version} in {folder}")


@APP.command(epilog="Example: fairlead policy explain action:1")
def explain(
    action: Annotated[str, typer.Argument(help="Id of an action.")] = "",
    input_: Annotated[
        Path | None, typer.Option("--input", help="An input document as JSON, in place of an action.")
    ] = None,
    json: _Json = False,
) -> None:
    """What policy says, and of each rule whether it spoke and which of its conditions did not hold."""
    from fairlead.model.errors import Abort

    if bool(action) == bool(input_):
        raise Abort("name an action, or a document by --input", hint="fairlead policy explain --input FILE")
    try:
        text = input_.read_text(encoding="utf-8") if input_ else ""
    except (OSError, UnicodeDecodeError) as fault:
        raise Abort(f"cannot read {input_}: {fault}") from fault
    tell("policy", {"action": action, "input": text}, json=json)


@APP.command(epilog="Example: fairlead policy simulate --days 90")
def simulate(
    days: Annotated[int, typer.Option(help="How far back.", min=1)] = 90,
    with_: Annotated[
        Path | None, typer.Option("--with", help="A folder of policies that are not in force: what would change.")
    ] = None,
    json: _Json = False,
) -> None:
    """What policies would have said of the proposals of the last days, each at the moment when it was made."""
    tell("policy", {"days": str(days), "with": str(with_.absolute()) if with_ else ""}, json=json)
