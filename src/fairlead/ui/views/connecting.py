"""Which tools there are, which are connected, and what comes next: the overview of the set-up pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.connectors.kit.connector import Syncs
from fairlead.connectors.kit.guide import Guide, guides
from fairlead.connectors.kit.registry import connectors
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.views.intake import Heard, sources_by_tool
from fairlead.ui.visit import Visit

WITHOUT = "https://fairlead.example"
"""Stands for the address of this server until somebody states it."""


def tools(visit: Visit) -> tuple[Grid, int]:
    """All tools with a guide, those that are connected first, and how many these are."""
    words, heard = visit.words, sources_by_tool(visit)
    rows: list[dict[str, Any]] = [
        {"tool": tool, "guide": guide, "heard": heard.get(tool, [])} for tool, guide in guides().items()
    ]
    rows.sort(key=lambda row: (not row["heard"], connectors()[row["tool"]].title.lower()))

    def needs(row: Mapping[str, Any]) -> Cell:
        return Cell(words(row["guide"].needs))

    columns = [
        Column(words("Tool"), lambda row: Cell(connectors()[row["tool"]].title, link=f"/setup/{row['tool']}")),
        Column(words("State"), lambda row: _worst(visit, row["heard"])),
        Column(words("Connected as"), lambda row: Cell(", ".join(one.name for one in row["heard"]) or None)),
        Column(words("Needs"), needs),
        Column(words("Next step"), lambda row: Cell(following(visit, row["tool"], row["guide"], row["heard"]))),
    ]
    return grid(visit, "/setup", columns, rows), sum(bool(row["heard"]) for row in rows)


def _worst(visit: Visit, heard: Sequence[Heard]) -> Cell:
    """Of several sources of a tool the state that needs somebody most."""
    if not heard:
        return Cell(visit.words("not connected"), tag="neutral")
    levels = ("act", "watch", "ok")
    return min((one.state for one in heard), key=lambda state: levels.index(state.tag))


def following(visit: Visit, tool: str, guide: Guide, heard: Sequence[Heard]) -> str | None:
    """What to do next for a tool; `None` once nothing is."""
    words = visit.words
    if not heard:
        return words("Follow its page")
    worst = _worst(visit, heard)
    if worst.tag != "ok":
        return words("Look what it says: fairlead doctor")
    bare = [one.name for one in heard if one.stated and not sent(visit, one.name)]
    if guide.receives and bare and isinstance(connectors()[tool], Syncs):
        return words("Add a webhook to {names}: events would come within a second", names=", ".join(bare))
    return None


def sent(visit: Visit, source: str) -> bool:
    """Whether a source takes what its tool sends, or reads files and has nothing to be sent."""
    stated = visit.services.source(source)
    return bool(stated and (stated.webhook_secrets or stated.paths))


def filled(text: str, guide: Guide, source: str, public_url: str) -> str:
    """A text of a guide with the names and addresses of this installation.

    Not by `format`: lines of TOML and of mapping files have braces of their own.
    """
    public = public_url.rstrip("/") or WITHOUT
    address = public + guide.receives.replace("{source}", source)
    return text.replace("{address}", address).replace("{source}", source).replace("{public}", public).strip("\n")
