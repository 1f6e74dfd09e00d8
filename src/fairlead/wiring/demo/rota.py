"""Who is on call when: by turns of a working week, whichever tool keeps the list."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.wiring.demo.away import is_away
from fairlead.wiring.demo.cast import Crew
from fairlead.wiring.demo.clock import FIRST_DAY, at, day_of

_TURN = 5
"""Working days that somebody is on call; the weekend belongs to the week before it."""


def turns(team: Crew) -> Iterator[tuple[int, int]]:
    """First and last second of each turn of ninety days and the week to come."""
    for day in range(FIRST_DAY, 1, _TURN):
        yield at(day, "00:00") + team.shift.start_s, at(day + _TURN, "00:00") + team.shift.start_s


def on_call(team: Crew, t: int, level: int = 1) -> str:
    """Who is on call at a second of the story; whoever is away leaves the turn to the next one."""
    turn = (day_of(t - team.shift.start_s) - FIRST_DAY) // _TURN
    first, there = FIRST_DAY + turn * _TURN, len(team.people)
    ranked = [team.people[(turn + place) % there] for place in range(there)]
    free = [login for login in ranked if not (is_away(login, first) or is_away(login, first + _TURN - 1))]
    return free[level - 1]
