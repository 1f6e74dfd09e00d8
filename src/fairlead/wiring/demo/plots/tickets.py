"""Story lines in Jira: a sprint that grew, an issue that nobody finishes, one that waits for another team."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.connectors.kit.fake.tool import Json
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.clock import at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.plots.scene import person
from fairlead.wiring.demo.tracker import item_id, sprint_id, status_of


@dataclass(frozen=True, slots=True)
class Errand:
    """An issue of the story: written down before a planning, begun by hand."""

    name: str
    team: str
    title: str
    who: str
    written: int
    """Day on which it is written down: between refinement and planning, or long before."""
    begun: int
    clock: str
    """Time of day of its beginning."""
    points: float = 3
    kind: str = "Story"


_ERRANDS = (
    Errand("retry-captures", "payments", "Captures survive a gateway time-out", "jweber", -7, -6, "13:10", 5),
    Errand("chargebacks", "payments", "Chargebacks by scheme for the auditors", "pzielinski", -7, -4, "09:15"),
    Errand("balanced-journal", "payments", "The day closes with a balanced journal", "lenahoff", -7, -5, "10:40", 5),
    Errand("instant-refunds", "payments", "Refunds by instant transfer", "kim-adler", -7, -5, "08:50"),
    Errand("receipts", "payments", "Receipts go out by the edge's new route", "lenahoff", -7, -6, "14:20"),
    Errand("seat-map", "booking", "Seat map for the catamaran", "dosei", -36, -33, "15:30", 8),
    Errand("campers", "booking", "Night crossings for campers", "graceliu", -5, -4, "16:05", 5),
    Errand("edge-receipts", "platform", "A route for receipts at the edge", "vshetty", -9, -2, "05:30", 5),
    Errand("certificates", "platform", "The edge renews its certificates by itself", "nishapillai", -9, -8, "06:30"),
)  # fmt: skip


def begin(director: Director) -> None:
    """Puts the lines of this file on the agenda."""
    for errand in _ERRANDS:
        director.agenda.begin(_life(director, errand))
    for line in (scope_creep, carried_over, re_estimated, waits_for_platform, flagged, reopened):
        director.agenda.begin(line(director))


def _life(director: Director, errand: Errand) -> Script:
    """Written down, wanted by the next planning, begun; what becomes of it is told by its own line."""
    board = director.tracker.boards[errand.team]
    yield at(errand.written, "00:00") + board.team.shift.end_s - 1800
    issue = director.tracker.open(board, errand.title, errand.who, errand.kind, errand.points, epic=board.epics[0])
    director.tickets[errand.name] = issue
    board.wanted.append(issue)
    yield at(errand.begun, errand.clock)
    director.tracker.change(issue, errand.who, assignee=errand.who, status="In Progress")


def scope_creep(director: Director) -> Script:
    """Four issues more while the sprint ran, and one that had to go for them."""
    tracker, board, added = director.tracker, director.tracker.boards["payments"], list[Json]()
    yield at(-24, "08:00")
    sprint = board.sprint
    assert sprint is not None
    for day, clock, title, points in (
        (-24, "09:30", "Vouchers of the harbour fair", 5.0),
        (-24, "14:05", "Refund fares of the cancelled crossing", 3.0),
        (-22, "10:20", "A second bank for payouts", 8.0),
        (-21, "12:45", "Receipts in Danish", 2.0),
    ):
        yield at(day, clock)
        issue = tracker.open(board, title, "kim-adler", points=points, home="payments")
        added.append(issue)
        yield director.agenda.now + 240
        tracker.change(issue, "kim-adler", sprint=sprint)
    yield at(-21, "13:30")
    gone = [one for one in tracker.inside(sprint) if status_of(one) == "To Do" and one not in added]
    for issue in gone[-1:]:
        tracker.change(issue, "kim-adler", sprint=None)
        board.ready.insert(0, issue)
    director.facts.add(
        "scope-creep",
        sprint_id(sprint),
        -21,
        "Four issues came into Payments' sprint after its start",
        (person("kim-adler"),),
        tuple(item_id(issue) for issue in added),
    )


def carried_over(director: Director) -> Script:
    """The seat map was planned for the sprint of day -34; its change is now too large to review."""
    yield at(-4, "15:30")
    issue = director.tickets["seat-map"]
    _tell(director, "carried-over", "seat-map", -4, "The catamaran's seat map was carried over three times", "dosei")
    director.tracker.say(issue, "The renderer is nearly done. One large change is easier to review.", "dosei")


def re_estimated(director: Director) -> Script:
    """Three points became eight when somebody read the bank's manual."""
    yield at(-3, "10:10")
    issue = director.tickets["instant-refunds"]
    director.tracker.change(issue, "kim-adler", points=8.0)
    yield director.agenda.now + 90
    director.tracker.say(issue, "The bank wants every refund confirmed twice. That is no three.", "kim-adler")
    sentence = "Refunds by instant transfer were re-estimated from three points to eight"
    _tell(director, "re-estimated", "instant-refunds", -3, sentence, "kim-adler")


def waits_for_platform(director: Director) -> Script:
    """Payments cannot go on before Platform has opened a route, and says so to both."""
    yield at(-5, "11:25")
    waiting, other = director.tickets["receipts"], director.tickets["edge-receipts"]
    director.tracker.block(other, waiting, "lenahoff")
    yield director.agenda.now + 60
    director.tracker.say(other, "We wait for this route; when can we have it?", "lenahoff")
    sentence = "Payments' receipts wait for a route of Platform's since day -5"
    _tell(director, "blocked-by-team", "receipts", -5, sentence, "lenahoff", others=(item_id(other),))


def flagged(director: Director) -> Script:
    """Nothing goes on until somebody outside answers."""
    yield at(-2, "18:15")
    issue = director.tickets["campers"]
    director.tracker.change(issue, "graceliu", flagged=True)
    yield director.agenda.now + 60
    director.tracker.say(issue, "The line has not sent its prices for campers.", "graceliu")
    _tell(director, "flagged", "campers", -2, "Night crossings for campers are flagged as blocked", "graceliu")


def reopened(director: Director) -> Script:
    """Done, until the first certificate ran out."""
    yield at(-6, "09:10")
    issue = director.tickets["certificates"]
    director.tracker.change(issue, "nishapillai", status="In Review")
    yield at(-5, "07:40")
    director.tracker.change(issue, "ravimenon", status="Done")
    yield at(-3, "06:20")
    director.tracker.change(issue, "ravimenon", status="In Progress")
    yield director.agenda.now + 60
    director.tracker.say(issue, "The one of the harbour displays ran out in the night.", "ravimenon")
    sentence = "The edge's certificates were done on day -5 and are in progress again"
    _tell(director, "reopened", "certificates", -3, sentence, "nishapillai")


def _tell(
    director: Director, kind: str, name: str, day: int, sentence: str, *people: str, others: tuple[str, ...] = ()
) -> None:
    known = tuple(person(login) for login in people)
    director.facts.add(kind, item_id(director.tickets[name]), day, sentence, known, others)
