"""What is to be sent, what was, and what nobody took: list, show, retry.

Example: fairlead outbox list
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from fairlead.store.outbox import Message
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@APP.command("list", epilog="Example: fairlead outbox list --status failed")
def list_(
    status: Annotated[
        Literal["waiting", "sending", "sent", "failed"] | None, typer.Option(help="Only these.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """The newest messages with what became of each."""
    from fairlead.cli import home
    from fairlead.cli.output import say, show_json, show_rows
    from fairlead.store import outbox

    with home.services() as services, services.database.read() as tx:
        found = outbox.rows(tx, status=status or "", limit=limit)
        counts = outbox.counts(tx)
    if json:
        show_json([_plain(message) for message in found])
    elif found:
        show_rows([_row(message) for message in found])
    elif not json:
        typer.echo("nothing was put into the outbox yet")
    if not json and (failed := counts.get("failed")):
        say(f"{failed} failed: `fairlead outbox show ID` says why, `fairlead outbox retry` tries again")


@APP.command(epilog="Example: fairlead outbox show 3f9a")
def show(
    message: Annotated[str, typer.Argument(help="Id, or how it begins.")],
    text: Annotated[bool, typer.Option("--text", help="What it says, as text.")] = False,
    json: Json = False,
) -> None:
    """One message: where it goes, how often it was tried, what the other side said."""
    from fairlead.cli import home
    from fairlead.cli.output import show as show_text
    from fairlead.cli.output import show_json
    from fairlead.governance.outbox import Outbox
    from fairlead.reports.plain import plain

    with home.services() as services:
        found = _one(services, message)
        letter = Outbox(services.database).letter(found) if text else None
    if letter is not None:
        show_text(letter.text or "".join(part.data.decode("utf-8", "replace") for part in letter.parts[:1]))
    elif json:
        show_json(_plain(found))
    else:
        for name, value in _plain(found).items():
            typer.echo(f"{name + ':':16}{plain(str(value))}")


@APP.command(epilog="Example: fairlead outbox retry --all")
def retry(
    message: Annotated[str, typer.Argument(help="Id, or how it begins.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Everything that failed.")] = False,
    json: Json = False,
) -> None:
    """Let messages that failed be tried again; the workers send them, within seconds where they run."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.governance.outbox import Outbox
    from fairlead.model.counting import counted
    from fairlead.model.errors import Abort
    from fairlead.store import outbox

    if bool(message) == all_:
        raise Abort("say which", hint="an id from `fairlead outbox list`, or --all")
    with home.services() as services:
        with services.database.read() as tx:
            failed = outbox.rows(tx, status="failed", limit=10_000) if all_ else []
        chosen = failed if all_ else [_one(services, message)]
        for one in chosen:
            Outbox(services.database).retry(one.id)
    if json:
        show_json({"waiting": [one.id for one in chosen]})
        return
    typer.echo(f"{counted(len(chosen), 'message')} will be tried again")


def _one(services: Services, beginning: str) -> Message:
    from fairlead.model.errors import Abort
    from fairlead.store import outbox

    with services.database.read() as tx:
        found = outbox.beginning(tx, beginning)
    if len(found) != 1:
        what = "no message begins" if not found else f"{len(found)} messages begin"
        raise Abort(f"{what} with `{beginning}`", hint="`fairlead outbox list` shows their ids")
    return found[0]


def _row(message: Message) -> dict[str, Any]:
    return {
        "id": message.id[:10],
        "made": f"{message.made_at:%Y-%m-%d %H:%M}",
        "report": message.made_from,
        "team": message.team.removeprefix("team:"),
        "to": f"{message.channel} {message.address}".strip(),
        "status": message.status,
        "tries": message.attempts,
        "said": message.error or message.answer,
    }


def _plain(message: Message) -> dict[str, Any]:
    from fairlead.wiring.outboxes import told

    return told(message)
