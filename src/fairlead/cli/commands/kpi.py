"""The figures that the team has switched on, each with its definition, mark and guardrail.

Example: fairlead kpi --team payments
"""

from __future__ import annotations

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead kpi --team payments")
def kpi(
    team: Team = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """The figures that `[kpi]` names: value, trend, usual mark, and what guards each against being driven alone."""
    tell("kpi", {"team": team, "language": language}, json=json, md=md, html=html)
