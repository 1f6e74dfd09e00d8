"""The ledger of what was decided and done: verify it, prove an entry, hand all of it to somebody who verifies it.

Example: fairlead ledger verify
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_People = Annotated[bool, typer.Option("--people", help="With names and personal values; that is recorded.")]


@APP.command(epilog="Example: fairlead ledger verify")
def verify(
    export: Annotated[Path | None, typer.Option(help="A folder that was exported, in place of this home.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="Key had from elsewhere, for --export.")] = None,
    since: Annotated[list[str] | None, typer.Option(help="An earlier export, for --export.")] = None,
    json: _Json = False,
) -> None:
    """Check every entry, the tree, the checkpoints and that each goes on from the one before; exit code 1 if not."""
    from fairlead.cli.output import show_json
    from fairlead.governance.ledger import verify as alone
    from fairlead.model.errors import Abort

    if export is not None:
        words = [str(export), *(part for one in key or () for part in ("--key", one))]
        words += [*(part for one in since or () for part in ("--since", one)), *(["--json"] if json else [])]
        raise typer.Exit(alone.main(words))
    if key or since:
        raise Abort("--key and --since are for an export", hint="fairlead ledger verify --export FOLDER --key KEY")
    from fairlead.cli import home
    from fairlead.wiring import ledgering

    with home.services() as services:
        findings = services.ledger.verify()
    if json:
        show_json(ledgering.found(findings))
    else:
        for line in ledgering.said(findings):
            typer.echo(line)
        if findings.ok:
            typer.echo(f"ok: {findings.size} entries, {findings.checkpoints} checkpoints, root {findings.root[:16]}")
            typer.echo(f"key: {findings.key or 'none yet'}")
    raise typer.Exit(0 if findings.ok else 1)


@APP.command(epilog="Example: fairlead ledger prove 0")
def prove(
    index: Annotated[int, typer.Argument(help="Number of the entry, from 0.")],
    since: Annotated[int, typer.Option(help="Also prove that the first so many entries are what they were.")] = 0,
    json: _Json = False,
) -> None:
    """The proof that an entry is in the signed tree, for somebody who has nothing else of the ledger."""
    from fairlead.cli import home
    from fairlead.cli.output import show, show_json
    from fairlead.wiring import ledgering

    with home.services() as services:
        if ledgering.standing(services)["signed"] <= index:
            services.ledger.checkpoint()
        found: dict[str, Any] = ledgering.proof(services, index)
        if since:
            found["growth"] = ledgering.growth(services, since)
    if json:
        show_json(found)
        return
    for name in ("index", "content", "leaf", "holds"):
        typer.echo(f"{name + ':':9}{found[name]}")
    for hash_ in found["path"]:
        typer.echo(f"path:    {hash_}")
    if since:
        typer.echo(f"from the first {since}: {'holds' if found['growth']['holds'] else 'does not hold'}")
    show(found["checkpoint"])


@APP.command(epilog="Example: fairlead ledger export ledger-2026")
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    personal: Annotated[
        bool, typer.Option("--personal", help="With names and personal values; that they were read is recorded.")
    ] = False,
    json: _Json = False,
) -> None:
    """Write all of it into a folder that verifies itself: `python3 verify.py` in there, on any machine."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.governance.ledger.notes import read_statement
    from fairlead.wiring import ledgering

    with home.services() as services:
        trailer = read_statement(services.ledger.export(folder, personal=personal))
        if personal:
            ledgering.note_reading(services, "export", "ledger export", trailer.size)
        key = ledgering.key(services)
    if json:
        show_json({"folder": str(folder), "entries": trailer.size, "root": trailer.root.hex(), "key": key})
        return
    typer.echo(f"{trailer.size} entries in {folder}; there: python3 verify.py --key {key}")


