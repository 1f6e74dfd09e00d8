"""For whom more reviews wait than one can do soon, and how many of those who could help have room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fairlead.reports.literals import text_list
from fairlead.reports.scope import Scope


@dataclass(frozen=True, slots=True)
class Load:
    """Reviews that wait for one person."""

    person: str
    changes: tuple[str, ...]
    with_room: int
    """Others of the teams concerned who are here and for whom fewer reviews wait than the limit."""


@dataclass(frozen=True, slots=True)
class Loads:
    """Review load of the people of the scope."""

    heavy: tuple[Load, ...]
    people: int
    """Humans who could review."""


def load_review_load(scope: Scope) -> Loads:
    """Heavy loads of the scope's people, each with the number of colleagues who have room."""
    limit = scope.setup.thresholds.review_load
    open_reviews = {row["person"]: tuple(row["changes"] or ()) for row in scope.warehouse.rows(_PEOPLE)}
    twice = _duplicates(scope, open_reviews)
    teams = _members(scope)
    mine = open_reviews.keys() if scope.team is None else open_reviews.keys() & teams.get(scope.team, set())
    free = {
        person
        for person, changes in open_reviews.items()
        if len(changes) < limit and person not in twice and scope.away_until(person) is None
    }
    heavy = tuple(
        Load(person, open_reviews[person], len(free & _colleagues(scope, open_reviews[person], teams)))
        for person in sorted(mine)
        if len(open_reviews[person]) >= limit
    )
    return Loads(heavy, len(mine - twice))


def _colleagues(scope: Scope, changes: Iterable[str], teams: Mapping[str, Collection[str]]) -> set[str]:
    """Members of the teams that the changes or their repositories belong to; without teams, who works there."""
    listed = text_list(changes)
    concerned = scope.warehouse.rows(_TEAMS.format(changes=listed))
    found = {person for row in concerned for person in teams.get(row["team"], ())}
    return found or {row["person"] for row in scope.warehouse.rows(_AT_WORK.format(changes=listed))}


def _members(scope: Scope) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in scope.warehouse.rows(_MEMBERS, [scope.naive_now] * 2):
        found.setdefault(row["team"], set()).add(row["person"])
    return found


def _duplicates(scope: Scope, people: Collection[str]) -> set[str]:
    """The later of two who may be one by a link that nobody has decided yet: nobody is counted twice."""
    pairs = (sorted((row["one"], row["other"])) for row in scope.warehouse.rows(_MAYBE_ONE))
    return {later for earlier, later in pairs if earlier in people}


# Who is known by addresses of commits alone can be asked by nobody; nor can the stand-ins for deleted accounts.
_PEOPLE = """
select d.person, list(distinct t.change order by t.change) filter (where t.change is not null) as changes
from dim_accounts d
join accounts a on a.id = d.account
left join people p on p.id = d.person
left join change_turns t on t.account = d.account and t.until is null and t.turn = 'reviewer'
where d.kind = 'human' and coalesce(p.active, true) and p.deleted_at is null and d.account not like 'email:%'
    and lower(coalesce(a.handle, '')) <> 'ghost' and lower(coalesce(a.tool_kind, '')) <> 'mannequin'
group by d.person
"""

_MEMBERS = """
select distinct t.team, d.person
from account_teams t
join dim_accounts d on d.account = t.account
where coalesce(t.valid_from <= ?, true) and coalesce(t.valid_to > ?, true)
"""

_MAYBE_ONE = """
select distinct d.person as one, e.person as other
from identity_links l
join dim_accounts d on d.account = l.account
join dim_accounts e on e.account = l.other
where l.deleted_at is null and l.status = 'suggested' and d.person <> e.person
"""

_TEAMS = """
select team from change_teams where change in {changes}
union
select r.team from repository_teams r join changes c on c.repository = r.repository where c.id in {changes}
"""

_AT_WORK = """
with places as (select distinct repository from changes where id in {changes})
select distinct coalesce(d.person, c.author) as person
from changes c
join places p on p.repository = c.repository
left join dim_accounts d on d.account = c.author
where c.deleted_at is null and c.author is not null
union
select r.reviewer from review_load r join places p on p.repository = r.repository
"""
