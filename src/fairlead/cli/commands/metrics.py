"""Figures with their definition, count, band and trend.

Example: fairlead metrics dora --json
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fairlead.cli.asking import AsHtml, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead metrics lead_time --team payments --from 2026-09-01 --to 2026-10-01")
def metrics(
    name: Annotated[
        str,
        typer.Argument(
            help="A figure, or a group: dora, flow, outcome, quality, reliability, review, sprint; without it: all."
        ),
    ] = "",
    start: Annotated[str, typer.Option("--from", help="First day of the window; else 30 days before the end.")] = "",
    end: Annotated[str, typer.Option("--to", help="Day after the window; else now.")] = "",
    team: Team = "",
    segment: Annotated[
        list[str] | None, typer.Option(help="Like repository=github:acme/payments; repeat it to narrow.")
    ] = None,
    grain: Annotated[Literal["day", "week", "month"], typer.Option(help="Period of the trend.")] = "week",
    compatible: Annotated[str, typer.Option(help="devlake: by the published rules of Apache DevLake.")] = "",
    language: Language = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, each figure with its rows.")] = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Figures of delivery, flow, quality, reviews and sprints in a window; without a name all of them."""
    words = {
        "name": name,
        "from": start,
        "to": end,
        "team": team,
        "segment": "\n".join(segment or ()),
        "grain": grain,
        "compatible": compatible,
        "language": language,
    }
    tell("metrics", words, json=json, md=md, html=html)
