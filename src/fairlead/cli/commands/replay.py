"""Read raw events again: all, those of one source, or those in quarantine.

Example: fairlead replay --quarantined
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead replay --quarantined")
def replay(
    source: Annotated[str, typer.Argument(help="Only this source.")] = "",
    quarantined: Annotated[bool, typer.Option("--quarantined", help="Only what could not be read so far.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Make records from raw events again; what is the same stays the same."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.cli.progress import ProgressLine
    from fairlead.config.check import did_you_mean
    from fairlead.connectors.kit.connector import Progress
    from fairlead.ingest import revisions
    from fairlead.ingest.replay import replay as run
    from fairlead.model.counting import counted
    from fairlead.model.errors import Abort
    from fairlead.reports.plain import plain
    from fairlead.store import quarantine

    with home.services() as services, ProgressLine(quiet=json) as line:
        with services.database.read() as tx:
            # A source that was taken out of the settings, or never stood there, may still have events in the log.
            known = sorted({*services.settings.sources, *revisions.sources(tx)})
        if source and source not in known:
            raise Abort(f"no events of a source `{source}`{did_you_mean(source, known)}")
        # How many wait in quarantine is not asked beforehand: they are few, and a bar would be gone at once.
        total = None if quarantined else services.log.latest()
        done = run(
            services.ingest,
            source=source or None,
            quarantined=quarantined,
            progress=lambda count: line.report(Progress(count, total, "raw events")),
        )
        with services.database.read() as tx:
            held = quarantine.rows(tx, source=source or None)
    if json:
        said = {"read": done.raw_events, "changed": done.changed, "quarantined": done.quarantined}
        show_json({**said, "unreadable": held})
        return
    read, changed = counted(done.raw_events, "raw event"), counted(done.changed, "record")
    typer.echo(f"read {read}: {changed} changed, {done.quarantined} in quarantine")
    for one in held:
        place = f" at {plain(one.field)}" if one.field else ""
        about = f"raw event {one.raw_seq}, {one.source} {plain(one.kind)}, received {one.first_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"  still unreadable: {about}: {plain(one.error)}{place}")
