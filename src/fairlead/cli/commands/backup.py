"""Copy everything into one file, also while the server runs.

Example: fairlead backup fairlead-2026-10-14.tar.gz
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead backup fairlead-2026-10-14.tar.gz")
def backup(
    target: Annotated[Path, typer.Argument(help="File to write.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Write raw log, facts, keys and settings to one file; the warehouse is rebuilt and left out."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.wiring.backup import backup as write

    # Past the services: opening them would migrate, and a backup is what one makes before that.
    manifest = write(home.folder(), home.loaded(), target, home.clock())
    if json:
        show_json({"written": str(target), "bytes": target.stat().st_size, "files": manifest.files})
    else:
        typer.echo(f"wrote {target}, {target.stat().st_size / 1e6:.1f} MB: {', '.join(manifest.files)}")
        typer.echo("it holds your keys: keep it as safe as them")
