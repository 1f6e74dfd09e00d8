"""Search over records: which of them a few words name or describe, by kind, the named first and then the newest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from fairlead.metrics.shown import relation
from fairlead.model.errors import Abort
from fairlead.reports.plain import plain

LONGEST = 200
"""Characters of a search; longer than any id, and each word is looked for in every title."""
MOST_WORDS = 12

_PEOPLE = "person"
_SHORT = r"regexp_replace(coalesce(version, ref, sha), '^([0-9a-f]{7})[0-9a-f]{33,57}$', '\1')"
"""What was deployed, a hash as people say it."""
_SOURCES: Mapping[str, tuple[str, str, str, str, str, str]] = {
    "service": ("services", "coalesce(name, id)", "id", "null", "null", "criticality"),
    "team": ("teams", "coalesce(name, id)", "id", "null", "null", "null"),
    "repository": ("repositories", "coalesce(name, id)", "id", "null", "pushed_at", "null"),
    _PEOPLE: ("people", "name", "null", "null", "null", "kind"),
    "change": ("changes", "title", "repository", "null", "coalesce(updated_at, created_at)", "state"),
    "work item": ("work_items", "title", "key", "key", "coalesce(updated_at, created_at)", "status"),
    "sprint": ("sprints", "coalesce(name, id)", "concat_ws(' ', project, goal)", "name",
               "coalesce(start_at, end_at)", "state"),
    "milestone": ("milestones", "coalesce(title, id)", "repository", "title",
                  "coalesce(due_at, created_at)", "state"),
    "incident": ("incidents", "title", "key", "key", "coalesce(started_at, created_at)", "status"),
    "alert": ("alerts", "coalesce(title, rule, id)", "concat_ws(' ', rule, repository, service)", "rule",
              "coalesce(started_at, created_at)", "state"),
    "slo": ("slos", "coalesce(name, id)", "service", "name", "null", "null"),
    "release": ("releases", "coalesce(name, tag)", "concat_ws(' ', repository, tag)", "tag",
                "coalesce(published_at, created_at)", "kind"),
    "deployment": ("deployments", f"concat_ws(' ', environment, {_SHORT})",
                   "concat_ws(' ', repository, service)", "version",
                   "coalesce(finished_at, started_at, created_at)", "coalesce(result, state)"),
    "build": ("builds", "name", "concat_ws(' ', repository, branch)", "null",
              "coalesce(started_at, queued_at, created_at)", "coalesce(result, state)"),
    "test": ("test_results", "coalesce(name, suite, id)", "concat_ws(' ', suite, repository)", "null",
             '"at"', "result"),
    "commit": ("commits", "message", "repository", "null", "coalesce(committed_at, created_at)", "branch"),
}  # fmt: skip
"""Kind -> table, title, what else its words stand in, key, time, state; in the order in which kinds are shown.

