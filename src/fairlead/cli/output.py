"""Shows answers: data to standard output, progress and words about it to standard error."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import typer


def show_json(value: Any) -> None:
    """Any plain value as indented JSON."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show(text: str) -> None:
    """Text as it is, ending with one newline."""
    typer.echo(text, nl=not text.endswith("\n"))


def say(text: str) -> None:
    """A word about what happens, for a person; never data."""
    typer.echo(text, err=True)


def terminal_words() -> dict[str, str]:
    """Width and colour of the terminal, as words of a verb."""
    import os

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    # A pipe has no width of its own: what is stored must not depend on the window it was typed in.
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    return {"width": str(max(60, width)), "colour": "yes" if colour else ""}
