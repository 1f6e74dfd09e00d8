"""The edge gateway: promotions dev -> stage -> main, and deployments told as CDEvents by another tool."""

from __future__ import annotations

from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.cast import yard
from fairlead.wiring.demo.clock import FIRST_DAY, at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.signals import CdEvents

_LEAD = "ravimenon"
_MAIN_DAY = -20 % 3
"""The day of the story line below is one of them."""


def begin(director: Director, told: CdEvents) -> None:
    """Puts the lines of this file on the agenda."""
    director.agenda.begin(promotions(director, told))
    director.agenda.begin(broken_route(director, told))


def promotions(director: Director, told: CdEvents) -> Script:
    """Each day what is on `dev` goes to `stage` and is deployed there; every third day `stage` goes to `main`."""
    for day in range(FIRST_DAY + 1, 0):
        if day % 3 == _MAIN_DAY:
            yield at(day, "07:30")
            director.agenda.begin(_promote(director, "stage", "main", day))
            yield at(day, "08:45")
            _deployed(director, told, "main", "production")
        yield at(day, "09:30")
        director.agenda.begin(_promote(director, "dev", "stage", day))
        yield at(day, "11:00")
        _deployed(director, told, "stage", "staging")


def _promote(director: Director, head: str, base: str, day: int) -> Script:
    house, fake = yard("gateway"), director.fake
    repo = director.repo(house)
    if not repo.between(repo.branches[base], repo.branches[head]):
        return
    item = fake.open_pull(
        repo,
        f"Promote {head} to {base} ({-day})",
        head=head,
        base=base,
        by=_LEAD,
        at=director.now,
        body="By timetable.",
    )
    yield director.agenda.now + 1500
    fake.review(repo, item, "approved", by="nishapillai", at=director.now)
    yield director.agenda.now + 300
    fake.merge(repo, item, by=_LEAD, at=director.now, how="merge")


def _deployed(director: Director, told: CdEvents, branch: str, environment: str) -> None:
    sha = director.repo(yard("gateway")).branches[branch]
    if sha != told.last.get(environment):
        told.service("upgraded", environment, sha, director.now)


def broken_route(director: Director, told: CdEvents) -> Script:
    """The timetable's deployment breaks a route; the incident names its commit; the one before comes back."""
    yield at(-20, "08:44")
    before = told.last["production"]
    yield at(-20, "08:58")
    bad, broken = told.last["production"], told.sent_to["production"]
    incident = told.incident("detected", "edge-route-404", "Harbour displays get 404", bad, director.now)
    yield at(-20, "09:16")
    back = told.service("rolledback", "production", before, director.now)
    yield at(-20, "09:19")
    told.incident("resolved", "edge-route-404", "Harbour displays get 404", before, director.now)
    director.facts.add(
        "edge-incident",
        incident,
        -20,
        "A deployment of the edge gateway broke a route and was rolled back",
        others=(broken, back),
    )
