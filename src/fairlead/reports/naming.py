"""Short names of records for sentences: people by name, changes and repositories without the tool's prefix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairlead.reports.plain import plain

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people, accounts and teams."""

    people: Mapping[str, str]
    """Person id -> name."""
    person_of: Mapping[str, str]
    """Account id -> person id."""
    accounts: Mapping[str, str]
    """Account id -> name."""
    teams: Mapping[str, str]

    @classmethod
    def load(cls, warehouse: Warehouse) -> Names:
        """Everybody's names: a few thousand rows at most."""
        people = warehouse.once("select id, name from people where deleted_at is null")
        accounts = warehouse.once("select id, person, name, handle from accounts where deleted_at is null")
        teams = warehouse.once(
            # stated teams come last, and the later name holds
            "select id, name from teams where deleted_at is null union all select team, name from setup_teams"
        )
        return cls(
            {row["id"]: row["name"] for row in people if row["name"]},
            {row["id"]: row["person"] for row in accounts if row["person"]},
            {row["id"]: row["name"] or row["handle"] for row in accounts if row["name"] or row["handle"]},
            {row["id"]: row["name"] for row in teams if row["name"]},
        )

    def person(self, person: str | None) -> str:
        """Name of a person, by person or account id."""
        if not person:
            return ""
        # the person's own name first: a login is what the tool calls them
        known = self.people.get(person) or self.people.get(self.person_of.get(person, ""))
        return plain(known or self.accounts.get(person) or short_name(person))

    def team(self, team: str | None) -> str:
        """Name of a team."""
        return plain(self.teams.get(team or "") or short_name(team))


def short_name(record: str | None) -> str:
    """`acme/payments#42` of `github:acme/payments#42`, `kim` of `github:@kim`."""
    _, colon, rest = (record or "").partition(":")
    return plain((rest if colon else record or "").removeprefix("@"))


def short_sha(sha: str | None) -> str:
    """The first seven digits of a commit."""
    return plain(sha)[:7]
