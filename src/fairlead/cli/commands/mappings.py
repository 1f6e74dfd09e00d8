"""Check what payloads of other tools become by mapping files.

Example: fairlead mappings test
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@APP.callback(epilog="Example: fairlead mappings try fairlead.d/mappings/deploys.yaml captured.json")
def _mappings() -> None:
    """Try and test the mapping files of sources of `generic`; nothing is stored."""


@APP.command("try", epilog="Example: fairlead mappings try fairlead.d/mappings/deploys.yaml captured.json")
def try_(
    file: Annotated[Path, typer.Argument(help="The mapping file.")],
    body: Annotated[Path, typer.Argument(help="A payload, or a captured event `{headers, body}`; - is the input.")],
    source: Annotated[str, typer.Option(help="What {source} stands for; else the source that uses the file.")] = "",
    header: Annotated[list[str] | None, typer.Option(help="Like x-event:deploy; repeat it for more.")] = None,
    json: _Json = False,
) -> None:
    """Show what a payload would become."""
    import sys

    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.connectors.generic.examples import shown, tried
    from fairlead.connectors.generic.files import load_mapping
    from fairlead.model.errors import Abort, Unreadable
    from fairlead.wiring.mappings import source_of

    mapping = load_mapping(file)
    try:
        given = sys.stdin.buffer.read() if str(body) == "-" else body.read_bytes()
    except OSError as fault:
        raise Abort(f"{body}: {(fault.strerror or 'cannot be read').lower()}") from fault
    try:
        headers, payload = _captured(given)
        headers |= {name.strip(): value.strip() for name, _, value in (each.partition(":") for each in header or ())}
        reading = tried(mapping, source or source_of(home.loaded(), file), headers, payload)
    except Unreadable as fault:
        raise Abort(f"{body}: {fault.message}", hint="it would be kept in quarantine") from fault
    records = shown(reading)
    if json:
        show_json({"records": records, "nothing": reading.nothing})
        return
    for record in records:
        typer.echo(f"{record.pop('record')} {record.pop('id')}")
        for name, value in record.items():
            typer.echo(f"  {name}: {value}")
    if reading.nothing:
        typer.echo(f"kept, becomes nothing: {reading.nothing}")


def _captured(given: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body of a captured event; anything else is the body itself."""
    import msgspec

    from fairlead.connectors.kit.payload import decode

    value = decode(given)
    if not isinstance(value, dict) or not {"headers", "body"} <= value.keys() <= {"source", "headers", "body"}:
        return {}, given
    headers, body = value["headers"], value["body"]
    plain = {str(name): str(text) for name, text in headers.items()} if isinstance(headers, Mapping) else {}
    return plain, body.encode() if isinstance(body, str) else msgspec.json.encode(body)


@APP.command(epilog="Example: fairlead mappings test")
def test(
    files: Annotated[list[Path] | None, typer.Argument(help="Mapping files; else all of the settings.")] = None,
    json: _Json = False,
) -> None:
    """Check mapping files and run the examples that they carry; exit code 1 if one does not hold."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.connectors.generic.examples import failures
    from fairlead.connectors.generic.files import load_mapping, place_of
    from fairlead.wiring.mappings import mapping_files, source_of

    settings = home.loaded()
    chosen = [(source_of(settings, path), path) for path in files] if files else list(mapping_files(settings))
    told: list[dict[str, object]] = []
    for source, path in chosen:
        mapping = load_mapping(path)
        wrong = [
            f"{path}:{':'.join(map(str, place_of(path, ('examples', index))))}: {words}"
            for index, words in failures(mapping, source)
        ]
        count = len(mapping.get("examples") or ())
        told.append({"file": str(path), "source": source, "examples": count, "failures": wrong})
        if not json:
            typer.echo(f"{path}: {count} examples, " + (f"{len(wrong)} differences" if wrong else "all hold"))
            for line in wrong:
                typer.echo(line, err=True)
    if json:
        show_json(told)
    elif not chosen:
        typer.echo("no mapping files: a source of `generic` names one by `mapping`")
    raise typer.Exit(1 if any(one["failures"] for one in told) else 0)
