"""The plan of a quarter, made from data: objectives, milestones, what teams owe each other, risks, hours and effort.

Example: fairlead quarter 2026-Q4 --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead quarter 2026-Q4 --team payments --md")
def quarter(
    quarter: Annotated[str, typer.Argument(help="Like 2026-Q4; else the one that runs.")] = "",
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """What a quarter is to bring, by when, who waits for whom, what is in the way, and how much time there is."""
    tell("quarter", {"quarter": quarter, "team": team, "language": language}, json=json, md=md, html=html)
