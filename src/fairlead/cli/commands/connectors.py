"""Show which tools are understood, what each connector can, and how much code it took.

Example: fairlead connectors
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead connectors")
def connectors(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show which tools are understood: tool by verify, read, sync, act and fake, with the lines of code of each."""
    from fairlead.cli.output import show_json, show_rows
    from fairlead.connectors.kit.table import rows

    found = [row._asdict() for row in rows()]
    if json:
        show_json(found)
    else:
        show_rows(found)