@APP.command("list", epilog="Example: fairlead ledger list --kind action.")
def list_(
    kind: Annotated[str, typer.Option(help="Only these; one that ends in a dot means all below it.")] = "",
    subject: Annotated[str, typer.Option(help="Only what is about this id.")] = "",
    person: Annotated[str, typer.Option(help="Only what this person did.")] = "",
    before: Annotated[int | None, typer.Option(help="Only entries before this number.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    people: _People = False,
    json: _Json = False,
) -> None:
    """The newest entries; without --people everybody is called by the name that the ledger gave them."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json, show_rows
    from fairlead.wiring import ledgering

    with home.services() as services:
        asked: dict[str, Any] = {"kind": kind, "subject": subject, "person": person, "before": before, "limit": limit}
        found = ledgering.listed(services, **asked, people=people, find=True)
        if people:
            ledgering.note_reading(services, "cli", "ledger list", len(found))
    if json:
        show_json(found)
    elif found:
        show_rows([{name: row[name] for name in ("index", "at", "kind", "subject", "by")} for row in found])
    else:
        typer.echo("nothing was recorded yet")


@APP.command(epilog="Example: fairlead ledger show")
def show(
    index: Annotated[
        int | None, typer.Argument(help="Number of the entry; without it how the ledger stands.")
    ] = None,
    people: _People = False,
    json: _Json = False,
) -> None:
    """One entry as it stands, or how the ledger stands: entries, signatures, auditor, key."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.reports.plain import plain
    from fairlead.wiring import ledgering

    with home.services() as services:
        if index is None:
            found = {**ledgering.standing(services), "key": ledgering.key(services)}
        else:
            found = ledgering.shown(services, index, people=people)
            if people:
                ledgering.note_reading(services, "cli", "ledger show", 1)
    if json:
        show_json(found)
        return
    for name, value in found.items():
        typer.echo(f"{name + ':':12}{plain(str(value))}")


@APP.command(epilog="Example: fairlead ledger checkpoint")
def checkpoint(
    after_restore: Annotated[
        bool,
        typer.Option("--after-restore", help="Sign though entries are gone that were signed; the ledger says so."),
    ] = False,
    json: _Json = False,
) -> None:
    """Sign the present state now; the workers do it by themselves."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor
    from fairlead.cli.output import show as show_text
    from fairlead.cli.output import show_json
    from fairlead.governance.ledger.notes import read_statement

    with home.services() as services:
        note = services.ledger.checkpoint(actor(services).person, after_restore=after_restore)
    said = read_statement(note)
    if json:
        show_json({"size": said.size, "root": said.root.hex(), "note": str(note)})
        return
    show_text(str(note))


@APP.command(epilog="Example: fairlead ledger protect")
def protect(json: _Json = False) -> None:
    """Put back triggers of the database that somebody took away; that they were gone stays in the ledger."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor
    from fairlead.cli.output import show_json

    with home.services() as services:
        gone = services.ledger.protect(actor(services).person)
    if json:
        show_json({"restored": gone})
        return
    if gone:
        typer.echo(f"put back: {', '.join(gone)}; see what was done meanwhile: fairlead ledger verify")
    else:
        typer.echo("nothing was missing")


@APP.command(epilog="Example: fairlead ledger rotate --reason 'once a year'")
def rotate(
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is gone and cannot vouch for the new one.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; kept apart, as it may name people.")] = "",
    json: _Json = False,
) -> None:
    """A new key: the old one signs it. With --lost nothing does, and whoever verifies is told of the gap."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor
    from fairlead.cli.output import show_json
    from fairlead.wiring import ledgering

    with home.services() as services:
        services.ledger.rotate(actor(services).person, lost=lost, reason=reason)
        key = ledgering.key(services)
    if json:
        show_json({"key": key, "lost": lost})
        return
    typer.echo(f"the key is now {key}; give it to those who verify")


@APP.command(epilog="Example: fairlead ledger forget person:kim")
def forget(
    person: Annotated[str, typer.Argument(help="Person id; the ids of their accounts are found by it.")],
    json: _Json = False,
) -> None:
    """Erase what the ledger holds of a person; the tree stays valid, and their name is nobody's from then on."""
    from fairlead.cli import home
    from fairlead.cli.acting import actor
    from fairlead.cli.output import show_json
    from fairlead.wiring import ledgering

    with home.services() as services:
        count = services.ledger.forget(ledgering.ids_of(services, person), actor(services).person)
    if json:
        show_json({"person": person, "erased": count})
        return
    typer.echo(f"erased: {count} values and names")
