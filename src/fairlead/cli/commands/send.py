"""Send a report by mail now, or show the mail.

Example: fairlead send brief --team payments --to kim@acme.example
"""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import Language

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead send brief --team payments --to kim@acme.example --dry-run > brief.eml")
def send(
    report: Annotated[str, typer.Argument(help="Name of the report, like brief, standup or weekly.")],
    to: Annotated[list[str], typer.Option(help="Address; repeat it for several, who do not see each other.")],
    team: Annotated[str, typer.Option(help="Only this team, by key.")] = "",
    language: Language = None,
    text: Annotated[bool, typer.Option("--text", help="Text alone: no HTML, no charts, no page.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the mail and send nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Make the report and hand it to the mail server of [mail]; exit code 1 if it was not taken."""
    import msgspec

    from fairlead.cli import home
    from fairlead.cli.asking import answer
    from fairlead.cli.output import show_json
    from fairlead.wiring import sending

    # before the report is made: that takes longer than reading an address
    sending.mailboxes(to)
    words = {"report": report, "team": team, "language": language or "", "plain": "yes" if text else ""}
    reply, _ = answer("letter", words)
    made = msgspec.json.decode(reply, type=sending.Made)
    with home.services() as services:
        if dry_run:
            typer.echo(b"\n".join(sending.mails(services, made, to)), nl=False)
            return
        outcomes = list(sending.send(services, made, to, by="operator"))
    if json:
        show_json(
            [{"id": message.id, "to": message.address, "error": str(fault or "")} for message, fault in outcomes]
        )
    for message, fault in () if json else outcomes:
        typer.echo(f"{message.id}  {message.address}: {'sent' if fault is None else fault.message}")
        if fault is not None and fault.hint:
            typer.echo(f"  {fault.hint}; `fairlead outbox show {message.id}` tells what becomes of it", err=True)
    raise typer.Exit(1 if any(fault for _, fault in outcomes) else 0)
