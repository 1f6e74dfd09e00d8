"""Service levels and error budgets, incidents by class, recovery, what came back, and the on-call load of teams.

Example: fairlead reliability --team payments
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead reliability --team payments --window 30d --md > reliability.md")
def reliability(
    team: Annotated[str, typer.Option(help="Only services of this team, by key.")] = "",
    service: Annotated[str, typer.Option(help="Only this service, by key.")] = "",
    window: Annotated[Literal["7d", "30d", "90d"], typer.Option(help="Days that incidents are told of.")] = "90d",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """What burns error budgets, how incidents went and came back, and how often teams are paged."""
    words = {"team": team, "service": service, "window": window, "language": language}
    tell_or_draw("reliability", words, charts, json=json, md=md, html=html)
