"""Objectives as files in `fairlead.d/goals/` have them: the form of an entry, and its JSON Schema for editors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from fairlead.model.records.goals import OBJECTIVE_STATES
from fairlead.model.typed import ready

NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
"""It becomes part of ids and addresses; numbers are those of what was entered by hand."""


class WrittenResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key result: with `metric` or `query` its value is computed, without both people enter it."""

    name: str
    title: str
    """What is measured, in words."""
    owner: str = ""
    """Person who looks after it; else the objective's owner."""
    metric: str = ""
    """Name of a metric of the catalogue."""
    segment: Mapping[str, str] = {}
    """What the metric is limited to, like `{service: checkout}`; the team of the objective where it names none."""
    window: str = "30d"
    """Days or weeks up to now of which the metric is made, like `30d` or `4w`."""
    query: str = ""
    """SQL that gives one row with a column `value`, within the bounds of `fairlead sql`."""
    unit: str = ""
    """Unit of a value that is no metric's: `seconds`, `share`, `count` or a word of your own."""
    baseline: float | str | None = None
    """Where it began: a number, or like `36h`, `2d`, `85%`. Left out, the metric's value when the objective began, or
    the first entry."""
    target: float | str
    """Where it is to go, written like the baseline."""
    due: str = ""
    """Last day, where it is another than the objective's."""
    stale_after_days: int = 14
    """Days after which a value without a new entry is stale."""


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An objective with its key results."""

    name: str
    """Name for ids and addresses: `objective:<name>`."""
    title: str
    """What is to be reached, in a sentence."""
    why: str = ""
    """Why, in more words."""
    team: str = ""
    """Team that answers for it, by key; left out: everybody's."""
    owner: str = ""
    """Person who answers for it, by key."""
    quarter: str = ""
    """Quarter in which it runs, like `2026-Q4`; in place of `starts` and `due`."""
    starts: str = ""
    """First day, like `2026-10-01`."""
    due: str = ""
    """Last day."""
    serves: str = ""
    """Name of the objective that it serves."""
    state: str = ""
    """`open`, `reached`, `missed` or `dropped`; left out, `fairlead goals end` says how it ended."""
    epics: tuple[str, ...] = ()
    """Ids of epics whose items serve it."""
    labels: tuple[str, ...] = ()
    """Labels whose items serve it."""
    milestones: tuple[str, ...] = ()
    """Ids of milestones that belong to it."""
    rule: str = ""
    """Condition in the language of rules: items for which it holds serve it."""
    key_results: tuple[WrittenResult, ...] = ()
    path: str = ""
    """File that it was read from."""


ready(Written, WrittenResult)


def schema() -> dict[str, Any]:
    """Draft 2020-12; what only the settings and the catalogue tell, `fairlead goals check` tells."""
    made = msgspec.json.schema(Written, ref_template="#/$defs/{name}")
    kinds = made["$defs"]
    fields = kinds["Written"]["properties"]
    # written into by the reader, by nobody else
    fields.pop("path")
    fields["state"] = {**fields["state"], "enum": ["", *OBJECTIVE_STATES]}
    for kind in kinds.values():
        kind["properties"]["name"] |= {"pattern": f"^{NAME.pattern}$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Objectives of Fairlead",
        "type": "object",
        "required": ["goals"],
        "additionalProperties": False,
        "properties": {"goals": {"type": "array", "items": {"$ref": "#/$defs/Written"}}},
        "$defs": kinds,
    }
