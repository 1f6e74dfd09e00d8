"""A sprint: burndown, scope ledger, what may be carried over, and a forecast with its back-test.

Example: fairlead sprint-health --team payments
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead sprint-health --team payments --md > sprint.md")
def sprint_health(
    team: Annotated[str, typer.Option(help="Only sprints of this team, by key.")] = "",
    sprint: Annotated[str, typer.Option(help="Id, name or number; else the running sprint, else the last.")] = "",
    language: Annotated[str, typer.Option(help="en or de; else the organisation's.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON, each claim with its evidence.")] = False,
    md: Annotated[bool, typer.Option("--md", help="As Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page, with its charts.")] = False,
) -> None:
    """Where a sprint stands, what changed in its scope, what may stay undone, and what it will bring."""
    from fairlead.cli.asking import ask
    from fairlead.cli.output import terminal_words

    form = "json" if json else "md" if md else "html" if html else "terminal"
    words = {"team": team, "sprint": sprint, "language": language, "form": form}
    raise typer.Exit(ask("sprint-health", {**words, **terminal_words()}))
