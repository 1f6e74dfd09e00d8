"""Open changes in the order in which they should be looked at.

Example: fairlead triage --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import Language, ask

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead triage --team payments --json")
def triage(
    team: Annotated[str, typer.Option(help="Only this team, by key.")] = "",
    language: Language = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, each claim with its evidence.")] = False,
    md: Annotated[bool, typer.Option("--md", help="As Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page.")] = False,
) -> None:
    """Open changes in order, why, and who could review, with the parts of the score."""
    from fairlead.cli.output import terminal_words

    form = "json" if json else "md" if md else "html" if html else "terminal"
    words = {"team": team, "language": language, "form": form}
    raise typer.Exit(ask("triage", {**words, **terminal_words()}))