No id with a hash or a long number is among the words: "bed" and "42" stand in some of those by chance. Such records
are found by being named, part by part.
"""
_LIMITS = {
    "test": "and result in ('failed', 'error') "
    'qualify row_number() over (partition by repository, suite, name order by "at" desc, id) = 1',
}
"""Of tests there are millions of rows, nearly all of them green: found is the newest failure of each."""
_SHA = frozenset({"commit", "deployment", "build"})
"""Kinds that a hash leads to: the commit, and what was built and deployed of it."""

KINDS = tuple(_SOURCES)
PEOPLE_READ = ("people.id", "people.name")
"""Columns about people that a search for them reads, for the access log."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found."""

    kind: str
    id: str
    title: str
    state: str
    url: str
    at: datetime | None
    exact: bool
    """Whether a word is its id, number, key or the begin of its hash."""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of a kind: how much there is, and the part of it that was asked for."""

    kind: str
    total: int
    hits: tuple[Hit, ...]


def words_of(asked: str) -> tuple[str, ...]:
    """The words to look for, without what commands a terminal or turns the reading direction."""
    if len(asked) > LONGEST:
        raise Abort(f"{len(asked)} characters are too long for a search", hint=f"use at most {LONGEST}")
    found = tuple(dict.fromkeys(plain(asked).split()))
    if len(found) > MOST_WORDS:
        raise Abort(f"{len(found)} words are too many for a search", hint=f"use at most {MOST_WORDS}")
    return found


def find(
    warehouse: Any,
    asked: str,
    *,
    people: bool,
    kind: str = "",
    limit: int = 50,
    offset: int = 0,
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[Group]:
    """Records that hold every word, of each kind so many; `people`: whether the reader may know who is registered.

    `former` tells of words that are former ids which ids they have become (`store.aliases.called_now`).
    """
    words = words_of(asked)
    if kind and kind not in KINDS:
        raise Abort(f"no kind `{plain(kind)}`", hint=f"there are: {', '.join(KINDS)}")
    kinds = [one for one in KINDS if kind in ("", one) and (people or one != _PEOPLE)]
    if not words or not kinds:
        return []
    params: dict[str, Any] = {"first": offset, "last": offset + limit}
    params |= {f"w{at}": word for at, word in enumerate(words)}
    params |= {f"n{at}": [one.lower() for one in former[word]] for at, word in enumerate(words) if former.get(word)}
    rows = warehouse.rows(_query(kinds, words, former), params)
    groups = [_group(name, list(part), offset) for name, part in groupby(rows, key=lambda row: row["kind"])]
    # Whoever types an id wants that record, of whatever kind it is.
    return sorted(groups, key=lambda group: (not any(hit.exact for hit in group.hits), KINDS.index(group.kind)))


def _group(kind: str, rows: list[dict[str, Any]], offset: int) -> Group:
    hits = tuple(
        Hit(
            kind,
            row["id"],
            row["title"] or row["id"],
            row["state"] or "",
            row["url"] or "",
            row["moment"],
            row["exact"],
        )
        for row in rows
        if row["place"] > offset
    )
    return Group(kind, rows[0]["total"], hits)


def _query(kinds: list[str], words: tuple[str, ...], former: Mapping[str, Sequence[str]]) -> str:
    """The first row of a kind comes along on every page of it: it carries how many there are."""
    named = [_named(f"w{at}", word, f"n{at}" if former.get(word) else "") for at, word in enumerate(words)]
    # `contains` and not `like`: in what people type, a percent sign is a percent sign.
    every = " and ".join(f"(contains(text, lower($w{at})) or {exact})" for at, exact in enumerate(named))
    return f"""
        with found as (
            select kind, id, title, state, url, moment, coalesce({" or ".join(named)}, false) as exact
            from ({" union all ".join(map(_source, kinds))}) where {every}
        )
        select *, count(*) over (partition by kind) as total,
               row_number() over (partition by kind order by exact desc, moment desc nulls last, title, id) as place
        from found qualify place = 1 or (place > $first and place <= $last) order by kind, place
    """  # noqa: S608 - of constants and numbered parameters alone


def _source(kind: str) -> str:
    table, title, also, key, at, state = _SOURCES[kind]
    # Everybody searches the views without columns about people: what a search finds by a hidden text, it tells.
    told = relation(kind == _PEOPLE, table)
    url = "null" if kind == _PEOPLE else "url"
    return f"""
        select '{kind}' as kind, id, {title} as title, lower(concat_ws(' ', {title}, {also})) as text,
               lower(id) as low, lower({key}) as key, {"sha" if kind in _SHA else "null"} as sha,
               cast({at} as timestamptz) as moment, {state} as state, {url} as url
        from {told} where deleted_at is null {_LIMITS.get(kind, "")}"""  # noqa: S608


def _named(name: str, word: str, became: str) -> str:
    """Whether a record is called so: `#42`, `payments#42`, `ACME-17`, `9f31c2a`, `v2.1.0`, or its whole id."""
    said = f"lower(${name})"
    ends = [f"low = {said}", f"key = {said}", f"ends_with(low, ':' || {said})"]
    if became:
        ends.append(f"list_contains(${became}, low)")
    if word.isdecimal():
        ends += [f"ends_with(low, '#' || {said})", f"ends_with(low, '!' || {said})"]
    elif word[0] in "#!":
        ends.append(f"ends_with(low, {said})")
    # The last part of a build's id is its attempt: a small number would name half of all builds.
    if not word.isdecimal():
        ends.append(f"ends_with(low, '/' || {said})")
    elif len(word) > 3:
        ends.append(f"contains(low || '/', '/' || {said} || '/')")
    if re.fullmatch(r"[0-9a-fA-F]{4,64}", word):
        ends.append(f"starts_with(sha, {said})")
    return "(" + " or ".join(f"coalesce({end}, false)" for end in ends) + ")"
