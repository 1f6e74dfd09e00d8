"""The standup of a team: done, under way, blocked, waiting for others, each line with how it is known.

Example: fairlead standup --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead standup --team payments --md > standup.md")
def standup(
    team: Annotated[str, typer.Option(help="Only this team, by key; else each team in its own zone.")] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """What was done since the last working day, what is under way, what is blocked and for how long."""
    tell("standup", {"team": team, "language": language}, json=json, md=md, html=html)
