"""Service level objectives: what is promised and kept, what is left of each error budget, how fast it burns.

Example: fairlead slo --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead slo --team payments --json")
def slo(
    team: Team = "",
    service: Annotated[str, typer.Option(help="Only this service, by key.")] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """Objectives with what was kept, the budget left, and burn rates over 5 and 30 min, 1 and 6 h and 3 days."""
    tell_or_draw("slo", {"team": team, "service": service, "language": language}, charts, json=json, md=md, html=html)
