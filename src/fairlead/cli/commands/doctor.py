"""Check everything that the configuration names, and say what to type.

Example: fairlead doctor
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)
_SIGNS = {True: "ok     ", False: "fault  ", None: "note   "}


@APP.command(epilog="Example: fairlead doctor --json")
def doctor(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Check settings, home, store and every source; exit code 1 if something is wrong."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.wiring.checkup import checkup

    faulty = False
    shown = []
    with home.services() as services:
        for finding in checkup(services):
            faulty = faulty or finding.ok is False
            if json:
                shown.append({name: getattr(finding, name) for name in ("what", "ok", "detail", "remedy")})
                continue
            typer.echo(f"{_SIGNS[finding.ok]}{finding.what}: {finding.detail}")
            if finding.remedy:
                typer.echo(f"         type: {finding.remedy}")
    if json:
        show_json({"ok": not faulty, "findings": shown})
    raise typer.Exit(1 if faulty else 0)
