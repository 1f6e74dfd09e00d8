"""Loads what reviewer suggestions follow from: files, their owners, recent work, open reviews, absences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fairlead.changes.codeowners import Owners, Rule, effective
from fairlead.changes.ignored_revisions import FILE, ignored_revisions
from fairlead.changes.reviewers import Candidate, Question, Suggestions, Touch, suggest
from fairlead.reports.literals import text_list
from fairlead.reports.naming import Names
from fairlead.reports.open_changes import Waiting
from fairlead.reports.scope import Scope, aware

_LOOK_BACK = timedelta(days=730)
"""Older work counts for less than a sixteenth of fresh work: not worth its rows."""
_MOST_PATHS = 300
"""A change of more files is generated or moved; its first files say enough."""


@dataclass(frozen=True)
class _Known:
    """Everything for a set of changes, loaded with one query each."""

    paths: Mapping[str, Sequence[str]]
    touches: Mapping[str, Sequence[Touch]]
    """Repository -> work on the files of these changes."""
    candidates: Sequence[Candidate]
    reviewed: Mapping[str, Collection[str]]
    owners: Mapping[str, Mapping[str, Collection[str]]]
    """Repository -> path -> persons."""
    ignored: Mapping[str, Collection[str]]
    """Repository -> commits whose authors need not know what they touched."""


def suggestions(scope: Scope, names: Names, waiting: Sequence[Waiting]) -> dict[str, Suggestions]:
    """Change -> who could review it, for the changes that wait for a review."""
    wanted = [found for found in waiting if found.turn in ("reviewer", "any_reviewer")]
    if not wanted:
        return {}
    known = _load(scope, names, wanted)
    thresholds, rules = scope.setup.thresholds, scope.setup.reviewers
    found: dict[str, Suggestions] = {}
    for change in wanted:
        # by person: who was asked by one account must not be suggested by another
        asked = {names.person_of.get(account, account) for account, _ in change.parties if account}
        author = names.person_of.get(change.author or "", change.author)
        question = Question(
            change=change.change, author=author, paths=known.paths.get(change.change, ()),
            owners=known.owners.get(change.repository, {}),
            already=asked | set(known.reviewed.get(change.change, ())),
        )  # fmt: skip
        touches = known.touches.get(change.repository, ())
        found[change.change] = suggest(
            question, known.candidates, touches, rules, scope.now, review_load=thresholds.review_load,
            ignored=known.ignored.get(change.repository, ()),
        )  # fmt: skip
    return found


def owned_files(scope: Scope, waiting: Sequence[Waiting]) -> dict[str, Counter[str]]:
    """Change -> person -> how many of its files they own by CODEOWNERS, alone or with others."""
    paths = _paths(scope, waiting)
    owners = _owners(scope, waiting, paths)
    return {
        found.change: Counter(
            person
            for path in paths.get(found.change, ())[:_MOST_PATHS]
            for person in owners.get(found.repository, {}).get(path, ())
        )
        for found in waiting
    }


def _paths(scope: Scope, waiting: Sequence[Waiting]) -> dict[str, list[str]]:
    paths: dict[str, list[str]] = {}
    for row in scope.warehouse.rows(_PATHS.format(changes=text_list(found.change for found in waiting))):
        paths.setdefault(row["change"], []).append(row["path"])
    return paths


def _load(scope: Scope, names: Names, waiting: Sequence[Waiting]) -> _Known:
    rows = scope.warehouse.rows
    ids = text_list(found.change for found in waiting)
    paths = _paths(scope, waiting)
    touches: dict[str, list[Touch]] = {}
    # the present moment ends it as well, so that a brief of yesterday knows nothing of today
    oldest = scope.naive_now - _LOOK_BACK
    for row in rows(_TOUCHES.format(changes=ids), [oldest, scope.naive_now]):
        touch = Touch(row["person"], row["path"], aware(row["at"]), row["sha"] or "")
        touches.setdefault(row["repository"], []).append(touch)
    reviewed: dict[str, set[str]] = {}
    for row in rows(_REVIEWED.format(changes=ids)):
        reviewed.setdefault(row["change"], set()).add(names.person_of.get(row["actor"], row["actor"]))
    return _Known(
        {change: found[:_MOST_PATHS] for change, found in paths.items()},
        touches,
        [_candidate(row, scope) for row in rows(_CANDIDATES)],
        reviewed,
        _owners(scope, waiting, paths),
        {row["repository"]: ignored_revisions(row["body"]) for row in rows(_IGNORED, [FILE])},
    )


def _owners(
    scope: Scope, waiting: Sequence[Waiting], paths: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, frozenset[str]]]:
    """Repository -> path -> persons who own it by CODEOWNERS, teams taken apart."""
    wanted: dict[str, set[str]] = {}
    for change in waiting:
        wanted.setdefault(change.repository, set()).update(paths.get(change.change, ())[:_MOST_PATHS])
    rules: dict[str, list[tuple[str, Rule]]] = {}
    for row in scope.warehouse.rows(_OWNERS.format(repositories=text_list(wanted)), [scope.naive_now] * 2):
        rule = Rule(row["position"] or 0, row["pattern"] or "", tuple(row["owners"] or ()))
        rules.setdefault(row["repository"], []).append((row["path"] or "", rule))
    if not rules:
        return {}
    people = _Owning(scope)
    found: dict[str, dict[str, frozenset[str]]] = {}
    for repository, lines in rules.items():
        owners, source = Owners(effective(lines)), repository.partition(":")[0]
        found[repository] = {path: people.of(source, owners.of(path)) for path in wanted[repository]}
    return found


class _Owning:
    """Persons behind owners as CODEOWNERS writes them: `@login`, `@org/team`, an address."""

    def __init__(self, scope: Scope) -> None:
        rows = scope.warehouse.rows
        accounts = rows("select d.account, d.person, a.email from dim_accounts d join accounts a on a.id = d.account")
        # GitHub takes logins and teams in any case
        self._person = {row["account"].lower(): row["person"] for row in accounts}
        self._person |= {f"email:{row['email'].lower()}": row["person"] for row in accounts if row["email"]}
        self._members: dict[str, set[str]] = {}
        for row in rows(_MEMBERS, [scope.naive_now] * 4):
            self._members.setdefault(row["team"].lower(), set()).add(row["person"])

    def of(self, source: str, written: Sequence[str]) -> frozenset[str]:
        """All persons of some owners."""
        found: set[str] = set()
        for owner in map(str.lower, written):
            # a login belongs to the tool of the repository, an address to none
            key = f"{source}:{owner}" if owner.startswith("@") else f"email:{owner}"
            if key in self._person:
                found.add(self._person[key])
            # a team has the same form as a login, so both are looked up
            found |= self._members.get(key, set())
        return frozenset(found)


def _candidate(row: Mapping[str, Any], scope: Scope) -> Candidate:
    person = row["person"]
    return Candidate(
        person=person,
        kind=row["kind"] or "human",
        open_reviews=row["open_reviews"],
        calendar=scope.calendars.of_person(person),
        away_until=scope.away_until(person),
        # unknown counts as there: most tools never say
        active=row["active"] is not False,
    )


# Files of a change: as the host lists them, else those of its commits.
_PATHS = """
with listed as (
    select change, path from change_files where change in {changes} and deleted_at is null
)
select change, path from listed
union
select k.change, f.path
from change_commits k
join commit_files f on f.commit = k.commit
where k.change in {changes} and k.change not in (select change from listed)
order by all
"""

_TOUCHES = """
with wanted as (
    select distinct c.repository, regexp_replace(p.path, '[^/]*$', '') as folder
    from (
        select change, path from change_files where change in {changes} and deleted_at is null
        union
        select k.change, f.path
        from change_commits k
        join commit_files f on f.commit = k.commit
        where k.change in {changes}
    ) p
    join changes c on c.id = p.change
)
select f.repository, f.path, coalesce(d.person, k.author) as person, k.authored_at as at, k.sha
from commit_files f
join wanted w on w.repository = f.repository and w.folder = regexp_replace(f.path, '[^/]*$', '')
join commits k on k.id = f.commit and k.deleted_at is null
left join dim_accounts d on d.account = k.author
where k.authored_at >= $1 and k.authored_at < $2 and k.author is not null
"""

_REVIEWED = """
select distinct change, actor
from change_events
where change in {changes} and kind in ('approved', 'changes_requested', 'reviewed') and actor is not null
    and deleted_at is null
