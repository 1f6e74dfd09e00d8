"""Lines that a person hands to a team's standup, as a raw event to append."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from fairlead.connectors.fairlead import STANDUP_PARTS, standup_posted
from fairlead.model.errors import Skip
from fairlead.model.raw import RawEvent
from fairlead.store import lookups, records

if TYPE_CHECKING:
    from fairlead.store.database import Database

LONGEST = 2_000
"""Characters of a part: more is no standup."""


def posted(database: Database, team: str, said: Mapping[str, str], by: str, at: datetime) -> RawEvent:
    """Lines by part for the standup of a team (`*` where no teams are stated); empty parts take back what was said.

    What the same person posted there earlier on that day gives way to it.
    """
    if unknown := sorted(set(said) - set(STANDUP_PARTS)):
        raise Skip(f"no part `{unknown[0]}`", hint=f"there are: {', '.join(STANDUP_PARTS)}")
    if long := next((part for part, text in said.items() if len(text) > LONGEST), ""):
        raise Skip(f"`{long}` is longer than {LONGEST} characters", hint="say it in a few lines")
    with database.read() as tx:
        mine = sorted(account for _, account in lookups.distinct_pairs(tx, "accounts", "person", [by], "id"))
        channel = f"standup/{team}"
        ids = [found for _, found in lookups.distinct_pairs(tx, "messages", "channel", [channel], "id")]
        earlier = [
            row for row in records.rows(tx, "messages", ids) if not row["deleted_at"] and row["author"] in mine
        ]
    # Without an account nobody knows whose earlier lines are whose: then both stand.
    replaces = [row["id"] for row in earlier if row["at"].date() == at.date()]
    return standup_posted(
        team, {part: text for part, text in said.items() if text}, next(iter(mine), ""), replaces, by, at
    )
