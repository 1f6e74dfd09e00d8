"""Effort by objective, how much of it served none, how that has changed, and what might be linked.

Example: fairlead alignment --team payments
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead alignment --team payments --window 90d --by points")
def alignment(
    team: Team = "",
    window: Annotated[Literal["7d", "30d", "90d"], typer.Option(help="Days that it tells of.")] = "30d",
    by: Annotated[
        Literal["time", "points"], typer.Option(help="Working time in progress, or points of what was done.")
    ] = "time",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Share of effort of each objective, with what serves none as its own, and what probably serves one."""
    tell("alignment", {"team": team, "window": window, "by": by, "language": language}, json=json, md=md, html=html)
