"""What a change has to show before it is merged: tests, coverage, review, documentation, security, performance.

Example: fairlead gates github:brightwater/payments#210
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import tell

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead gates github:brightwater/payments#210")
def gates(
    change: Annotated[str, typer.Argument(help="Change id, like github:acme/payments#42.")] = "",
    sprint: Annotated[str, typer.Option(help="Id or name of a sprint: a line for each change of its items.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON, with evidence and numbers.")] = False,
) -> None:
    """Each gate as passed, failed or unknown, with the records that show it; policies read the same facts."""
    tell("gates", {"change": change, "sprint": sprint}, json=json)
