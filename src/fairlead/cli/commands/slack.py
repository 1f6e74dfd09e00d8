"""Slack: the manifest of your own app, and whether all is well with it.

Example: fairlead slack manifest --socket
"""

from __future__ import annotations

from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@APP.command(epilog="Example: fairlead slack manifest --http https://fairlead.acme.example")
def manifest(
    socket: Annotated[bool, typer.Option("--socket", help="For Socket Mode, which needs no public address.")] = False,
    http: Annotated[str, typer.Option(help="For requests over HTTP to this public address.")] = "",
    prefix: Annotated[str | None, typer.Option(help="Before the name of each command, like fl-.")] = None,
    name: Annotated[str, typer.Option(help="What the app is called.")] = "Fairlead",
    read_channels: Annotated[
        bool, typer.Option("--read-channels", help="With the rights to read chosen channels.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON; Slack takes both.")] = False,
) -> None:
    """Print the manifest to paste at api.slack.com/apps; without an option, as [slack] says."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.connectors.slack.manifest import as_yaml
    from fairlead.connectors.slack.manifest import manifest as made
    from fairlead.model.errors import Abort

    if socket and http:
        raise Abort("say one of --socket and --http", hint="Slack sends either way, never both")
    with home.services() as services:
        said, public = services.settings.slack, services.settings.server.public_url
    address = "" if socket else http or (public if said.mode == "http" else "")
    if address and not address.startswith("https://"):
        raise Abort(f"Slack sends to https alone, not to `{address}`", hint="or use --socket")
    found = made(
        url=address, prefix=said.prefix if prefix is None else prefix, name=name, read_channels=read_channels
    )
    if json:
        show_json(found)
    else:
        typer.echo(as_yaml(found), nl=False)


@APP.command(epilog="Example: fairlead slack check")
def check(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Look at token, rights, channels, and how many people of the workspace are known; exit code 1 if it is amiss."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.wiring.slackcheck import findings

    with home.services() as services:
        found = list(findings(services))
    if json:
        told = [{name: getattr(one, name) for name in ("what", "ok", "detail", "remedy")} for one in found]
        show_json({"ok": all(one.ok is not False for one in found), "findings": told})
    else:
        for one in found:
            typer.echo(f"{ {True: 'ok', False: 'fault', None: 'note'}[one.ok]:7}{one.what}: {one.detail}")
            if one.remedy:
                typer.echo(f"       type: {one.remedy}")
    raise typer.Exit(0 if all(one.ok is not False for one in found) else 1)
