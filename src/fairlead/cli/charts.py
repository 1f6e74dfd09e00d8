"""Writes the charts of a report as files, SVG and PNG, named after the report."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from fairlead.cli.asking import answer, tell
from fairlead.model.errors import Abort

Charts = Annotated[Path | None, typer.Option(help="Write its charts into this folder instead, as SVG and PNG.")]


class _Drawn(msgspec.Struct, frozen=True):
    name: str
    title: str
    svg: str | None
    png: str | None


class _Charts(msgspec.Struct, frozen=True):
    kind: str
    charts: list[_Drawn]


def tell_or_draw(
    verb: str, words: Mapping[str, str | None], folder: Path | None, *, json: bool, md: bool, html: bool
) -> NoReturn:
    """Shows a report, or writes its charts where a folder for them is named, and ends the command."""
    if folder:
        raise typer.Exit(_write(verb, words, folder))
    tell(verb, words, json=json, md=md, html=html)


def drawn_by(verb: str, words: Mapping[str, str | None], name: str) -> str:
    """One chart of a report as SVG."""
    text, _ = answer(verb, {**words, "form": "charts"})
    for chart in msgspec.json.decode(text, type=_Charts).charts:
        if chart.name == name and chart.svg is not None:
            return b64decode(chart.svg).decode()
    raise Abort(f"the chart `{name}` could not be drawn", hint="try it once more, or take --mermaid")


def _write(verb: str, words: Mapping[str, str | None], folder: Path) -> int:
    # named first, so that a report without charts leaves no empty folder behind
    text, code = answer(verb, {**words, "form": "charts"})
    found = msgspec.json.decode(text, type=_Charts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for chart in found.charts:
            for form, drawn in (("svg", chart.svg), ("png", chart.png)):
                if drawn is None:
                    raise Abort(f"the chart `{chart.name}` could not be drawn", hint="try it once more")
                path = folder / f"{found.kind}-{chart.name}.{form}"
                path.write_bytes(b64decode(drawn))
                typer.echo(f"{path}  {chart.title}")
    except OSError as fault:
        raise Abort(f"cannot write to {folder}: {fault.strerror}", hint="name a folder of yours") from fault
    if not found.charts:
        raise Abort("this report has no charts now", hint="too little is known to draw anything")
    return code
