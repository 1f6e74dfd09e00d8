"""The steps by which a tool is connected, from the guide beside its connector, with the addresses of this server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.connectors.kit.connector import Syncs
from fairlead.connectors.kit.guide import Guide, Step, Way
from fairlead.connectors.kit.registry import connectors
from fairlead.ui.views.arrivals import last_sent
from fairlead.ui.views.connecting import filled
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.views.intake import Heard
from fairlead.ui.visit import Visit

_TRUST = {
    "verified": ("verified by its signature", "ok"),
    "token": ("by the shared word", "ok"),
    "unverified": ("not verified", "act"),
}


@dataclass(frozen=True)
class Done:
    """A step as the page shows it."""

    say: str
    click: str
    link: str
    copy: str
    """Text that is meant to be copied."""


@dataclass(frozen=True)
class Part:
    """A way to connect the tool, with its steps."""

    key: str
    title: str
    about: str
    steps: tuple[Done, ...]


def parts(visit: Visit, tool: str, guide: Guide, source: str) -> tuple[Part, ...]:
    """All ways of a guide, and at the end how to check what was done."""
    public = visit.services.settings.server.public_url

    def said(text: str) -> str:
        return filled(visit.words(text), guide, source, public) if text else ""

    def step(one: Step) -> Done:
        # What is copied is said in no language.
        copied = filled(one.lines or one.run or one.file, guide, source, public)
        return Done(said(one.say), one.click, one.link, copied)

    def part(number: int, way: Way) -> Part:
        return Part(f"way-{number}", said(way.title), said(way.about), tuple(map(step, way.steps)))

    ways = [part(number, way) for number, way in enumerate(guide.ways, start=1)]
    return (*ways, Part("check", visit.words("Check it"), "", tuple(_checks(visit, tool, guide, source))))


def _checks(visit: Visit, tool: str, guide: Guide, source: str) -> Iterator[Done]:
    words = visit.words
    yield Done(words("Is the file right? It tells every fault with its place."), "", "", "fairlead config check")
    yield Done(words("Start Fairlead again: it reads the file when it starts."), "", "", "fairlead up")
    told = words("Does the tool answer, may we read what is named, and does what it sends arrive?")
    yield Done(told, "", "", "fairlead doctor")
    if isinstance(connectors()[tool], Syncs):
        yield Done(words("Read what is there; afterwards this happens by itself."), "", "", f"fairlead sync {source}")
    elif guide.receives:
        yield Done(words("Send something: it is listed above at once."), "", "", "")


def heard_of(visit: Visit, guide: Guide, heard: Sequence[Heard]) -> Grid:
    """What has come of each source: the last that was sent and how far it is to be trusted, the last sync."""
    words, shown = visit.words, visit.shown
    rows: list[dict[str, Any]] = [
        {"heard": one, "sent": last_sent(visit.services.log, one.tallies) if guide.receives else None}
        for one in heard
    ]

    def trust(row: Mapping[str, Any]) -> Cell:
        event = row["sent"]
        text, level = _TRUST.get(event.trust, ("not verified", "act")) if event else ("", "")
        return Cell(words(text), tag=level) if event else Cell(None, why=words("nothing was sent yet"))

    def sent(row: Mapping[str, Any]) -> Cell:
        event = row["sent"]
        return Cell(event.kind) if event else Cell(None, why=words("nothing was sent yet"))

    def arrived(row: Mapping[str, Any]) -> Cell:
        event = row["sent"]
        return Cell(shown.moment(event.received_at) if event else None, at=event and event.received_at, tight=True)

    def synced(row: Mapping[str, Any]) -> Cell:
        at = row["heard"].last_sync_at
        return Cell(shown.moment(at) if at else None, at=at, why=words("no sync yet"), tight=True)

    def payloads(row: Mapping[str, Any]) -> Cell:
        return Cell(shown.number(sum(tally.count for tally in row["heard"].tallies)))

    columns = [
        Column(words("Source"), lambda row: Cell(row["heard"].name)),
        Column(words("State"), lambda row: row["heard"].state),
        Column(words("Payloads"), payloads, number=True),
        Column(words("Last sync"), synced),
    ]
    if guide.receives:
        columns[2:2] = [
            Column(words("Last sent"), sent),
            Column(words("Arrived"), arrived),
            Column(words("Checked"), trust),
        ]
    return grid(visit, visit.frame.path, columns, rows)
