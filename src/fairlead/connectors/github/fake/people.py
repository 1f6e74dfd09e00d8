"""Driver calls about teams and membership."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.github.fake.payloads.user import team as team_payload
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.state import Team
from fairlead.connectors.github.fake.world import World


class People(World):
    """Teams of the organisation."""

    def create_team(self, slug: str, *, name: str, by: str, at: datetime, description: str = "") -> Team:
        """A new team (`team`, action `created`)."""
        found = Team(self.counter.next("team"), slug, name, description)
        self.teams[slug] = found
        self.emit("team", self.account(by), at, None, {"action": "created", "team": self._team(found)})
        return found

    def add_member(self, team: str, login: str, *, by: str, at: datetime, role: str = "member") -> None:
        """Somebody joins a team (`membership`, action `added`)."""
        found = self.teams[team]
        found.members[login] = role
        self._membership("added", found, login, by, at)

    def remove_member(self, team: str, login: str, *, by: str, at: datetime) -> None:
        """Somebody leaves a team (`membership`, action `removed`)."""
        found = self.teams[team]
        found.members.pop(login, None)
        self._membership("removed", found, login, by, at)

    def give_team(self, team: str, repository: str, *, by: str, at: datetime, permission: str = "push") -> None:
        """A team gets a repository (`team`, action `added_to_repository`)."""
        found = self.teams[team]
        found.repositories[repository] = permission
        payload = {"action": "added_to_repository", "team": self._team(found)}
        self.emit("team", self.account(by), at, self.repository(repository), payload)

    def _membership(self, action: str, found: Team, login: str, by: str, at: datetime) -> None:
        member = user(self.wire, self.account(login))
        payload = {"action": action, "scope": "team", "member": member, "team": self._team(found)}
        self.emit("membership", self.account(by), at, None, payload)

    def _team(self, found: Team) -> dict[str, object]:
        return team_payload(self.wire, found, self.org)
