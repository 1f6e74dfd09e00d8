"""What people enter on the command line: written down, read at once where no server does, shown as it stands then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from fairlead.store.decided import Table
    from fairlead.wiring.services import Services


def entered(
    table: Table,
    enter: Callable[[Services, str], str],
    told: Callable[[dict[str, Any]], dict[str, Any]],
    line: Callable[[Mapping[str, Any]], str],
    *,
    by: str,
    json: bool,
) -> None:
    """Enters what somebody says and shows the record of a table that came of it: as JSON, or its id and a line."""
    from fairlead.cli import home
    from fairlead.cli.acting import enters
    from fairlead.cli.output import show_json
    from fairlead.governance.entering import one

    with home.services() as services:
        # a server reads it by itself, within the second
        alone = home.server_socket() is None
        if alone:
            services.apply()
        record, row = enter(services, enters(services, by)), None
        if alone:
            services.apply()
            row = told(one(services, table, record))
    if json:
        show_json(row or {"id": record})
        return
    typer.echo(f"{record}: {line(row)}" if row else record)
