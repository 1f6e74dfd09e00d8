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
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File that `fairlead backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what the home holds.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Check the hashes of a backup and unpack it; migrations run when the home is opened next."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.counting import counted
    from fairlead.model.errors import Abort
    from fairlead.wiring.backup import restore as unpack

    # It would go on writing to files that no longer have a name.
    if home.server_socket():
        raise Abort("a server runs on this home", hint="stop it first")
    settings = home.loaded().settings
    filled = (settings.store.url, settings.bus.url)
    done = unpack(source, home.folder(), settings.store.url, settings.bus, force=force)
    # The settings that came back may name the servers that were copied, not the ones filled: touch neither then.
    settings = home.loaded().settings
    elsewhere = (settings.store.url, settings.bus.url) != filled
    applied = 0
    if not elsewhere:
        with home.services() as services:
            applied = services.catch_up().raw_events
    if json:
        said = {"restored": str(home.folder()), "created_at": done.manifest.created_at, "applied": applied}
        show_json(
            {
                **said,
                "kept_settings": done.kept_settings,
                "other_store": elsewhere,
                "named_otherwise": done.named_otherwise,
            }
        )
        return
    since = counted(applied, "raw event")
    typer.echo(f"restored {home.folder()} as of {done.manifest.created_at}; {since} applied since")
    if done.kept_settings:
        typer.echo("note: the home's own fairlead.toml was kept; --force takes the one of the backup")
    if elsewhere:
        typer.echo(
            "note: the restored fairlead.toml names other servers: set [store] and [bus] url to those just filled"
        )
    elif done.named_otherwise:
        for name in done.named_otherwise:
            place = f"[{name}] url in {home.folder() / 'fairlead.toml'}"
            meant = f"set it there, or export FAIRLEAD_{name.upper()}__URL wherever fairlead runs"
            typer.echo(f"note: {place} does not name the server just filled: {meant}")
    typer.echo("next: fairlead doctor")
