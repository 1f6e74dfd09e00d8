"""What is not finished, by status, with its age against what is usual.

Example: fairlead work --team payments --type bug
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead work --team payments --type bug")
def work(
    team: Team = "",
    work_type: Annotated[str, typer.Option("--type", help="One type of work, like bug or tech_debt.")] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Work that is not finished, by status: how old against its project's past, and what cannot go on."""
    tell("work", {"team": team, "type": work_type, "language": language}, json=json, md=md, html=html)
