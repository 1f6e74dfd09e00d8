"""Whose load in a plan is told to whom reads it: one's own, and that of the teams that one plans for."""

from __future__ import annotations

from fairlead.planning.answer import EVERYBODY
from fairlead.planning.stored import Stored


def shown_of(stored: Stored, load: str) -> frozenset[str]:
    """Ids of the people whose load is told, or `*` alone where it is told of all.

    `load` holds words: ids of people, teams whose planner reads, or `*`.
    """
    said, team = frozenset(load.split()), stored.target.team
    # of a plan that is one team's the planner of that team decides; else who plans for any team of the person
    found = {one.id for one in stored.people if one.id in said or said.intersection([team] if team else one.teams)}
    everybody = EVERYBODY in said or len(found) == len(stored.people) > 0
    return frozenset({EVERYBODY}) if everybody else frozenset(found)
