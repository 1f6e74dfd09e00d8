"""Shows answers: data to standard output, progress and words about it to standard error."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer


def show_json(value: Any) -> None:
    """Any plain value as indented JSON."""
    from fairlead.reports.plain import json_text

    typer.echo(json_text(value))


def show(text: str) -> None:
    """Text as it is, ending with one newline."""
    typer.echo(text, nl=not text.endswith("\n"))


def say(text: str) -> None:
    """A word about what happens, for a person; never data."""
    from fairlead.reports.plain import harmless

    # What a tool sent may stand in it, and a terminal obeys standard error as well.
    typer.echo(harmless(text), err=True)


def terminal_words() -> dict[str, str]:
    """Width and colour of the terminal, as words of a verb; none of them where the answer goes elsewhere.

    Said here and not found out by whoever answers: that may be a server, whose own output is a log.
    """
    import os

    # A pipe has no width of its own: what is stored must not depend on the window it was typed in.
    if not sys.stdout.isatty():
        return {}
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((100, 24)).columns
    return {"width": str(width), "colour": "yes" if colour else ""}


def show_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of the same columns as a table, as wide as the terminal, or as they need where there is none."""
    from fairlead.reports import render

    words = terminal_words()
    show(render.rows(tuple(rows[0]), rows, width=int(words.get("width", 0)), colour=bool(words.get("colour"))))
