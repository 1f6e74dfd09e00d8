"""Print a link that lets the operator's browser in, once; or make a token for the API.

Example: fairlead login
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead login --token laptop --scope read --days 30")
def login(
    token: Annotated[str, typer.Option(help="Make a token of this name instead of a link.")] = "",
    scope: Annotated[list[str] | None, typer.Option(help="read, write, sql, admin or feed; repeat it.")] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How long a token holds.")] = 90,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """A new one-time link for the pages, or a token for `Authorization: Bearer`, shown once."""
    from fairlead.cli import home
    from fairlead.cli.output import say, show_json
    from fairlead.gateway.access import Access

    with home.services() as services:
        # Who may read the home is its operator: no password could add to the rights of the file system.
        access = Access(services.database, services.log, services.clock)
        if token:
            made, secret = access.mint(access.operator(), token, scope or ["read"], timedelta(days=days))
            answer = {"token": secret, "id": made.id, "scopes": sorted(scope or ["read"])}
        else:
            served = home.server_socket() is not None
            answer = {"link": f"{home.address(services)}/sign-in/{access.operator_link()}"}
    if json:
        show_json(answer)
        return
    typer.echo(answer.get("token") or answer["link"])
    say("it is shown once" if token else "it works once, within a day")
    # A link that nobody answers looks like one that has expired.
    if not token and not served:
        say("no server runs here: start it with `fairlead up`")
