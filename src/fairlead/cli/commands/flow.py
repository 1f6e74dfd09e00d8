"""What stands where day by day, how long finished items took, what is done a week, and what is older than usual.

Example: fairlead flow --team payments
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead flow --team payments --window 90d --charts charts")
def flow(
    team: Team = "",
    window: Annotated[Literal["7d", "30d", "90d"], typer.Option(help="Days that it tells of.")] = "30d",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """Cumulative flow, throughput and the cycle time of each finished item, and what is older than usual by now."""
    words = {"team": team, "window": window, "language": language}
    tell_or_draw("flow", words, charts, json=json, md=md, html=html)
