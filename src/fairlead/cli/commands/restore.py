"""Unpack a backup into an empty home.

Example: FAIRLEAD_HOME=/srv/fairlead fairlead restore fairlead-2026-10-14.tar.gz
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead restore fairlead-2026-10-14.tar.gz")
def restore(
    source: Annotated[Path, typer.Argument(help="File that `fairlead backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what the home holds.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Check the hashes of a backup and unpack it; migrations run when the home is opened next."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.errors import Abort
    from fairlead.wiring.backup import restore as unpack

    if home.server_socket():
        raise Abort("a server runs on this home", hint="stop it first")
    manifest = unpack(source, home.folder(), home.loaded().settings.store.url, force=force)
    with home.services() as services:
        applied = services.catch_up().raw_events
    if json:
        show_json({"restored": str(home.folder()), "created_at": manifest.created_at, "applied": applied})
    else:
        typer.echo(f"restored {home.folder()} as of {manifest.created_at}; {applied} raw events applied since")
