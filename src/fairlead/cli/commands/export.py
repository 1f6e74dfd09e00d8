"""Write all records as a folder that `fairlead import records` reads.

Example: fairlead export records out --format parquet
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


Format = Literal["csv", "jsonl", "parquet"]


@APP.callback(epilog="Example: fairlead export records out")
def _export() -> None:
    """Write what Fairlead knows in open formats."""


@APP.command(epilog="Example: fairlead export records tables --format jsonl")
def records(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    form: Annotated[Format, typer.Option("--format", help="csv, jsonl or parquet.")] = "csv",
    json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """One file a table, in the record schema; that columns about people were read is recorded."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.gateway.access import Access
    from fairlead.ingest.records_export import export_records

    with home.services() as services:
        # A running server applies what comes by itself; twice would only make both wait.
        if home.server_socket() is None:
            services.catch_up()
        written = export_records(folder, services.database, form)
        access = Access(services.database, services.log, services.clock)
        # The whole folder speaks of people: one entry tells so, with all of its rows.
        rows = sum(written.values())
        access.note_reading(access.operator(), "export", f"export records {form}", ["people.*"], rows, allowed=True)
    if json:
        show_json({"folder": str(folder), "rows": written})
        return
    if not written:
        typer.echo("nothing to write yet: no records are known")
    for table, count in written.items():
        typer.echo(f"{table}: {count}")
