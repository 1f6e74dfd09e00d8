"""A week in ten minutes: what to decide, what is at risk, what shipped, how delivery, flow and quality went.

Example: fairlead weekly --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead weekly --team payments --md > weekly.md")
def weekly(
    team: Annotated[str, typer.Option(help="Only this team, by key; its calendar says when a week begins.")] = "",
    week: Annotated[
        str,
        typer.Option(help="Like 2026-W46, as known by its end; else the week of the last working day, up to now."),
    ] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """The week's review: decisions, risks, what shipped, sprints, delivery, flow, reliability, quality, reviews."""
    words = {"team": team, "week": week, "language": language}
    tell_or_draw("weekly", words, charts, json=json, md=md, html=html)
