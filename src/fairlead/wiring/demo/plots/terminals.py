"""Story lines of the team at GitLab: its issues, a change that nobody reviews, gates that would not open."""

from __future__ import annotations

from datetime import timedelta

from fairlead.connectors.github.fake.code import FileChange
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.at_gitlab import MergeRequest
from fairlead.wiring.demo.calendars import HOLIDAY
from fairlead.wiring.demo.cast import crew, player, ship, yard
from fairlead.wiring.demo.clock import FIRST_DAY, at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.dock import issue_id, merge_request_id
from fairlead.wiring.demo.hosts import Shipped
from fairlead.wiring.demo.pager import incident_id
from fairlead.wiring.demo.plots.scene import person
from fairlead.wiring.demo.rota import on_call
from fairlead.wiring.demo.voyages import begin as begin_deployment
from fairlead.wiring.demo.voyages import deploy, end

_TEAM = "terminals"
_WISHES = (
    ("type::bug", "Fix {} in bright light"),
    ("type::bug", "Fix {} after a restart"),
    ("type::feature", "Show {} in Portuguese"),
    ("type::feature", "Count {} by crossing"),
    ("type::maintenance", "Replace the library behind {}"),
)
_A_WEEK = 2
"""Issues that are written down for each week of work."""


def begin(director: Director) -> None:
    """Puts the lines of this file on the agenda, and writes down what is true all the time."""
    for line in (backlog, releases, nobody_reviews, gates_stay_shut, kiosks_fail_to_deploy):
        director.agenda.begin(line(director))
    director.facts.add(
        "day-off", f"team:{_TEAM}", crew(_TEAM).shift.off[0], f"Terminals had a day off by its calendar: {HOLIDAY}"
    )
    who = on_call(crew(_TEAM), at(0, "06:50"))
    sentence = f"{player(who).name} is on call for Terminals, whose rota is a calendar"
    director.facts.add("on-call", person(who), 0, sentence, (person(who),))


def backlog(director: Director) -> Script:
    """Issues in place of sprints: the lead writes down every week what is wanted next."""
    lead = crew(_TEAM).people[0]
    for day in range(FIRST_DAY, 0, 5):
        yield at(day, "09:20")
        dice = director.dice("backlog", _TEAM, day)
        for _ in range(_A_WEEK):
            yield director.agenda.now + dice.whole(200, 900)
            name = dice.pick(crew(_TEAM).repositories)
            label, wish = dice.pick(_WISHES)
            director.dock.write_down(name, wish.format(f"the {dice.pick(yard(name).things)}"), lead, label)


def releases(director: Director) -> Script:
    """The kiosks' screens get a version that harbour staff can name on the telephone."""
    dock, lead = director.dock, crew(_TEAM).people[0]
    for number, day in enumerate(range(FIRST_DAY + 6, 0, 14), start=1):
        yield at(day, "15:45")
        project, sha = dock.projects["kiosk"], director.at(yard("kiosk")).head()
        dock.fake.tag(project, f"v1.{number}", sha, dock.users[lead], dock.now)
        dock.fake.release(project, f"v1.{number}", sha, dock.users[lead], dock.now + timedelta(seconds=20))


