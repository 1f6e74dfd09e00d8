"""When so many items are done, or how many by a date, from what past days brought.

Example: fairlead forecast --items 30 --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead forecast --items 30 --team payments")
def forecast(
    items: Annotated[int, typer.Option(help="When so many items are done.")] = 0,
    by: Annotated[str, typer.Option(help="How many are done by this day, like 2026-12-18.")] = "",
    team: Annotated[str, typer.Option(help="Only this team, by key.")] = "",
    language: Annotated[str, typer.Option(help="en or de; else the organisation's.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON, each claim with its evidence.")] = False,
    md: Annotated[bool, typer.Option("--md", help="As Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page.")] = False,
) -> None:
    """Answers of 50, 85 and 95 % from daily throughput, and how often such answers held; with both words a chance."""
    from fairlead.cli.asking import ask
    from fairlead.cli.output import terminal_words

    form = "json" if json else "md" if md else "html" if html else "terminal"
    words = {"items": str(items) if items else "", "by": by, "team": team, "language": language, "form": form}
    raise typer.Exit(ask("forecast", {**words, **terminal_words()}))
