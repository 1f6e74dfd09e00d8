"""Ask the records and marts in SQL; read only.

Example: fairlead sql "select * from change_lead_times limit 5"
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog='Example: fairlead sql "select repository, count(*) from changes group by all" --json')
def sql(
    query: Annotated[str, typer.Argument(help="One DuckDB SELECT.")],
    json: Annotated[bool, typer.Option("--json", help="A list of objects.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 10_000,
) -> None:
    """One read-only query over records and marts; reading columns about people is recorded.

    In a terminal the table fits it; into a pipe or file goes a line a row. `-` stands for no value; times are UTC.
    """
    from fairlead.cli.asking import ask
    from fairlead.cli.output import terminal_words

    form = "json" if json else "csv" if csv else "terminal"
    raise typer.Exit(ask("sql", {"query": query, "form": form, "limit": str(limit), **terminal_words()}))
