"""Read the history of the configured sources, with progress.

Example: fairlead sync github --since 2026-01-01
"""

from __future__ import annotations

from collections import defaultdict
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
    """Read from each tool's API or from disk; goes on where it stopped. Exit code 1 if not all was read."""
    from fairlead.cli import home
    from fairlead.cli.output import say, show_json
    from fairlead.cli.progress import ProgressLine
    from fairlead.config.check import did_you_mean
    from fairlead.model.errors import Abort
    from fairlead.workers.syncs import await_reading, run_sync, tell_quarantined

    summaries, pages = [], defaultdict[str, set[int]](set)
    with home.services() as services:
        if source and services.source(source) is None:
            raise Abort(f"no source `{source}`{did_you_mean(source, list(services.settings.sources))}")
        for name in [source] if source else list(services.settings.sources):
            with ProgressLine(quiet=json) as line:
                taken = pages[name].add
                summaries.append(run_sync(services, name, since=since, full=full, report=line.report, taken=taken))
        # A server takes in what the log now holds; without one nobody else would.
        if home.server_socket() is None:
            services.catch_up()
        else:
            await_reading(services, set().union(*pages.values()))
        for summary in summaries:
            tell_quarantined(services, summary, pages[summary.source])
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
