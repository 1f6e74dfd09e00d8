"""Read the history of the configured sources, with progress.

Example: fairlead sync github --since 2026-01-01
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead sync calendar --since 2026-01-01")
def sync(
    source: Annotated[str, typer.Argument(help="A source by name; without it all.")] = "",
    since: Annotated[str, typer.Option(help="First day to read, or `all`.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Read all again and sweep for what was deleted.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Read from each tool's API or from disk; goes on where it stopped, also after a kill."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.cli.progress import ProgressLine
    from fairlead.config.check import did_you_mean
    from fairlead.model.errors import Abort
    from fairlead.workers.syncs import run_sync

    summaries = []
    with home.services() as services:
        if source and services.source(source) is None:
            raise Abort(f"no source `{source}`{did_you_mean(source, list(services.settings.sources))}")
        for name in [source] if source else list(services.settings.sources):
            with ProgressLine(quiet=json) as line:
                summaries.append(run_sync(services, name, since=since, full=full, report=line.report))
        # A server takes in what the log now holds; without one nobody else would.
        if home.server_socket() is None:
            services.catch_up()
    if json:
        show_json(summaries)
        return
    for summary in summaries:
        typer.echo(summary.words())
    if not summaries:
        typer.echo("no source is configured; `fairlead init` asks for one")
    if any(summary.result == "failure" for summary in summaries):
        raise typer.Exit(1)
