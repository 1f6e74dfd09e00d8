"""Figures with their definition, count, band and trend.

Example: fairlead metrics dora --json
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from fairlead.cli.asking import Language, ask

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead metrics lead_time --team payments --from 2026-09-01 --to 2026-10-01")
def metrics(
    name: Annotated[
        str, typer.Argument(help="A figure, or a group: dora, flow, quality, review or sprint; without it: all.")
    ] = "",
    start: Annotated[str, typer.Option("--from", help="First day of the window; else 30 days before the end.")] = "",
    end: Annotated[str, typer.Option("--to", help="Day after the window; else now.")] = "",
    team: Annotated[str, typer.Option(help="Only this team, by key.")] = "",
    segment: Annotated[
        list[str] | None, typer.Option(help="Like repository=github:acme/payments; repeat it to narrow.")
    ] = None,
    grain: Annotated[Literal["day", "week", "month"], typer.Option(help="Period of the trend.")] = "week",
    compatible: Annotated[str, typer.Option(help="devlake: by the published rules of Apache DevLake.")] = "",
    language: Language = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, each figure with its rows.")] = False,
    md: Annotated[bool, typer.Option("--md", help="As Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As one HTML page.")] = False,
) -> None:
    """Figures of delivery, flow, quality, reviews and sprints in a window; without a name all of them."""
    from fairlead.cli.output import terminal_words

    words = {
        "name": name,
        "from": start,
        "to": end,
        "team": team,
        "segment": "\n".join(segment or ()),
        "grain": grain,
        "compatible": compatible,
        "language": language,
        "form": "json" if json else "md" if md else "html" if html else "terminal",
    }
    raise typer.Exit(ask("metrics", {**words, **terminal_words()}))
