"""When so many items are done, or how many by a date, from what past days brought.

Example: fairlead forecast --items 30 --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead forecast --items 30 --team payments")
def forecast(
    items: Annotated[int, typer.Option(help="When so many items are done.")] = 0,
    by: Annotated[str, typer.Option(help="How many are done by this day, like 2026-12-18.")] = "",
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Answers of 50, 85 and 95 % from daily throughput, and how often such answers held; with both words a chance."""
    tell(
        "forecast",
        {"items": str(items) if items else "", "by": by, "team": team, "language": language},
        json=json,
        md=md,
        html=html,
    )
