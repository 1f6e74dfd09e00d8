"""The week's facts for one kind of reader: an executive, a product manager, or the team.

Example: fairlead update --for executive
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


class Audience(StrEnum):
    """Who reads it; checked by the command line, so that a wrong call lists them."""

    EXECUTIVE = "executive"
    PRODUCT = "product"
    TEAM = "team"


@APP.command(epilog="Example: fairlead update --for product --team booking")
def update(
    audience: Annotated[Audience, typer.Option("--for", help="Who reads it: decides on chapters, depth and words.")],
    team: Team = "",
    week: Annotated[str, typer.Option(help="Like 2026-W46, as known by its end; else up to now.")] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """The same facts as the weekly: outcomes, risks and dates, or items and scope, or all the detail."""
    words = {"for": audience.value, "team": team, "week": week, "language": language}
    tell_or_draw("update", words, charts, json=json, md=md, html=html)
