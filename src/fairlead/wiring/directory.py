"""Who there is to be told: roles, teams, deputies, and over which channel each is reached at this moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fairlead.governance.wishes import USUAL, Wish, read_wish
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Fault
from fairlead.store import access, notices
from fairlead.store.access import ROLES, User

if TYPE_CHECKING:
    from fairlead.config.settings import Notices
    from fairlead.reports.asked import Asked
    from fairlead.store.database import Transaction
    from fairlead.wiring.services import Services

_LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Directory:
    """People and teams as they are now."""

    asked: Asked
    """Names, calendars and the set-up, from the warehouse."""
    settings: Notices
    users: Mapping[str, User]
    """Those who may sign in, by person."""
    mail: Mapping[str, str]
    """Person -> address, of humans."""
    chatting: frozenset[str]
    """People who have an account at the chat, and teams that have a channel there."""
    wishes: Mapping[str, Wish]
    ways: frozenset[str]
    """Channels that are set up."""

    @classmethod
    def load(cls, services: Services, tx: Transaction) -> Directory:
        """Read anew for each round: roles and absences change."""
        # Late: the reports pull in the warehouse, which a command that only lists notices does without.
        from fairlead.reports.asked import Asked
        from fairlead.wiring.deliveries import ways

        asked = Asked(
            services.warehouse, services.setup, services.clock.now(), None, services.setup.organisation.language
        )
        people = services.warehouse.once(
            "select id, email from people where deleted_at is null and coalesce(kind, 'human') = 'human'"
        )
        chat = services.settings.slack
        return cls(
            asked=asked,
            settings=services.settings.notices,
            users={user.person: user for user in access.all_users(tx) if user.disabled_at is None},
            mail={row["id"]: row["email"] or "" for row in people},
            chatting=frozenset(
                (
                    *(f"team:{key}" for key in chat.channels),
                    *(one for account, one in asked.names.person_of.items() if account.startswith(f"{chat.source}:")),
                )
            ),
            wishes={person: _wish(said) for person, said in notices.preferences(tx).items()},
            ways=frozenset(ways(services)),
        )

    @property
    def now(self) -> datetime:
        """The moment that it holds for."""
        return self.asked.now

    def wish(self, recipient: str) -> Wish:
        """How somebody wants to be told."""
        return self.wishes.get(recipient, Wish())

    def calendar(self, recipient: str) -> WorkingCalendar:
        """Working calendar of a person, with their absences, or of a team."""
        calendars = self.asked.scope.calendars
        return calendars.of_team(recipient) if recipient.startswith("team:") else calendars.of_person(recipient)

    def team_of(self, recipient: str) -> str:
        """The team that somebody belongs to first."""
        if recipient.startswith("team:"):
            return recipient
        return self.asked.scope.calendars.team_of(recipient) or ""

    def channel(self, recipient: str) -> str:
        """The first wished channel that reaches somebody; empty where their page alone does."""
        wished = self.wish(recipient).channels
        for channel in (self.settings.channels or USUAL) if wished is None else wished:
            if channel in self.ways and self._is_at(recipient, channel):
                return channel
        return ""

    def address(self, recipient: str, channel: str) -> str:
        """Where the outbox sends it."""
        # the chat finds the place itself: what is kept stays true when somebody changes accounts
        return self.mail[recipient] if channel == "mail" else recipient

    def _is_at(self, recipient: str, channel: str) -> bool:
        if channel == "mail":
            return bool(self.mail.get(recipient))
        return recipient in self.chatting

    def is_away(self, person: str) -> bool:
        """Whether somebody is away for half a working day or more from now on: less is a walk to the dentist."""
        until = self.asked.scope.away_until(person)
        if until is None:
            return False
        held = self.calendar(person)
        at_work = WorkingCalendar(held.id, held.hours, str(held.zone), held.holidays)
        lost_s = at_work.working_seconds(self.now, min(until, self.now + _LOOK_AHEAD))
        return lost_s >= at_work.usual_day_seconds / 2

    def people(self, ids: Iterable[str]) -> list[str]:
        """Those of these ids that are people who can be told: no bots, nobody who has left."""
        return [person for person in dict.fromkeys(ids) if person in self.mail]

    def with_role(
        self, role: str, team: str, *, least: int = 1, may: Callable[[str], bool] = lambda _: True
    ) -> list[str]:
        """Who has a role in a team; where fewer than `least` of those who `may` have it, also who has more of it."""
        if role not in ROLES:
            return self.of_team(team)
        found: list[str] = []
        for held in ROLES[ROLES.index(role) :: -1]:
            for where in (team, access.EVERYWHERE):
                with_it = sorted(person for person, user in self.users.items() if user.roles.get(where) == held)
                found += [person for person in self.people(with_it) if person not in found and may(person)]
                if len(found) >= least:
                    return found
        return found

    def lead(self, team: str) -> list[str]:
        """The lead that the set-up states."""
        stated = self.asked.setup.teams.get(team.removeprefix("team:"))
        return self.people([f"person:{stated.lead}"]) if stated and stated.lead else []

    def of_team(self, team: str) -> list[str]:
        """Who hears of what concerns a team: its channel, else its lead, else its managers."""
        if team and self.channel(team):
            return [team]
        return self.lead(team) or self.with_role("manager", team)

    def in_place_of(self, person: str) -> list[str]:
        """Who is told while somebody is away: their deputy, else their team."""
        deputy = self.people([self.wish(person).deputy])
        found = deputy or [one for one in self.of_team(self.team_of(person)) if one != person]
        return [one for one in found if one.startswith("team:") or not self.is_away(one)]

    def names(self, recipients: Collection[str]) -> list[str]:
        """What they are called."""
        names = self.asked.names
        return [names.team(one) if one.startswith("team:") else names.person(one) for one in recipients]


def _wish(said: dict[str, object]) -> Wish:
    try:
        return read_wish(said)
    except Fault:
        # a later version said more than this one knows: better told as usual than not at all
        return Wish()
