"""What a rule names outside its conditions: columns in texts, whom it tells, what it proposes, chains, sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.config.check import did_you_mean, faults
from fairlead.model.acts import ACTS
from fairlead.signals.faults import Known, Teller, listed, tables, text
from fairlead.signals.templates import loose_in
from fairlead.signals.views import Subject

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""It becomes part of addresses, of ids of signals and of names of files."""
_WHOM = ("turn", "owner", "assignee", "team")
"""Whom a rule may notify, besides a role like `role:manager`."""
_ROLE = re.compile(r"role:[a-z][a-z0-9_-]*")
_Place = tuple[str | int, ...]


def named(said: Mapping[str, Any], subject: Subject | None, known: Known, teller: Teller) -> None:
    """Tells of every name of a rule that stands for nothing."""
    _identity(said, teller)
    _whom(said, teller)
    _act(said, teller)
    if subject is not None:
        _columns(said, subject, teller)
    _around(said, known, teller)


def _identity(said: Mapping[str, Any], teller: Teller) -> None:
    for key in ("id", "title", "owner"):
        if said.get(key) == "":
            teller.tell((key,), f"`{key}` is empty")
    ident = text(said, "id")
    if ident and not ID.fullmatch(ident):
        meant = re.sub(r"[^a-z0-9_]+", "-", ident.lower()).strip("-_")[:64]
        hint = f"; did you mean `{meant}`?" if meant else ""
        teller.tell(("id",), f"an id is made of small letters, digits, `-` and `_`, at most 64{hint}")


def _whom(said: Mapping[str, Any], teller: Teller) -> None:
    to = text(tables(said, "then", "notify"), "to")
    if to and to not in _WHOM and not _ROLE.fullmatch(to):
        teller.tell(("then", "notify", "to"), f"nobody is `{to}`{did_you_mean(to, [*_WHOM, 'role:manager'])}")


def _act(said: Mapping[str, Any], teller: Teller) -> None:
    proposed, place = dict(tables(said, "then", "propose")), ("then", "propose")
    if not proposed:
        return
    kind = proposed.pop("kind", "")
    act = ACTS.get(kind) if isinstance(kind, str) else None
    if act is None:
        teller.tell((*place, "kind"), f"no act `{kind}`{did_you_mean(str(kind), list(ACTS))}")
        return
    for path, words in faults(proposed, act):
        teller.tell((*place, *path), words)


def _columns(said: Mapping[str, Any], subject: Subject, teller: Teller) -> None:
    known = ["id", *subject.view.columns]

    def tell(name: str, place: _Place, at: int | None = None) -> None:
        if name not in known:
            teller.tell(place, f"no column `{name}`{did_you_mean(name, known)}", at=at)

    for key in ("fingerprint", "group_by"):
        for index, name in enumerate(listed(said, key)):
            if isinstance(name, str):
                tell(name, (key, index))
    texts = [(("title",), said.get("title")), (("then", "propose"), tables(said, "then").get("propose"))]
    for place, value in texts:
        for inner, name, at in _templates(value, place):
            tell(name, inner, at)


def _templates(said: Any, place: _Place) -> Iterator[tuple[_Place, str, int]]:
    """Every `{name}` of texts within texts, with the place of each."""
    if isinstance(said, str):
        yield from ((place, name, at) for name, at in loose_in(said))
    elif isinstance(said, Mapping):
        for key, inner in said.items():
            yield from _templates(inner, (*place, key))
    elif isinstance(said, list):
        for index, inner in enumerate(said):
            yield from _templates(inner, (*place, index))


def _around(said: Mapping[str, Any], known: Known, teller: Teller) -> None:
    """What the home has, or has not: the rule itself is whole without it."""
    chain = text(tables(said, "then"), "escalate")
    if chain and known.chains is not None and chain not in known.chains:
        meant = did_you_mean(chain, list(known.chains))
        teller.tell(("then", "escalate"), f"no chain `{chain}`, so it climbs nowhere{meant}", "wrong")
    for name in tables(said, "needs"):
        if known.sources is not None and name not in known.sources:
            missing = f"no source `{name}` is set up, so that nothing is known until it speaks"
            teller.tell(("needs", name), f"{missing}{did_you_mean(name, list(known.sources))}", "warning")
    owner = text(said, "owner")
    if owner and known.owners and owner not in known.owners and not _ROLE.fullmatch(owner):
        meant = next((one for one in known.owners if one.partition(":")[2] == owner), "")
        hint = f"; did you mean `{meant}`?" if meant else did_you_mean(owner, list(known.owners))
        teller.tell(("owner",), f"nobody is known as `{owner}`{hint}", "warning")
    expires = text(said, "expires")
    if expires and known.today is not None and expires <= known.today.isoformat():
        teller.tell(("expires",), f"it was to be looked at by {expires}", "warning")
