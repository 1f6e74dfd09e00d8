"""Write the generated pages of the documentation.

Example: fairlead docs docs
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead docs docs")
def docs(
    folder: Annotated[Path, typer.Argument(help="Folder to write to.")] = Path("docs"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a page is out of date.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Make records, configuration, metrics, marts, commands and the demo's story from what defines them."""
    from fairlead.cli.generated import pages
    from fairlead.cli.output import show_json

    stale = []
    for name, text in pages().items():
        path = folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if json:
        show_json({"written" if not check else "stale": stale})
    else:
        typer.echo("\n".join(stale) or "all pages are up to date")
    raise typer.Exit(1 if check and stale else 0)
