"""Risks that propose themselves: open signals that have a place in common and say the same kind of thing.

Pure: open signals come in, what they add up to goes out with them as its evidence. A person accepts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from math import log2
from pathlib import Path
from typing import Any, Literal

import msgspec

from fairlead.config.entries import Entries
from fairlead.model.errors import ConfigFault

FILES = Entries(Path(__file__).parent / "clusters", "clusters")

By = Literal["team", "service", "repository", "rule", "subject"]
Category = Literal["delivery", "quality", "operation", "security", "people", "dependency"]
_IMPACT: Mapping[str, int] = {"critical": 5, "high": 4, "medium": 3, "low": 2}
_MOST = 5
_MOST_NAMED = 3


class Cluster(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a risk of signals, as its file has it."""

    id: str
    title: str
    """Cause and effect, with `{place}`, `{n}` and `{kinds}` in it."""
    category: Category
    by: By
    rules: tuple[str, ...]
    least: int = 2
    kinds: int = 1
    likelihood: int = 3
    impact: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A risk that nobody has accepted yet."""

    made_from: str
    """Cluster and place: of one there is one risk at a time."""
    title: str
    category: str
    team: str
    service: str
    likelihood: int
    impact: int
    signals: tuple[str, ...]
    """The evidence."""


def read(folders: Iterable[Path] = ()) -> tuple[Mapping[str, Cluster], list[ConfigFault]]:
    """The clusters that are whole, and what is wrong with the others."""
    found, faults = FILES.read(list(folders), Cluster, lambda one: one.id)
    whole = {}
    for cluster in found.values():
        wrong = list(_faults(cluster))
        faults += [FILES.fault(Path(cluster.path), partial(_is, cluster.id), (key,), words) for key, words in wrong]
        if not wrong:
            whole[cluster.id] = cluster
    return whole, faults


def _is(name: str, said: Any) -> bool:
    return bool(said.get("id") == name)


def _faults(cluster: Cluster) -> Iterable[tuple[str, str]]:
    if cluster.least < 1:
        yield "least", "a risk without a signal has no evidence"
    if not 1 <= cluster.likelihood <= _MOST:
        yield "likelihood", "say 1 to 5"
    if not 0 <= cluster.impact <= _MOST:
        yield "impact", "say 1 to 5, or nothing"
    try:
        cluster.title.format(place="", n=0, kinds="")
    except (KeyError, IndexError, ValueError):
        yield "title", "only {place}, {n} and {kinds} can stand in it"


def proposals(clusters: Iterable[Cluster], signals: Iterable[Mapping[str, Any]]) -> list[Proposal]:
    """What the open signals add up to, the gravest first; signals of rules that are only watched are left out."""
    heard = [one for one in signals if one["state"] == "open" and not one["monitored"]]
    found = [made for cluster in clusters for made in _of_cluster(cluster, heard)]
    return sorted(found, key=lambda made: (-made.likelihood * made.impact, made.made_from))


def _of_cluster(cluster: Cluster, heard: Iterable[Mapping[str, Any]]) -> Iterable[Proposal]:
    places: dict[str, list[Mapping[str, Any]]] = {}
    for signal in heard:
        if any(fnmatchcase(signal["rule"] or "", glob) for glob in cluster.rules) and (
            place := place_of(signal, cluster.by)
        ):
            places.setdefault(place, []).append(signal)
    for place, held in sorted(places.items()):
        kinds = sorted({signal["rule"] for signal in held})
        if len(held) < cluster.least or len(kinds) < cluster.kinds:
            continue
        gravest = max(_IMPACT.get(signal["severity"] or "", 1) for signal in held)
        teams = {signal["team"] for signal in held if signal["team"]}
        services = {found for signal in held if (found := place_of(signal, "service"))}
        yield Proposal(
            made_from=f"{cluster.id}/{place}",
            title=cluster.title.format(place=place.partition(":")[2] or place, n=len(held), kinds=_named(kinds)),
            category=cluster.category,
            # of several nobody can say whose it is: a person decides on accepting it
            team=next(iter(teams)) if len(teams) == 1 else "",
            service=next(iter(services)) if len(services) == 1 else "",
            likelihood=min(_MOST, cluster.likelihood + int(log2(len(held) / cluster.least))),
            impact=cluster.impact or gravest,
            signals=tuple(sorted(signal["id"] for signal in held)),
        )


def _named(kinds: list[str]) -> str:
    more = len(kinds) - _MOST_NAMED
    return ", ".join(kinds[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def place_of(signal: Mapping[str, Any], by: By) -> str:
    """What a signal has in common with others; empty where it says nothing of that."""
    if by in ("team", "rule", "subject"):
        return str(signal[by] or "")
    values = msgspec.json.decode(signal["values"] or "{}")
    said = values.get(by) or values.get(f"{by}_id") or ""
    subject = str(signal["subject"] or "")
    if not said and subject.startswith(f"{by}:"):
        return subject
    # a change, issue, run or alert lies below its repository
    return str(said) or (_repository(subject) if by == "repository" else "")


def _repository(subject: str) -> str:
    for mark in ("#", "!", "@", "/run/", "/pipeline/", "/alert/", "/job/"):
        before, found, _ = subject.partition(mark)
        if found and "/" in before:
            return before
    return ""


def trend(scores: Iterable[str]) -> Literal["", "rising", "falling", "steady"]:
    """Whither a risk goes, by the scores that it was given; of one score nobody knows."""
    given = [_product(one) for one in scores]
    if len(given) < 2:
        return ""
    before, now = given[-2], given[-1]
    return "rising" if now > before else "falling" if now < before else "steady"


def _product(score: str) -> int:
    likelihood, _, impact = score.rpartition(" ")[2].partition("x")
    return int(likelihood) * int(impact) if likelihood.isdigit() and impact.isdigit() else 0
