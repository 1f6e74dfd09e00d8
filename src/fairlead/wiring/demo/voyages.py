"""Deployments of every service by their own timetable, releases of the library, promotions of the gateway."""

from __future__ import annotations

from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.cast import SHIPS, Ship, crew, yard
from fairlead.wiring.demo.clock import FIRST_DAY, at, day_of
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.hosts import Shipped

TIMETABLE: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "payments-api": ((0, 1, 2, 3, 4), ("10:30", "14:30")),
    "ledger": ((0,), ("09:15",)),
    "web": ((0, 1, 2, 3, 4), ("18:00",)),
    "search": ((1, 3), ("19:00",)),
    "boarding": ((1, 3), ("13:00",)),
    "kiosk": ((2, 4), ("15:00",)),
}
"""Service -> days of the five-day round, hours (UTC) of its deployments to production."""


def plan_voyages(director: Director) -> None:
    """Puts all timetables on the agenda."""
    for ship in SHIPS:
        if ship.key in TIMETABLE:
            director.agenda.begin(_timetable(director, ship))
    director.agenda.begin(_releases(director))


def _timetable(director: Director, ship: Ship) -> Script:
    days, hours = TIMETABLE[ship.key]
    last: str | None = None
    for day in range(FIRST_DAY, 1):
        for hour in hours if day % 5 in days else ():
            yield at(day, hour)
            head = director.at(yard(ship.repository)).head()
            if ship.key in director.closed or head == last or not _touched(director, ship, last, head):
                continue
            last = head
            yield from voyage(director, ship, head)


def _touched(director: Director, ship: Ship, last: str | None, head: str) -> bool:
    """Whether anything of the service changed; the first time it has."""
    # only one repository holds two services, and it lies at GitHub
    if last is None or not ship.paths:
        return True
    repo = director.fake.repository(ship.repository)
    folders = tuple(path.removesuffix("**") for path in ship.paths)
    return any(file.path.startswith(folders) for commit in repo.between(last, head) for file in commit.files)


def voyage(director: Director, ship: Ship, sha: str) -> Script:
    """First staging, then production; one in thirty fails there and is tried again at the next departure."""
    dice = director.dice("voyage", ship.key, director.agenda.now)
    yield from deploy(director, ship, sha, "staging", dice.whole(90, 200))
    yield director.agenda.now + dice.whole(300, 900)
    failed = dice.chance(0.03) and day_of(director.agenda.now) < -15
    yield from deploy(director, ship, sha, "production", dice.whole(150, 420), "failure" if failed else "success")


def deploy(
    director: Director, ship: Ship, sha: str, stage: str, took_s: int, result: str = "success", **how: str
) -> Script:
    """One deployment with its statuses."""
    begin(director, ship, sha, stage, **how)
    yield director.agenda.now + took_s
    end(director, ship, stage, result)


def begin(
    director: Director, ship: Ship, sha: str, stage: str, task: str = "deploy", description: str = ""
) -> Shipped:
    """Asks for a deployment and starts it."""
    return director.at(yard(ship.repository)).begin_deployment(ship, sha, stage, task, description)


def end(director: Director, ship: Ship, stage: str, result: str, description: str = "") -> Shipped:
    """Ends the youngest deployment of a service to a stage."""
    return director.at(yard(ship.repository)).end_deployment(ship, stage, result, description)


def _releases(director: Director) -> Script:
    """`fare-engine` is a library: a release every eighth day."""
    for number, day in enumerate(range(FIRST_DAY + 4, 0, 8), start=1):
        yield at(day, "20:30")
        repo = director.repo(yard("fare-engine"))
        lead = crew("booking").people[0]
        tag = f"v2.{number}.0"
        director.fake.release(
            repo,
            tag,
            sha=repo.branches["main"],
            by=lead,
            at=director.now,
            name=f"Fares {tag}",
            body="See the commits.",
        )
