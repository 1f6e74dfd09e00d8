"""The process that draws: a Vega-Lite specification a line in, an SVG or PNG a line out; ends after a quiet minute.

It is a process of its own since the drawing library takes 180 MB and holds Python's lock while it works. Started by
`charts.py` as `python -m fairlead.reports.drawing`.
"""

from __future__ import annotations

import select
import sys
from typing import Any, Literal

import msgspec

from fairlead.model.typed import ready

Form = Literal["svg", "png"]

IDLE_S = 60.0
"""Quiet time after which the process ends and gives its memory back."""
PNG_SCALE = 2.0
"""Points of a PNG for each of the SVG: screens of telephones and printers show it sharp."""


class Order(msgspec.Struct, frozen=True):
    """A chart to draw."""

    key: str
    spec: dict[str, object]
    form: Form = "svg"


class Drawn(msgspec.Struct, frozen=True):
    """A drawn chart, or why it could not be drawn."""

    key: str
    picture: bytes = b""
    """As base64 on the way: lines are text."""
    fault: str = ""


ready(Order, Drawn)


def run(idle_s: float = IDLE_S) -> None:
    """Answers orders from standard input until it closes or stays quiet."""
    import vl_convert

    # `select` looks at the file, so nothing may be held back in a buffer of Python's: lines are split here.
    source, held = sys.stdin.buffer.raw, b""  # type: ignore[union-attr]
    while select.select([source], [], [], idle_s)[0]:
        if not (chunk := source.read(65536)):
            return
        *lines, held = (held + chunk).split(b"\n")
        for line in lines:
            order = msgspec.json.decode(line, type=Order)
            try:
                drawn = Drawn(order.key, _picture(vl_convert, order))
            except Exception as fault:  # the library raises plain ValueError, but one bad chart must not end the rest
                drawn = Drawn(order.key, fault=str(fault))
            sys.stdout.buffer.write(msgspec.json.encode(drawn) + b"\n")
            sys.stdout.buffer.flush()


def _picture(library: Any, order: Order) -> bytes:
    if order.form == "svg":
        return str(library.vegalite_to_svg(order.spec)).encode()
    # A page brings its own ground; a file does not, and dark text on a dark mail reader cannot be read.
    return bytes(library.vegalite_to_png({**order.spec, "background": "white"}, scale=PNG_SCALE))


if __name__ == "__main__":
    run()