"""

# Who is known by an address of commits only cannot be asked for a review.
_CANDIDATES = """
with load as (
    select coalesce(d.person, t.account) as person, count(distinct t.change) as open_reviews
    from change_turns t
    left join dim_accounts d on d.account = t.account
    where t.until is null and t.turn = 'reviewer' and t.account is not null
    group by 1
)
select d.person, min(d.kind) as kind, bool_and(coalesce(p.active, true)) as active,
    coalesce(max(l.open_reviews), 0) as open_reviews
from dim_accounts d
left join people p on p.id = d.person
left join load l on l.person = d.person
group by d.person
having bool_or(d.account not like 'email:%')
order by d.person
"""

_OWNERS = """
select repository, path, position, pattern, owners
from code_owners
where repository in {repositories} and deleted_at is null
    and coalesce(valid_from <= ?, true) and coalesce(valid_to > ?, true)
"""

_IGNORED = """
select repository, body from documents
where path = ? and body is not null and repository is not null and deleted_at is null
"""

_MEMBERS = """
select t.team, d.person
from account_teams t
join dim_accounts d on d.account = t.account
where coalesce(t.valid_from <= ?, true) and coalesce(t.valid_to > ?, true)
union
-- CODEOWNERS names teams of the host, whichever teams the configuration states.
select m.team, coalesce(m.person, d.person) as person
from memberships m
left join dim_accounts d on d.account = m.account
where m.deleted_at is null and m.team is not null and coalesce(m.person, d.person) is not null
    and coalesce(m.valid_from <= ?, true) and coalesce(m.valid_to > ?, true)
"""
