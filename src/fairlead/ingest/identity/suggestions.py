"""People who may be one person, with a score and the reason in words, for a person to confirm or refuse. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from fairlead.ingest.identity.clusters import Pair
from fairlead.ingest.identity.evidence import Known, Tie, is_nobodys

SUGGEST_FROM = 0.7
"""Score from which two people are suggested to be one."""

_NAME, _LOCAL, _SHARED = 0.62, 0.28, 0.1
_SAME_TOOL = 0.6
"""Two logins of one tool: rarely one person, so they need to look alike in everything."""

_CROWD = 40
"""A key that so many people share (`admin`, a first name) tells nothing."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two accounts, each of another person so far."""

    one: str
    other: str
    score: float
    reason: str
    method: str = "name"


def suggestions(
    clusters: Mapping[str, Sequence[str]],
    accounts: Mapping[str, Known],
    places: Mapping[str, Collection[str]],
    held_back: Iterable[Tie],
    settled: Collection[Pair],
) -> list[Suggestion]:
    """The best pair of accounts for each two people that look alike; decided pairs are not suggested again.

    `places` are the repositories in which an account was seen.
    """
    found: dict[Pair, Suggestion] = {}
    for tie in held_back:
        if tie.pair not in settled:
            found[tie.pair] = Suggestion(*tie.pair, 0.9, f"{tie.reason}; yet they seem to be two", tie.method)
    profiles = {root: _Profile.of(members, accounts, places) for root, members in clusters.items()}
    for one, other in _candidates(profiles):
        suggestion = _compare(profiles[one], profiles[other])
        if suggestion and (suggestion.one, suggestion.other) not in settled:
            found.setdefault((suggestion.one, suggestion.other), suggestion)
    return sorted(found.values(), key=lambda each: (-each.score, each.one, each.other))


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a person looks like from outside."""

    account: str
    names: frozenset[str]
    locals: frozenset[str]
    """Local parts of addresses, and logins."""
    logins: Mapping[str, str]
    places: frozenset[str]
    kind: str

    @classmethod
    def of(
        cls, members: Sequence[str], accounts: Mapping[str, Known], places: Mapping[str, Collection[str]]
    ) -> _Profile:
        own = [accounts[member] for member in members]
        addresses = [one.email for one in own if one.email and not is_nobodys(one.email)]
        handles = [one.handle for one in own if one.handle and not one.is_address]
        return cls(
            account=members[0],
            names=frozenset(filter(None, (_folded(one.name) for one in own))),
            locals=frozenset(
                filter(None, map(_letters, (*(email.partition("@")[0] for email in addresses), *handles)))
            ),
            logins={one.source: one.handle for one in own if one.handle and not one.is_address},
            places=frozenset(place for member in members for place in places.get(member, ())),
            kind=own[0].kind,
        )


def _candidates(profiles: Mapping[str, _Profile]) -> Iterator[Pair]:
    """Pairs that share something; comparing all with all would not end in a large company."""
    shared: dict[str, set[str]] = {}
    for root, profile in profiles.items():
        if profile.kind == "human":
            for key in _keys(profile):
                shared.setdefault(key, set()).add(root)
    seen: set[Pair] = set()
    for roots in shared.values():
        if len(roots) <= _CROWD:
            seen.update(combinations(sorted(roots), 2))
    yield from sorted(seen)


def _keys(profile: _Profile) -> Iterator[str]:
    for name in profile.names:
        words = name.split()
        yield " ".join(sorted(words))
        yield from (word for word in words if len(word) > 2)
        if len(words) > 1:
            # kdoe, kim.doe, doek: how logins are made from names
            yield _letters(words[0][0] + words[-1])
            yield _letters(words[0] + words[-1])
    yield from profile.locals


def _compare(one: _Profile, other: _Profile) -> Suggestion | None:
    from rapidfuzz import fuzz

    name = max(
        (fuzz.token_sort_ratio(a, b) / 100 for a in one.names for b in other.names if _tells(a) and _tells(b)),
        default=0.0,
    )
    local = max((fuzz.ratio(a, b) / 100 for a in one.locals for b in other.locals), default=0.0)
    spelled = max((_spells(a, b) for a, b in ((one, other), (other, one))), default=0.0)
    local = max(local, spelled)
    together = bool(one.places & other.places)
    # a name that is not known is no sign against
    weight = (_NAME if one.names and other.names else 0.0) + _LOCAL
    score = (name * (weight - _LOCAL) + local * _LOCAL) / weight * (1 - _SHARED) + _SHARED * together
    same_tool = one.logins.keys() & other.logins.keys()
    score *= _SAME_TOOL + (1 - _SAME_TOOL) * (not same_tool)
    if score < SUGGEST_FROM or max(name, local) < 0.85:
        return None
    first, second = sorted((one.account, other.account))
    return Suggestion(first, second, round(score, 3), _reason(name, local, one.places & other.places))


def _spells(one: _Profile, other: _Profile) -> float:
    """Whether a login of one is made from the name of the other."""
    for name in one.names:
        words = name.split()
        if len(words) > 1:
            made = {
                _letters(words[0] + words[-1]),
                _letters(words[0][0] + words[-1]),
                _letters(words[-1] + words[0][0]),
            }
            if made & other.locals:
                return 0.95
    return 0.0


def _reason(name: float, local: float, places: Collection[str]) -> str:
    parts = []
    if name >= 0.85:
        parts.append("the same name" if name == 1 else f"names alike ({name:.0%})")
    if local >= 0.85:
        parts.append("the same login or address name" if local == 1 else "login or address made from the same name")
    if places:
        parts.append(f"both work in {min(places)}" + (f" and {len(places) - 1} more" if len(places) > 1 else ""))
    return ", ".join(parts)


def _tells(name: str) -> bool:
    """A first name alone is shared by many."""
    return " " in name


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", "".join(ch for ch in plain if not unicodedata.combining(ch))).split())


def _letters(text: str) -> str:
    return re.sub(r"[\W_\d]+", "", _folded(text))
