"""The morning brief: what needs you, why, and how it knows.

Example: fairlead brief --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, Team, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead brief --team payments --md > brief.md")
def brief(
    team: Team = "",
    language: Language = None,
    changes: Annotated[bool, typer.Option("--changes", help="List everything that changed.")] = False,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """What changed since the last working day, what is stuck, what failed, what to do first."""
    tell(
        "brief",
        {"team": team, "language": language, "changes": "yes" if changes else ""},
        json=json,
        md=md,
        html=html,
    )
