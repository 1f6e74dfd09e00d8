"""Open changes in the order in which they should be looked at.

Example: fairlead triage --team payments
"""

from __future__ import annotations

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead triage --team payments --json")
def triage(
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Open changes in order, why, and who could review, with the parts of the score."""
    tell("triage", {"team": team, "language": language}, json=json, md=md, html=html)
