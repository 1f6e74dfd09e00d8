"""Why an action may be done or not, as a tree: what each policy said, what it asks for, whose word there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fairlead.governance.entitled import Asked
from fairlead.governance.showing import Spoken
from fairlead.governance.voting import Word
from fairlead.ui.visit import Visit

WORDS = {
    "deny": "denies", "ask": "asks", "allow": "allows", "note": "notes", "overcome": "was overcome", "": "says",
}  # fmt: skip
"""What a policy does, in words."""
_HOLDS = {"deny": False, "allow": True}
_NAMED = 6
"""People who are named as those who may approve; the page People has the rest."""


@dataclass
class Node:
    """A part of a tree."""

    condition: str
    result: bool | None
    value: str = ""
    otherwise: str = ""
    below: list[Node] = field(default_factory=list)
    code: str = ""
    """Name of the rule that says it."""


def tree(
    visit: Visit, spoken: Iterable[Spoken], asked: Sequence[Asked], held: Sequence[Word], names: Mapping[str, str]
) -> list[Node]:
    """What was said in the order of its weight, and under who asks what it asks for or whose word it has."""
    found: list[Node] = []
    asking: dict[str, Node] = {}
    for one in spoken:
        does = visit.words(WORDS.get(one.says, WORDS[""]))
        node = Node(f"{does}: {one.words}", _HOLDS.get(one.says), code=one.rule)
        found.append(node)
        if one.says == "ask":
            asking.setdefault(one.rule, node)
    for wish in asked:
        # the same word serves every rule that asks for that role, so it stands under one of them
        place, node = asking.get(wish.need.rule), _need(visit, wish, names)
        (place.below if place else found).append(node)
        if place and node.result:
            place.result = True
    if asking and held and not asked:
        first = next(iter(asking.values()))
        first.result, first.below = True, [Node(_given(visit, word, names), True) for word in held]
    return found


def _need(visit: Visit, wish: Asked, names: Mapping[str, str]) -> Node:
    words, need = visit.words, wish.need
    role = words(need.role)
    said = words.plural("{n} {role} has to say yes", "{n} of the role {role} have to say yes", need.count, role=role)
    node = Node(said, not wish.lacks)
    node.below += [Node(_given(visit, word, names), True) for word in wish.given]
    if wish.lacks:
        node.below.append(Node(_lacking(visit, wish), False, otherwise=_who(visit, wish.may, names)))
    if need.not_by:
        node.below.append(Node(words("no word counts of {names}", names=_named(need.not_by, names)), None))
    return node


def _given(visit: Visit, word: Word, names: Mapping[str, str]) -> str:
    name, role = names.get(word.person, word.person), visit.words(word.role)
    if word.on_behalf_of:
        giver = names.get(word.on_behalf_of, word.on_behalf_of)
        return visit.words("{name} said yes in place of {giver}, {role}", name=name, giver=giver, role=role)
    return visit.words("{name} said yes, {role}", name=name, role=role)


def _lacking(visit: Visit, wish: Asked) -> str:
    return visit.words.plural("{n} is missing", "{n} are missing", wish.lacks, n=visit.shown.number(wish.lacks))


def _who(visit: Visit, may: Sequence[str], names: Mapping[str, str]) -> str:
    if not may:
        return visit.words("nobody who may sign in has that right: an owner gives roles on the page People")
    return visit.words("may: {names}", names=_named(may, names))


def _named(people: Sequence[str], names: Mapping[str, str]) -> str:
    shown = sorted({names.get(one, one) for one in people})
    return ", ".join(shown[:_NAMED]) + (f" +{len(shown) - _NAMED}" if len(shown) > _NAMED else "")


def people_in(asked: Iterable[Asked]) -> Iterator[str]:
    """Everybody whom such a tree names, beside those who gave their word."""
    for one in asked:
        yield from one.may
        yield from one.need.not_by
