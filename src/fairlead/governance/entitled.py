"""Whose word would count on an action now, by what right, and what the action still lacks. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.governance.desk import needs_of
from fairlead.governance.verdict import Need
from fairlead.governance.voting import (
    BREAKS_GLASS,
    Lent,
    Refusal,
    Right,
    Voter,
    Word,
    counted,
    least_role,
    missing,
    reaches,
    right_of,
)
from fairlead.store import access, delegations, records
from fairlead.store.access import EVERYWHERE
from fairlead.store.actions import Row
from fairlead.store.database import Transaction

BARRED = Refusal("policy counts no word of who wrote it", "somebody else has to say yes")


@dataclass(frozen=True, slots=True)
class Asked:
    """What policy asks for, with what there is of it."""

    need: Need
    given: tuple[Word, ...]
    """Words that serve it."""
    lacks: int
    """How many people have still to say yes."""
    may: tuple[str, ...]
    """People whose yes would serve it, by person id."""


def voter_of(tx: Transaction, person: str, roles: Mapping[str, str], now: datetime) -> Voter:
    """Who gives a word: whether that is a person, and which rights others have lent them."""
    lent = delegations.to(tx, person, now)
    givers = {one.person: one for one in access.all_users(tx, [one.giver for one in lent])} if lent else {}
    return _voter(person, roles, records.get(tx, "people", person), lent, givers)


def voters(tx: Transaction, now: datetime) -> list[Voter]:
    """Everybody who may sign in, as they would give a word now."""
    users = {one.person: one for one in access.all_users(tx) if one.disabled_at is None}
    people = {row["id"]: row for row in records.rows(tx, "people", users)}
    lent: dict[str, list[delegations.Delegation]] = {}
    for one in delegations.rows(tx, now):
        lent.setdefault(one.taker, []).append(one)
    return [
        _voter(person, user.roles, people.get(person), lent.get(person, ()), users) for person, user in users.items()
    ]


def _voter(
    person: str,
    roles: Mapping[str, str],
    record: Row | None,
    lent: Iterable[delegations.Delegation],
    givers: Mapping[str, access.User],
) -> Voter:
    # who is not known is nobody; who is known as an agent or bot never counts, whatever roles they were given
    human = record is not None and record["deleted_at"] is None and (record["kind"] or "human") == "human"
    rights = tuple(
        Lent(one.giver, one.team, givers[one.giver].roles)
        for one in lent
        if one.giver in givers and givers[one.giver].disabled_at is None
    )
    return Voter(person, roles, human, rights)


def weigh(row: Row, given: list[Word], voter: Voter, word: Word, now: datetime) -> Right | Refusal:
    """Whether a word counts, before policy is asked."""
    state, glass = row["state"], word.broke_glass
    if row["expires_at"] and row["expires_at"] <= now:
        return Refusal(f"{row['id']} has expired", "propose it again")
    if state not in (("waiting", "denied") if glass else ("waiting",)):
        return Refusal(f"{row['id']} is {state}, nothing is asked for", "`fairlead approve list` shows what waits")
    if word.digest != row["digest"]:
        return Refusal(f"{row['id']} is not what you were shown: it has changed", "look at it again and decide anew")
    if glass and not word.reason.strip():
        return Refusal("breaking the glass needs a reason", "say what the emergency is")
    least = BREAKS_GLASS if glass else least_role(needs_of(row))
    found = right_of(voter, row["team"] or EVERYWHERE, least, row["proposed_by"] or "", glass=glass)
    if isinstance(found, Refusal) or word.verdict == "refused" or glass:
        return found
    if is_barred(word.person, found, needs_of(row)):
        return BARRED
    held = counted(given, word.digest)
    if any(one.person == voter.person for one in held):
        return Refusal("you have approved it already", "it waits for somebody else")
    if any(one.voice == (found.on_behalf_of or voter.person) for one in held):
        return Refusal("this right to approve was used already", "it waits for somebody else")
    return found


def is_barred(person: str, right: Right, needs: Iterable[Need]) -> bool:
    """Whether policy counts no word of theirs, by whomever it was lent."""
    voices = {person, right.on_behalf_of}
    return any(voices & set(need.not_by) for need in needs if reaches(right.role, need.role))


def yes(row: Row, given: list[Word], voter: Voter, now: datetime) -> Right | Refusal:
    """By what right somebody's yes would count, or why it would not."""
    return weigh(row, given, voter, Word(voter.person, "", "approved", row["digest"]), now)


def breaks_glass(row: Row, voter: Voter, now: datetime) -> bool:
    """Whether somebody's role lets them do it in an emergency; policy has its say when they do."""
    word = Word(voter.person, "", "approved", row["digest"], broke_glass=True, reason="asked beforehand")
    return isinstance(weigh(row, [], voter, word, now), Right)


def asked(row: Row, given: list[Word], everybody: Sequence[Voter], now: datetime) -> list[Asked]:
    """Each need of policy with whose words serve it, how many it lacks and who could give them."""
    needs, held = needs_of(row), counted(given, row["digest"])
    # of one role there is one need at most
    left = {need.role: need.count for need in missing(needs, given, row["digest"])}
    may = [(voter.person, right) for voter in everybody if isinstance(right := yes(row, given, voter, now), Right)]
    found = []
    for need in needs:
        serving = tuple(word for word in held if reaches(word.role, need.role))
        lacks = left.get(need.role, 0)
        able = tuple(person for person, right in may if reaches(right.role, need.role)) if lacks else ()
        found.append(Asked(need, serving, lacks, able))
    return found
