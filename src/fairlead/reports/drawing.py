"""The process that draws: a Vega-Lite specification a line in, an SVG a line out; ends after a quiet minute.

It is a process of its own since the drawing library takes 180 MB and holds Python's lock while it works. Started by
`charts.py` as `python -m fairlead.reports.drawing`.
"""

from __future__ import annotations

import select
import sys

import msgspec

IDLE_S = 60.0
"""Quiet time after which the process ends and gives its memory back."""


class Order(msgspec.Struct, frozen=True):
    """A chart to draw."""

    key: str
    spec: dict[str, object]


class Drawn(msgspec.Struct, frozen=True):
    """A drawn chart, or why it could not be drawn."""

    key: str
    svg: str = ""
    fault: str = ""


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
                drawn = Drawn(order.key, svg=vl_convert.vegalite_to_svg(order.spec))
            except Exception as fault:  # the library raises plain ValueError, but one bad chart must not end the rest
                drawn = Drawn(order.key, fault=str(fault))
            sys.stdout.buffer.write(msgspec.json.encode(drawn) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    run()
