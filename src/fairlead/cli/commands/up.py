"""Run gateway, pages and workers.

Example: fairlead up --only workers
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead up --public-url https://fairlead.acme.example")
def up(
    only: Annotated[
        Literal["gateway", "workers"] | None, typer.Option(help="One of the two parts; else both in this process.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")] = "",
    port: Annotated[int, typer.Option(min=-1, max=65535, help="Port; 0 takes any free one.")] = -1,
    public_url: Annotated[str, typer.Option(help="Address by which people reach it through a proxy.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Say as one line of JSON where it listens.")] = False,
) -> None:
    """Run until SIGTERM or Ctrl-C; prints a link that lets this machine's operator in, once."""
    import os

    from fairlead.cli import home
    from fairlead.cli.serving import serve

    # As variables and not as arguments: the workers run in a process of their own and read the same settings again.
    for name, value in (("HOST", host), ("PUBLIC_URL", public_url), ("PORT", str(port) if port >= 0 else "")):
        if value:
            os.environ[f"FAIRLEAD_SERVER__{name}"] = value
    with home.services() as services:
        serve(services, only=only or "", json=json)
