"""For whom more reviews wait than one can do soon, and how many of those who could help have room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fairlead.model.figures import Evidence
from fairlead.reports import proof
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
    # before any counting: one person under two names would look like a colleague with room
    twice = _duplicates(scope, open_reviews)
    teams = _members(scope)
    mine = open_reviews.keys() if scope.team is None else open_reviews.keys() & teams.get(scope.team, set())
    free = {
        person
        for person, changes in open_reviews.items()
        if len(changes) < limit and person not in twice and scope.away_until(person) is None
    }
    loaded = [person for person in sorted(mine) if len(open_reviews[person]) >= limit]
    colleagues = _colleagues(scope, loaded, teams)
    heavy = tuple(Load(person, open_reviews[person], len(free & colleagues[person])) for person in loaded)
    # the number decides whether a person may be told of: it must not be flattered by doubles
    return Loads(heavy, len(mine - twice))


def queue(scope: Scope) -> Evidence:
    """All that waits for reviewers, as evidence of a load that is told of nobody."""
    # the changes of the loaded ones alone would name them, and their number would be the load
    query = (
        "select distinct change from open_change_turns where turn = 'reviewer' "  # noqa: S608 - escaped
        f"and {scope.changes('change')} order by change"
    )
    ids = [row["change"] for row in scope.warehouse.rows(query)]
    return proof.of_rows(ids, query) if ids else proof.of_absence("review_load", query)


def _colleagues(
    scope: Scope, people: Collection[str], teams: Mapping[str, Collection[str]]
) -> Mapping[str, set[str]]:
    """For each person the members of the teams that the waiting changes or their repositories belong to.

    Where no team is known, who works there. Changes are found by who is asked: naming thousands of them took the
    engine longer than all else.
    """
    found: dict[str, set[str]] = {person: set() for person in people}
    if people:
        for row in scope.warehouse.rows(_TEAMS.format(people=text_list(people))):
            found[row["person"]].update(teams.get(row["team"], ()))
    # a small company has no teams set up, and still has colleagues
    if alone := [person for person in people if not found[person]]:
        for row in scope.warehouse.rows(_AT_WORK.format(people=text_list(alone))):
            found[row["person"]].add(row["colleague"])
    return found


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
_ABLE = """
with able as (
    select d.person, d.account
    from dim_accounts d
    join accounts a on a.id = d.account
    left join people p on p.id = d.person
    where d.kind = 'human' and coalesce(p.active, true) and p.deleted_at is null and d.account not like 'email:%'
        and lower(coalesce(a.handle, '')) <> 'ghost' and lower(coalesce(a.tool_kind, '')) <> 'mannequin'
)
"""

_PEOPLE = f"""{_ABLE}
select a.person, list(distinct t.change order by t.change) filter (where t.change is not null) as changes
from able a
left join change_turns t on t.account = a.account and t.until is null and t.turn = 'reviewer'
group by a.person
"""  # noqa: S608 - constants

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

_ASKED = f"""{_ABLE}, asked as (
    select distinct a.person, t.change
    from able a
    join change_turns t on t.account = a.account and t.until is null and t.turn = 'reviewer'
    where a.person in {{people}}
), places as (
    select distinct a.person, c.repository from asked a join changes c on c.id = a.change
)
"""  # noqa: S608 - constants; people are quoted where they are put in

_TEAMS = f"""{_ASKED}
select distinct a.person, t.team from asked a join change_teams t on t.change = a.change
union
select p.person, r.team from places p join repository_teams r on r.repository = p.repository
"""  # noqa: S608 - constants

_AT_WORK = f"""{_ASKED}
select distinct p.person, coalesce(d.person, c.author) as colleague
from changes c
join places p on p.repository = c.repository
left join dim_accounts d on d.account = c.author
where c.deleted_at is null and c.author is not null
union
select p.person, r.reviewer from review_load r join places p on p.repository = r.repository
"""  # noqa: S608 - constants
