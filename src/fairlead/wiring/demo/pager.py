"""The company's PagerDuty: a service for each of ours but the edge, and a rota for each team that keeps it there."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.fake.arrived import webhooks
from fairlead.connectors.kit.fake.tool import Json
from fairlead.connectors.pagerduty.connector import CONNECTOR
from fairlead.connectors.pagerduty.fake import FakePagerDuty
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.agenda import Agenda
from fairlead.wiring.demo.cast import CREWS, DOMAIN, PLAYERS, SHIPS, crew
from fairlead.wiring.demo.clock import StoryClock
from fairlead.wiring.demo.heard import Span, synced
from fairlead.wiring.demo.rota import on_call, turns

SOURCE = "pagerduty"
_SITE = "https://api.pagerduty.com"
_TOKEN = "demo"  # noqa: S105 - opens nothing but the fake
RUNNERS = "Build runners"
"""What PagerDuty watches and no deployment of ours goes to."""


class Pager:
    """Wakes people, and keeps what PagerDuty sends about it."""

    def __init__(self, secret: str, clock: StoryClock, agenda: Agenda) -> None:
        self._clock = clock
        self._agenda = agenda
        self.duty = FakePagerDuty(secret, _TOKEN, hook_url=f"https://fairlead.{DOMAIN}/hooks/pagerduty")
        self._users = {who.login: self.duty.add_user(who.name, who.emails[0]) for who in PLAYERS}
        self._services = {
            ship.key: self.duty.add_service(ship.name) for ship in SHIPS if ship.repository != "gateway"
        } | {RUNNERS: self.duty.add_service(RUNNERS)}
        self._roster()

    def _roster(self) -> None:
        """One answers, the next one stands behind."""
        real = self._clock.real
        for team in [one for one in CREWS if one.host == "github"]:
            for start, end in turns(team):
                for level in (1, 2):
                    self.duty.on_call(
                        self._users[on_call(team, start, level)], team.name, real(start), real(end), level
                    )

    def options(self) -> dict[str, str]:
        """Number of a service there -> key of ours."""
        return {service["id"]: key for key, service in self._services.items() if key != RUNNERS}

    def trigger(self, service: str, title: str, priority: str, team: str) -> Json:
        """An incident pages whoever is on call."""
        who = self._users[self.asked(team)]
        return self.duty.trigger(self._services[service], title, self._now, priority=priority, page=who)

    def escalate(self, incident: Json, team: str) -> None:
        """Nobody answered: the one behind is paged."""
        self.duty.escalate(incident, self._now, self._users[self.asked(team, 2)])

    def asked(self, team: str, level: int = 1) -> str:
        """Who is on call now."""
        return on_call(crew(team), self._agenda.now, level)

    @property
    def _now(self) -> datetime:
        return self._clock.real(self._agenda.now)

    def acknowledge(self, incident: Json, by: str) -> None:
        """Somebody takes it."""
        self.duty.acknowledge(incident, self._users[by], self._now)

    def resolve(self, incident: Json, by: str) -> None:
        """It is over."""
        self.duty.resolve(incident, self._users[by], self._now)

    def reopen(self, incident: Json, by: str) -> None:
        """It was not over."""
        self.duty.reopen(incident, self._users[by], self._now)

    def note(self, incident: Json, text: str, by: str) -> None:
        """What somebody found out."""
        self.duty.note(incident, text, self._users[by], self._now)

    def deliveries(self) -> list[RawEvent]:
        """Its webhooks as they arrived."""
        return webhooks(CONNECTOR, SOURCE, self.duty.sent)

    def pages(self, span: Span) -> list[RawEvent]:
        """What no webhook tells: addresses, who was paged, and who is on call."""
        self.duty.turn(lambda: span[1])
        options = Options(SOURCE, {"services": self.options()})
        return synced(CONNECTOR, options, self.duty, _SITE, {"token": _TOKEN}, span)


def incident_id(incident: Json) -> str:
    """Record id of an incident."""
    return f"{SOURCE}:{incident['id']}"
