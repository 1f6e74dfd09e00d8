"""Whose word counts on an action, and when there are enough of them. Pure; `approving.py` fetches and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead.governance.verdict import Need
from fairlead.model.errors import Denied
from fairlead.store.access import EVERYWHERE, ROLES

RANK = {role: place for place, role in enumerate(ROLES)}
"""Role -> place, 0 for the highest."""
WITHDRAWS, TAKES_BACK = "manager", "member"
"""The least role that may withdraw what others proposed, and that may undo or settle it."""
BREAKS_GLASS = "manager"
"""The least role that may override policy in an emergency."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A right that somebody else handed over."""

    giver: str
    team: str
    """Team id, or `*`."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Roles of the giver now: what they have lost meanwhile they cannot lend."""


@dataclass(frozen=True, slots=True)
class Voter:
    """Who gives a word."""

    person: str
    roles: Mapping[str, str]
    """Team id, or `*` for everywhere -> role."""
    human: bool
    """Whether it is a person: agents, bots and the owner of the files are none."""
    lent: tuple[Lent, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was given before."""

    person: str
    role: str
    verdict: str
    digest: str
    on_behalf_of: str = ""
    broke_glass: bool = False
    reason: str = ""

    @property
    def voice(self) -> str:
        """Whose right was used: two people cannot use one right."""
        return self.on_behalf_of or self.person


@dataclass(frozen=True, slots=True)
class Right:
    """By what somebody may give a word."""

    role: str
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a word does not count."""

    words: str
    hint: str = ""


def role_in(roles: Mapping[str, str], team: str) -> str:
    """The higher of the role in a team and the one held everywhere; empty where there is none."""
    held = [role for role in (roles.get(team), roles.get(EVERYWHERE)) if role in RANK]
    return min(held, key=RANK.__getitem__, default="")


def reaches(role: str, least: str) -> bool:
    """Whether a role is at least another one; a word that is no role reaches nothing, and nothing reaches it."""
    return role in RANK and least in RANK and RANK[role] <= RANK[least]


def may(action: Mapping[str, Any], person: str, roles: Mapping[str, str], least: str) -> bool:
    """Whether somebody may change what becomes of an action: who proposed it, or who has the role in its team."""
    return action["proposed_by"] == person or reaches(role_in(roles, action["team"] or EVERYWHERE), least)


def demand(action: Mapping[str, Any], person: str, roles: Mapping[str, str], least: str) -> None:
    """Raises `Denied` unless they may; reading is limited by no team, this is."""
    if not may(action, person, roles, least):
        where = f" of {action['team']}" if action["team"] else ""
        raise Denied(f"this needs the role {least}{where}", hint="owners give roles: `fairlead people invite`")


def right_of(voter: Voter, team: str, least: str, proposer: str, *, glass: bool = False) -> Right | Refusal:
    """By what a voter may give a word on an action of a team, or why not."""
    if not voter.human:
        return Refusal(f"`{voter.person}` is no person of the team", "agents, bots and the operator approve nothing")
    # in an emergency there may be nobody else; that it was the same person shows in the review
    if voter.person == proposer and not glass:
        return Refusal("who proposed it does not approve it", "ask somebody else of the team")
    own = role_in(voter.roles, team)
    if reaches(own, least):
        return Right(own)
    for lent in voter.lent:
        role = role_in(lent.roles, team) if lent.team in (EVERYWHERE, team) else ""
        if reaches(role, least) and lent.giver != proposer and not glass:
            return Right(role, lent.giver)
    where = f" of {team}" if team else ""
    return Refusal(f"this needs the role {least}{where}", "owners give roles: `fairlead people invite`")


def least_role(needs: Sequence[Need]) -> str:
    """The lowest role that any need asks for; where nothing is asked for, a manager's word is still one."""
    return max((need.role for need in needs if need.role in RANK), key=RANK.__getitem__, default="manager")


def counted(words: Iterable[Word], digest: str) -> list[Word]:
    """Approvals of exactly this, one of each person and of each right."""
    people: set[str] = set()
    voices: set[str] = set()
    found = []
    for word in words:
        if word.verdict != "approved" or word.digest != digest or word.person in people or word.voice in voices:
            continue
        people.add(word.person)
        voices.add(word.voice)
        found.append(word)
    return found


def missing(needs: Sequence[Need], words: Iterable[Word], digest: str) -> tuple[Need, ...]:
    """What is still asked for: each need with the number of people that it lacks."""
    given = counted(words, digest)
    left = []
    for need in needs:
        lacks = max(1, need.count) - sum(reaches(word.role, need.role) for word in given)
        if lacks > 0:
            left.append(replace(need, count=lacks))
    return tuple(left)
