"""The director: everything that scripts share — acting at story time, signing commits, running checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from fairlead.connectors.github.fake.code import FileChange, Repository, Signature
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.kit.fake.tool import Json
from fairlead.wiring.demo.agenda import Agenda
from fairlead.wiring.demo.at_github import AtGitHub
from fairlead.wiring.demo.at_gitlab import AtGitLab
from fairlead.wiring.demo.cast import Yard, crew_of, player
from fairlead.wiring.demo.clock import StoryClock
from fairlead.wiring.demo.dice import Dice
from fairlead.wiring.demo.dock import Dock
from fairlead.wiring.demo.facts import Facts
from fairlead.wiring.demo.hosts import Change, CodeHost, RunOrder
from fairlead.wiring.demo.lab import Lab
from fairlead.wiring.demo.pager import Pager
from fairlead.wiring.demo.tracker import Tracker


class Director:
    """Acts on the fakes at the agenda's present second."""

    def __init__(self, fake: FakeGitHub, clock: StoryClock, agenda: Agenda, seed: int, secret: str) -> None:
        self.fake = fake
        self.clock = clock
        self.agenda = agenda
        self.seed = seed
        self.tracker = Tracker(secret, lambda: self.now)
        self.pager = Pager(secret, clock, agenda)
        self.lab = Lab(clock.start)
        self.dock = Dock(secret, clock, agenda)
        self.tickets: dict[str, Json] = {}
        """Issues of story lines by a name of ours, for the changes that belong to them."""
        self.facts = Facts()
        self.red: set[str] = set()
        """Repositories whose default branch a story line has broken: everyday runs fail there too."""
        self.closed: set[str] = set()
        """Repositories and environments that everyday deployments leave alone for now."""

    @property
    def now(self) -> datetime:
        """The present moment of the story."""
        return self.clock.real(self.agenda.now)

    def dice(self, *key: object) -> Dice:
        """Throws for a subject of this story."""
        return Dice(self.seed, *key)

    def at(self, yard: Yard) -> CodeHost[Any]:
        """A yard's repository at its host, whichever that is."""
        if yard.host == "gitlab":
            return AtGitLab(self.dock, self.dock.projects[yard.name], self.agenda)
        return AtGitHub(self.fake, self.repo(yard), yard, self.agenda, self.lab, lambda: self.now)

    def repo(self, yard: Yard) -> Repository:
        """The repository of a yard at GitHub, also before its renaming."""
        found = self.fake.repositories.get(yard.name)
        return found if found is not None else self.fake.repository("pricing")

    def sign(self, login: str, at: datetime, private: bool = False) -> Signature:
        """How somebody signs a commit, in their own time zone."""
        if login.endswith("[bot]"):
            return self.fake.signature(login, at)
        who = player(login)
        email = who.private_email if private and who.private_email else who.emails[0]
        return Signature(who.name, email, at.astimezone(crew_of(login).tz))

    def commit(
        self, login: str, message: str, files: Sequence[FileChange], at: datetime | None = None, private: bool = False
    ) -> NewCommit:
        """A commit to be pushed; agents name the human who asked for it, as they do."""
        when = at if at is not None else self.now
        return NewCommit(message, tuple(files), self.sign(login, when, private))

    def run(self, yard: Yard, order: RunOrder) -> int:
        """Starts a run of checks that ends by itself; gives the second of its end."""
        start = self.agenda.now
        self.agenda.begin(self.at(yard).play(order))
        return start + 30 + order.took_s + (420 + order.took_s if order.again else 0)

    def ci(self, yard: Yard, item: Change, key: str, good: bool | None = None) -> tuple[int, bool]:
        """The checks of a change's head: when they end, and whether they are green then."""
        dice = self.dice("ci", yard.name, item.number, key)
        green = (not dice.chance(yard.red)) if good is None else good
        results = {} if green else {dice.pick(yard.jobs): "failure"}
        order = RunOrder(
            "ci", yard.jobs, item.head_sha, item.head_ref, "pull_request", item.user.login, results,
            int(dice.skewed(300, 0.35)), (item.number,),
        )  # fmt: skip
        end = self.run(yard, order)
        if yard.name == "storefront":
            end = max(end, self.run(yard, _browser_tests(order, dice)))
        return end, green

    def main_ci(self, yard: Yard, by: str, good: bool | None = None) -> int:
        """The checks of the base branch after it moved."""
        host = self.at(yard)
        dice = self.dice("main", yard.name, host.runs())
        green = (not dice.chance(yard.red / 5)) if good is None else good
        red = not green or yard.name in self.red
        results = {yard.jobs[-1]: "failure"} if red else {}
        took = int(dice.skewed(330, 0.3))
        return self.run(yard, RunOrder("ci", yard.jobs, host.head(), yard.base, "push", by, results, took))


def _browser_tests(order: RunOrder, dice: Dice) -> RunOrder:
    """The flaky workflow: it fails one time in five and is good when it is run again on the same commit."""
    flaky = dice.chance(0.19)
    results = {"browsers": "failure"} if flaky else {}
    took = int(dice.skewed(480, 0.2))
    return replace(order, name="e2e", jobs=("browsers",), results=results, took_s=took, again=flaky)
