"""How true forecasts were that were given: per level how many held of how many judged, and each with what came.

Example: fairlead forecasts --team payments
"""

from __future__ import annotations

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead forecasts --team payments")
def forecasts(
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """Forecasts that were given, judged by what came: how many held at each level, and which wait for their day."""
    tell_or_draw("forecasts", {"team": team, "language": language}, charts, json=json, md=md, html=html)
