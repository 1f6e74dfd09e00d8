"""A sprint: burndown, scope ledger, what may be carried over, and a forecast with its back-test.

Example: fairlead sprint-health --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead sprint-health --team payments --md > sprint.md")
def sprint_health(
    team: Annotated[str, typer.Option(help="Only sprints of this team, by key.")] = "",
    sprint: Annotated[str, typer.Option(help="Id, name or number; else the running sprint, else the last.")] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """Where a sprint stands, what changed in its scope, what may stay undone, and what it will bring."""
    words = {"team": team, "sprint": sprint, "language": language}
    tell_or_draw("sprint-health", words, charts, json=json, md=md, html=html)
