"""How everything stands today: endpoints, containers, the store, the flow of events, tests.

Example: fairlead snapshot --md
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, Language, tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead snapshot --md")
def snapshot(
    look: Annotated[bool, typer.Option("--look/--no-look", help="Measure now; else tell what was seen last.")] = True,
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Look at endpoints, containers and the store, tell it with the day's tests, and keep it as a file of the day."""
    from fairlead.cli import home
    from fairlead.wiring.measuring import look_and_write, settle

    # A moment of the past cannot be looked at.
    if look and not home.asks_for_then():
        with home.services() as services:
            # Beside a server its own schedule writes the file: two that write would tell two moments.
            (settle if services.apart else look_and_write)(services)
    tell("snapshot", {"language": language}, json=json, md=md, html=html)