def _open(director: Director, by: str, title: str, branch: str, path: str, lines: int) -> MergeRequest:
    """A change of the gates in one commit, written in the four hours before, with green checks."""
    house, before = yard("boarding"), director.now - timedelta(hours=4)
    new = director.commit(by, title, [FileChange(path, lines, lines // 4)], before)
    item: MergeRequest = director.at(house).open(branch, by, [new], title, f"{title}.")
    director.ci(house, item, "story", good=True)
    return item


def nobody_reviews(director: Director) -> Script:
    """Rui was asked on day -3 and has said nothing; nobody else was asked."""
    yield at(-3, "14:10")
    host, by = director.at(yard("boarding")), "lpinto"
    title = "Read tickets from a phone's lock screen"
    item = _open(director, by, title, "feature/lock-screen", "gate/scan/lockscreen.java", 72)
    host.ask(item, "rteixeira", by)
    director.facts.add(
        "first-review-waits", merge_request_id(director.dock, item.own), -3,
        "Leonor's change at GitLab waits for its first review by Rui since day -3",
        (person(by), person("rteixeira")),
    )  # fmt: skip
    yield at(-1, "10:05")
    host.comment(item, "@rteixeira can this still go out this week?", by)


def gates_stay_shut(director: Director) -> Script:
    """A deployment keeps two gates shut; the commit before it is deployed again, and what was learnt is an issue."""
    vessel, pager, dock, host = ship("boarding"), director.pager, director.dock, director.at(yard("boarding"))
    yield at(-5, "12:00")
    director.closed.add(vessel.key)
    before = host.head()
    yield from deploy(director, vessel, before, "production", 160)
    yield at(-5, "15:10")
    cause = _open(
        director, "brocha", "Open gates by the winter timetable", "feature/winter", "gate/door/hours.java", 46
    )
    host.ask(cause, "iduarte", "brocha")
    yield at(-4, "10:40")
    host.review(cause, "approved", "iduarte")
    yield at(-4, "12:20")
    host.merge(cause, "brocha")
    director.main_ci(yard("boarding"), "brocha", good=True)
    yield at(-4, "13:00")
    bad = begin_deployment(director, vessel, host.head(), "production")
    yield at(-4, "13:04")
    end(director, vessel, "production", "success")
    yield at(-4, "13:17")
    incident, who = pager.trigger("boarding", "Gates 3 and 4 do not open", "P1", _TEAM), pager.asked(_TEAM)
    yield at(-4, "13:21")
    pager.acknowledge(incident, who)
    yield at(-4, "13:34")
    back = begin_deployment(director, vessel, before, "production", task="deploy:rollback", description="rollback")
    yield at(-4, "13:37")
    end(director, vessel, "production", "success")
    yield at(-4, "13:49")
    pager.resolve(incident, who)
    director.facts.add(
        "gates-rolled-back", _deployment_id("boarding", back), -4,
        "The gates' deployment was taken back at GitLab by deploying the commit before it",
        others=(_deployment_id("boarding", bad), incident_id(incident)),
    )  # fmt: skip
    director.facts.add(
        "gates-incident", incident_id(incident), -4, "Two gates stayed shut because of a deployment by GitLab",
        others=(_deployment_id("boarding", bad), merge_request_id(dock, cause.own)),
    )  # fmt: skip
    yield at(-4, "14:20")
    issue = dock.write_down("boarding", "Gates 3 and 4 refuse tickets of the day before", "brocha", "type::bug")
    dock.take(issue, "brocha")
    yield at(-3, "11:30")
    dock.close(issue, "brocha")
    director.closed.discard(vessel.key)
    yield at(-2, "09:40")
    dock.fake.reopen(issue, dock.users["iduarte"], dock.now)
    dock.fake.comment(issue, "Gate 3 did it again this morning.", dock.users["iduarte"], dock.now)
    director.facts.add(
        "issue-reopened", issue_id(dock, issue), -2, "The issue about the gates was closed and is open again",
        (person("brocha"),),
    )  # fmt: skip


def kiosks_fail_to_deploy(director: Director) -> Script:
    """A pipeline cannot reach the kiosks; half an hour later it can."""
    vessel = ship("kiosk")
    yield at(-8, "14:50")
    director.closed.add(vessel.key)
    yield at(-8, "15:05")
    sha = director.at(yard("kiosk")).head()
    bad = begin_deployment(director, vessel, sha, "production")
    yield at(-8, "15:09")
    end(director, vessel, "production", "failure")
    yield at(-8, "15:40")
    yield from deploy(director, vessel, sha, "production", 170)
    director.closed.discard(vessel.key)
    director.facts.add(
        "kiosk-deployment-failed",
        _deployment_id("kiosk", bad),
        -8,
        "A deployment of the kiosks failed",
    )


def _deployment_id(name: str, found: Shipped) -> str:
    return f"{yard(name).id}/deployment/{found.id}"
