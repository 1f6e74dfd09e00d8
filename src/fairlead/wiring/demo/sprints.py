"""Sprints of two weeks in Jira: refinement, planning, what people pick up, and what is left at the close."""

from __future__ import annotations

from fairlead.connectors.kit.fake.tool import Json
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.away import is_away
from fairlead.wiring.demo.cast import crew, yard
from fairlead.wiring.demo.clock import DAY_S, at, day_of
from fairlead.wiring.demo.dice import Dice
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.tracker import Board, status_of

LENGTH = 10
"""Working days of a sprint."""
FIRST_SPRINT = {"payments": -56, "booking": -64, "platform": -58}
"""Day on which a team's first sprint of the story begins; the last ones are under way at its end."""
_ROOM = {"payments": 12, "booking": 12, "platform": 8}
"""Issues that a team takes into a sprint."""
_HOUR_S = 3600
_VERBS = ("Rework", "Speed up", "Extend", "Simplify", "Validate", "Show", "Split")
_WHY = ("for the winter timetable", "for day guests", "for lorries", "in the app", "for the new harbour", "by route")
_CHORES = ("Write the runbook for {}", "Measure {} for a week", "Ask the harbour office about {}", "Decide on {}")
_EPICS = {
    "payments": ("Refunds within a day", "Month end without Excel"),
    "booking": ("Booking in three steps", "Ferries of the winter"),
    "platform": ("One edge for all routes", "Clusters that heal"),
}


def plan_sprints(director: Director) -> None:
    """Puts the sprints of all teams on the agenda."""
    for board in director.tracker.boards.values():
        director.agenda.begin(_cadence(director, board))
        director.agenda.begin(_urgent_bugs(director, board))


def start_of(team: str, day: int) -> int:
    """The second at which the sprint starts that a team plans on a day."""
    return at(day, "00:00") + crew(team).shift.start_s + 3600


def _cadence(director: Director, board: Board) -> Script:
    """A day before: refinement. In the morning: the old one is closed, the next one planned and started."""
    team, tracker = board.team, director.tracker
    lead = team.people[0]
    yield team.shift.start_s + 300
    for title in _EPICS[team.key]:
        board.epics.append(tracker.open(board, title, lead, "Epic"))
        yield director.agenda.now + 120
    for number, day in enumerate(range(FIRST_SPRINT[team.key], 1, LENGTH), start=1):
        start = start_of(team.key, day)
        yield max(director.agenda.now + 60, start - DAY_S + 3 * _HOUR_S)
        board.coming = tracker.jira.add_sprint(
            board.key, f"{team.name} {number}", director.clock.real(start),
            director.clock.real(start + LENGTH * DAY_S - 2400), director.now,
        )  # fmt: skip
        yield from _refine(director, board, number)
        yield start - 2400
        yield from _close(director, board)
        yield from _plan(director, board, number)
        yield start
        tracker.jira.sprint_state(board.coming, "active", director.now)
        board.sprint, board.coming = board.coming, None


def _refine(director: Director, board: Board, number: int) -> Script:
    """Writes down as much as the next sprint takes, and a little more."""
    dice = director.dice("refine", board.key, number)
    for _ in range(_ROOM[board.team.key] + 2 - len(board.ready)):
        yield director.agenda.now + dice.whole(60, 200)
        board.ready.append(_write(director, board, dice))


def _write(director: Director, board: Board, dice: Dice) -> Json:
    """An issue of the backlog: work by hand, or code of one of the team's repositories."""
    by = dice.pick(board.team.people)
    house = dice.pick([yard(name) for name in board.team.repositories])
    kind = dice.pick(("Story", "Story", "Story", "Bug", "Task"))
    thing = dice.pick(house.things)
    title = {"Bug": f"Fix {thing} {dice.pick(_WHY)}", "Task": dice.pick(_CHORES).format(thing)}.get(
        kind, f"{dice.pick(_VERBS)} {thing} {dice.pick(_WHY)}"
    )
    # a team that estimates everything would never show what figures make of the rest
    points = None if dice.chance(0.12) else float(dice.pick((1, 2, 2, 3, 3, 5, 8)))
    epic = dice.pick(board.epics) if dice.chance(0.4) else None
    return director.tracker.open(board, title, by, kind, points, "" if kind == "Task" else house.name, epic)


def _close(director: Director, board: Board) -> Script:
    """Jira asks where to put what is not done: into the next sprint."""
    tracker, old, lead = director.tracker, board.sprint, board.team.people[0]
    if old is None:
        return
    left = [issue for issue in tracker.inside(old) if status_of(issue) != "Done"]
    tracker.jira.sprint_state(old, "closed", director.now)
    for issue in left:
        yield director.agenda.now + 1
        tracker.change(issue, lead, sprint=board.coming)


def _plan(director: Director, board: Board, number: int) -> Script:
    """Fills the coming sprint: with what is wanted, then from the top of the backlog."""
    tracker, lead, coming = director.tracker, board.team.people[0], board.coming
    assert coming is not None
    room = max(2, _ROOM[board.team.key] - len(tracker.inside(coming)) - len(board.wanted))
    taken, board.ready = board.ready[:room], board.ready[room:]
    wanted, board.wanted = board.wanted, []
    for issue in (*wanted, *taken):
        yield director.agenda.now + 30
        tracker.change(issue, lead, sprint=coming)
    for issue in taken:
        if issue["key"] not in board.homes:
            director.agenda.begin(_by_hand(director, board, issue, director.dice("by hand", issue["key"], number)))


def _by_hand(director: Director, board: Board, issue: Json, dice: Dice) -> Script:
    """Work without a change: begun on some day of the sprint, done hours or days later, now and then not at all."""
    shift = board.team.shift
    yield shift.after(director.agenda.now, dice.between(4, 50) * _HOUR_S)
    today = day_of(director.agenda.now)
    who = dice.pick([login for login in board.team.people if not is_away(login, today)])
    director.tracker.change(issue, who, assignee=who, status="In Progress")
    yield shift.after(director.agenda.now, dice.skewed(6, 0.8) * _HOUR_S)
    director.tracker.change(issue, who, status="Done")


def _urgent_bugs(director: Director, board: Board) -> Script:
    """Bugs that cannot wait for the next planning; for one in three something else leaves the sprint."""
    tracker, lead = director.tracker, board.team.people[0]
    dice = director.dice("urgent", board.key)
    for day in range(FIRST_SPRINT[board.team.key] + 1, 0):
        if not dice.chance(0.13):
            continue
        yield at(day, "00:00") + board.team.shift.start_s + dice.whole(2, 7) * _HOUR_S + dice.whole(0, 3000)
        house = yard(dice.pick(board.team.repositories))
        title = f"Fix {dice.pick(house.things)} {dice.pick(_WHY)}"
        bug = tracker.open(board, title, dice.pick(board.team.people), "Bug", float(dice.pick((1, 2, 3))), house.name)
        yield director.agenda.now + 300
        if board.sprint is None:
            continue
        tracker.change(bug, lead, sprint=board.sprint)
        waiting = [one for one in tracker.inside(board.sprint) if status_of(one) == "To Do" and one is not bug]
        if dice.chance(0.33) and (freed := [one for one in waiting if one["key"] in board.homes]):
            tracker.change(freed[-1], lead, sprint=None)
            board.ready.insert(0, freed[-1])
