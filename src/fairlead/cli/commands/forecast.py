"""When items, an epic, a milestone or a sprint are done, or how many by a date.

Example: fairlead forecast --items 30 --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team
from fairlead.cli.charts import Charts, tell_or_draw

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead forecast --items 30 --team payments")
def forecast(
    items: Annotated[int | None, typer.Option(help="When so many items are done.")] = None,
    by: Annotated[str, typer.Option(help="How many are done by this day, like 2026-12-18.")] = "",
    epic: Annotated[str, typer.Option(help="When an epic is done, by key, id or title.")] = "",
    milestone: Annotated[str, typer.Option(help="When a milestone is reached, by title or id.")] = "",
    sprint: Annotated[str, typer.Option(help="What a running sprint brings, by id, name or number.")] = "",
    as_of: Annotated[str, typer.Option(help="What was known before this day, like 2026-09-01.")] = "",
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    charts: Charts = None,
) -> None:
    """Answers of 50, 85 and 95 % from daily throughput, and how often such answers held; with both words a chance."""
    words = {
        "items": "" if items is None else str(items), "by": by, "epic": epic, "milestone": milestone,
        "sprint": sprint, "as_of": as_of, "team": team, "language": language,
    }  # fmt: skip
    tell_or_draw("forecast", words, charts, json=json, md=md, html=html)
