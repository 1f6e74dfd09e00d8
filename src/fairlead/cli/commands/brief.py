"""The morning brief: what needs you, why, and how it knows.

Example: fairlead brief --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import Language, ask

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead brief --team payments --md > brief.md")
def brief(
    team: Annotated[str, typer.Option(help="Only this team, by key.")] = "",
    language: Language = None,
    changes: Annotated[bool, typer.Option("--changes", help="List everything that changed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON, each claim with its evidence.")] = False,
    md: Annotated[bool, typer.Option("--md", help="As Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page.")] = False,
) -> None:
    """What changed since the last working day, what is stuck, what failed, what to do first."""
    from fairlead.cli.output import terminal_words

    form = "json" if json else "md" if md else "html" if html else "terminal"
    words = {"team": team, "language": language, "form": form, "changes": "yes" if changes else ""}
    raise typer.Exit(ask("brief", {**words, **terminal_words()}))
