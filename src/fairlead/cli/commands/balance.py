"""How the work of some days was shared among roadmap, defects, debt, toil, support and compliance.

Example: fairlead balance --team payments
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead balance --team payments --window 90d")
def balance(
    team: Team = "",
    window: Annotated[Literal["7d", "30d", "90d"], typer.Option(help="Days that it tells of.")] = "30d",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Shares of the work by kind, beside what was agreed in `[balance]` and what the next sprint plans."""
    words = {"team": team, "window": window, "language": language}
    tell("balance", words, json=json, md=md, html=html)
