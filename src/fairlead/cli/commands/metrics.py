"""Figures with their definition, count, band and trend.

Example: fairlead metrics dora --json
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead metrics lead_time --team payments --from 2026-09-01 --to 2026-10-01")
def metrics(
    name: Annotated[str, typer.Argument(help="A figure or a group, like dora, review, build; without it: all.")] = "",
    start: Annotated[str, typer.Option("--from", help="First day of the window; else 30 days before the end.")] = "",
    end: Annotated[str, typer.Option("--to", help="Day after the window; else now.")] = "",
    team: Annotated[str, typer.Option(help="Only this team, by key.")] = "",
    segment: Annotated[
        list[str] | None, typer.Option(help="Like repository=github:acme/payments; repeat it to narrow.")
    ] = None,
    grain: Annotated[str, typer.Option(help="Period of the trend: day, week or month.")] = "week",
    compatible: Annotated[str, typer.Option(help="devlake: by the published rules of Apache DevLake.")] = "",
    language: Annotated[str, typer.Option(help="en or de; else the organisation's.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON, each figure with its rows.")] = False,
) -> None:
    """Delivery, review and build figures of a window; without a name the catalogue."""
    from fairlead.cli.asking import ask
    from fairlead.cli.output import terminal_words

    words = {
        "name": name,
        "from": start,
        "to": end,
        "team": team,
        "segment": "\n".join(segment or ()),
        "grain": grain,
        "compatible": compatible,
        "language": language,
        "form": "json" if json else "terminal",
    }
    raise typer.Exit(ask("metrics", {**words, **terminal_words()}))
