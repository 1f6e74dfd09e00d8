"""The standup of a team: done, under way, blocked, waiting for others, each line with how it is known.

Example: fairlead standup --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead standup --team payments --md > standup.md")
def standup(
    team: Annotated[str, typer.Option(help="Only this team, by key; else each team in its own zone.")] = "",
    language: Annotated[str, typer.Option(help="en or de; else the organisation's.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON, each claim with its evidence.")] = False,
    md: Annotated[bool, typer.Option("--md", help="As Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page.")] = False,
) -> None:
    """What was done since the last working day, what is under way, what is blocked and for how long."""
    from fairlead.cli.asking import ask
    from fairlead.cli.output import terminal_words

    form = "json" if json else "md" if md else "html" if html else "terminal"
    words = {"team": team, "language": language, "form": form}
    raise typer.Exit(ask("standup", {**words, **terminal_words()}))
