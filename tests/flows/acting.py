"""A home whose team may act on the fake of GitHub, which counts what somebody can see there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.connectors.github.histories import Team
from tests.connectors.github.test_acting import stage_of
from tests.flows.servers import Shell, served

from fairlead.config.load import load
from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change, Repository
from fairlead.model.records.people import Person
from fairlead.model.times import SystemClock
from fairlead.store import access, records
from fairlead.wiring.services import Services

PULL = "github:harbor-co/tides#1"
TEAM = "team:tides"
NUDGE = "comment harbor-co/tides#1"

_SETTINGS = """
[sources.github]
url = "{url}"
token = {{ env = "TOKEN" }}

[actions]
sources = ["github"]
networks = ["127.0.0.0/8"]

[teams.tides]
repositories = ["github:harbor-co/tides"]
"""


@dataclass
class Harbour:
    """The home, and the tool."""

    shell: Shell
    desk: Desk
    tokens: dict[str, str]

    def effects(self, beginning: str = NUDGE) -> int:
        return sum(one.startswith(beginning) for one in self.desk.effects)

    def services(self) -> Services:
        return Services(load(self.shell.settings), self.shell.home, environ={"TOKEN": "t0ken"})

    def as_person(self, key: str) -> Shell:
        """The same folder, with a person's own token."""
        return Shell(self.shell.folder, {**self.shell.environ, "FAIRLEAD_TOKEN": self.tokens[key]})


@contextmanager
def harbour(folder: Path, store: str = "") -> Iterator[Harbour]:
    """Jonas is a member, Mira and Sahar manage the team; a pull request waits. `store` is PostgreSQL's address."""
    stage = stage_of(Team())
    # one clock for both: a look goes back from the present
    stage.desk.turn(SystemClock().now)
    with served(stage.desk) as url:
        made = Harbour(Shell(folder, {"TOKEN": "t0ken"}), stage.desk, {})
        made.shell.settings.write_text(_SETTINGS.format(url=url) + (f'[store]\nurl = "{store}"\n' if store else ""))
        with made.services() as services:
            now = services.clock.now()
            with services.database.begin() as tx:
                repository = Repository(id="github:harbor-co/tides", name="tides", default_branch="main")
                change = Change(id=PULL, repository="github:harbor-co/tides", title="Turn the lamp", state="open")
                people = [Person(id=f"person:{key}", name=key, kind="human") for key in ("jonas", "mira", "sahar")]
                records.apply(tx, [Patch(one, at=now) for one in (repository, change, *people)])
                for key, role in {"jonas": "member", "mira": "manager", "sahar": "manager"}.items():
                    access.add_user(tx, f"person:{key}", now)
                    access.grant(tx, f"person:{key}", role, now, "operator", TEAM)  # type: ignore[arg-type]
                    _, secret = access.new_token(
                        tx, f"person:{key}", "test", ["read", "write"], now, timedelta(days=1)
                    )
                    made.tokens[key] = secret
        yield made
