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
    """Read from each tool's API or from disk; goes on where it stopped. Exit code 1 if something was left out."""
    from fairlead.cli import home
    from fairlead.cli.output import say, show_json
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
    # A script that goes on with the data must hear of gaps; a server goes on, and the Data page tells them.
    gaps = [summary.source for summary in summaries if summary.result in ("partial", "failure")]
    if json:
        show_json(summaries)
    else:
        for summary in summaries:
            typer.echo(summary.words())
        if not summaries:
            typer.echo("no source is configured; `fairlead init` asks for one")
        if gaps:
            say(f"not all was read of {', '.join(gaps)}; `fairlead doctor` says what to do")
    raise typer.Exit(1 if gaps else 0)
