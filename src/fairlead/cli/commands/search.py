"""Find records by id, number, key, hash or the words of their title.

Example: fairlead search payments refund
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead search payments refund --kind change")
def search(
    words: Annotated[list[str], typer.Argument(help="Each must fit: ACME-17, '#42', 9f31c2a, refund.")],
    kind: Annotated[str, typer.Option(help='Only this kind, like change or "work item".')] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Of each kind at most so many.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="By kind, with how many there are.")] = False,
) -> None:
    """Records of every kind: those that are named so first, then the newest; finding people is recorded."""
    tell("search", {"q": " ".join(words), "kind": kind, "limit": str(limit)}, json=json)
