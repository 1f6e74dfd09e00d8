"""The everyday work on top of which the story happens: pull requests from the first commit to the merge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from fairlead.connectors.github.fake.code import FileChange
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.away import is_away
from fairlead.wiring.demo.cast import CODING_AGENTS, REVIEW_AGENT, YARDS, Crew, Yard, crew
from fairlead.wiring.demo.clock import DAY_S, FIRST_DAY, day_of
from fairlead.wiring.demo.company import SUFFIX
from fairlead.wiring.demo.dice import Dice
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.errands import pick_up
from fairlead.wiring.demo.hosts import Change

HOUR_S = 3600
_VERBS = ("Fix", "Rework", "Speed up", "Test", "Simplify", "Log", "Validate", "Extend", "Clean up", "Cache", "Split")
_WHY = (
    "for the autumn timetable",
    "on slow networks",
    "in the nightly run",
    "for group bookings",
    "after the audit",
    "for the Baltic route",
    "with empty input",
    "on retries",
    "in the harbour office",
    "behind a flag",
)
_REMARKS = (
    "Could this be a named constant?",
    "This branch needs a test.",
    "What happens with an empty list here?",
    "Naming: `rate` or `fare`?",
    "Please log the id as well.",
    "Nice, simpler than before.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a piece of everyday work will be, thrown before it begins."""

    key: str
    yard: Yard
    author: str
    asked_by: str
    """The human behind a coding agent; else the author."""
    title: str
    part: str
    commits: int
    lines: int
    coding_s: int
    draft: bool
    ticket: str = ""
    """Key of the issue that it is for, where titles name one."""
    body: str = ""
    """What is said about it, if more than the title."""

    @property
    def headline(self) -> str:
        """Title as the pull request has it: with the key before it."""
        return f"{self.ticket} {self.title}".strip()


def plan_days(director: Director) -> None:
    """Puts the everyday work of all repositories on the agenda."""
    for yard in YARDS:
        owed, shift = 0.0, crew(yard.team).shift
        for day in [one for one in range(FIRST_DAY, 1) if one not in shift.off]:
            dice = director.dice("day", yard.name, day)
            owed += yard.per_day * dice.between(0.6, 1.4)
            for place in range(int(owed)):
                begin = (day - FIRST_DAY) * DAY_S + int(dice.between(shift.start_s, shift.end_s - HOUR_S))
                plan = _plan(director, yard, f"{day}/{place}", day)
                director.agenda.begin(life(director, plan), begin)
            owed -= int(owed)


def _plan(director: Director, yard: Yard, key: str, day: int) -> Plan:
    dice = director.dice("plan", yard.name, key)
    human = dice.pick([login for login in crew(yard.team).people if not is_away(login, day)])
    agent = f"{dice.pick(CODING_AGENTS)}[bot]" if dice.chance(yard.agents) else ""
    title = f"{dice.pick(_VERBS)} {dice.pick(yard.things)} {dice.pick(_WHY)}"
    commits = dice.whole(1, 3) if agent else dice.whole(1, 6)
    coding = dice.skewed(0.4 if agent else 3.0, 0.7) * HOUR_S
    lines = max(2, int(dice.skewed(60, 1.0)))
    return Plan(
        key,
        yard,
        agent or human,
        human,
        title,
        dice.pick(yard.parts),
        commits,
        lines,
        int(coding),
        draft=not agent and dice.chance(0.12),
    )


def life(director: Director, plan: Plan) -> Script:
    """A change from its branch to its end, and the issue that it is for on its way along with it."""
    yard, shift = plan.yard, crew(plan.yard.team).shift
    dice, host = director.dice("life", yard.name, plan.key), director.at(yard)
    first = director.agenda.now
    errand = pick_up(director, yard, plan.asked_by, plan.key)
    if errand:
        plan = replace(plan, title=errand.title, ticket=errand.key, body=errand.closing)
    yield shift.after(first, plan.coding_s)
    item = _open(director, plan, first)
    if plan.draft:
        yield shift.after(director.agenda.now, dice.skewed(3, 0.5) * HOUR_S)
        host.ready(item, plan.asked_by)
    if errand:
        errand.in_review(plan.asked_by)
    reviewer = pick_reviewer(director, yard, plan.asked_by, plan.key)
    yield director.agenda.now + 60
    host.ask(item, reviewer, plan.author)
    director.agenda.begin(agent_review(director, yard, item))
    end, green = director.ci(yard, item, "first")
    if not green:
        yield shift.after(end, dice.skewed(0.6) * HOUR_S)
        _push_more(director, plan, item, "Make the checks pass")
        end, _ = director.ci(yard, item, "repaired", good=True)
    yield from _review_rounds(director, plan, item, reviewer)
    yield max(end + 30, shift.after(director.agenda.now, dice.skewed(0.7, 0.9) * HOUR_S))
    if dice.chance(0.04):
        host.comment(item, "Superseded, closing.", plan.asked_by)
        host.close(item, plan.asked_by)
    else:
        host.merge(item, plan.asked_by)
        director.main_ci(yard, plan.asked_by)
    if errand:
        errand.end(plan.asked_by, done=bool(item.merged_at))


def agent_review(director: Director, yard: Yard, item: Change) -> Script:
    """The review agent looks at most changes of three repositories within minutes."""
    dice = director.dice("agent", yard.name, item.number)
    if yard.name not in ("storefront", "payments", "gateway") or not dice.chance(0.5):
        return
    yield director.agenda.now + dice.whole(120, 420)
    if item.state == "open":
        text = f"**Walkthrough.** {item.title}: {dice.whole(1, 4)} files, no blocking finding."
        director.at(yard).review(item, "commented", f"{REVIEW_AGENT}[bot]", text)


def pick_reviewer(director: Director, yard: Yard, author: str, key: str) -> str:
    """Who is asked: in Booking mostly Maya and ever more so, in Platform often Ravi, elsewhere by turns."""
    team = crew(yard.team)
    dice = director.dice("reviewer", yard.name, key)
    lead = team.people[0]
    share = {"booking": 0.45 + 0.4 * _progress(director), "platform": 0.5}.get(team.key, 0.0)
    if author != lead and dice.chance(share):
        return lead
    today = day_of(director.agenda.now)
    return dice.pick([login for login in team.people if login != author and not is_away(login, today)])


def pickup_s(director: Director, team: Crew, dice: Dice) -> float:
    """Working time until a review begins: good in Payments, worse by the week in Booking, steady elsewhere."""
    medians = {"payments": 1.1, "booking": 1.6 + 7.5 * _progress(director) ** 2, "platform": 2.4, "terminals": 3.0}
    median = medians[team.key]
    return dice.skewed(median, 0.55) * HOUR_S


def _progress(director: Director) -> float:
    return max(0.0, (day_of(director.agenda.now) - FIRST_DAY) / -FIRST_DAY)


def files_of(plan: Plan, dice: Dice, lines: int) -> list[FileChange]:
    """Files of one commit, near each other."""
    suffix = SUFFIX[plan.yard.language]
    found = []
    for place in range(dice.whole(1, 3)):
        name = f"{plan.part}/{plan.title.split()[1].lower()}{dice.whole(1, 9)}.{suffix}"
        share = max(1, lines // (place + 1))
        found.append(FileChange(name, share, int(share * dice.between(0, 0.7))))
    return list({file.path: file for file in found}.values())


def _open(director: Director, plan: Plan, first: int) -> Change:
    """Pushes the commits, dated over the time of coding, and asks for them to be merged."""
    dice = director.dice("commits", plan.yard.name, plan.key)
    begun = director.clock.real(first)
    span = (director.now - begun) / plan.commits
    made: list[NewCommit] = []
    for place in range(plan.commits):
        at = begun + span * place + timedelta(seconds=40)
        files = files_of(plan, dice, max(1, plan.lines // plan.commits))
        made.append(director.commit(plan.author, _message(plan, dice, place), files, at, private=dice.chance(0.06)))
    kind = "fix" if plan.title.startswith("Fix") else "feature"
    words = plan.headline.replace(plan.title, plan.title.lower()).replace(" ", "-")
    branch = f"{kind}/{words[:28].rstrip('-')}-{plan.key.replace('/', '')}"
    body = plan.body or f"{plan.title}."
    item: Change = director.at(plan.yard).open(branch, plan.author, made, plan.headline, body, plan.draft)
    return item


def _message(plan: Plan, dice: Dice, place: int) -> str:
    text = plan.title if place == 0 else f"{dice.pick(_VERBS)} {dice.pick(plan.yard.things)}"
    if plan.author != plan.asked_by:
        return f"{text}\n\nCo-authored-by: {plan.asked_by} <{plan.asked_by}@users.noreply.github.com>"
    return f"{text}\n\nCo-Authored-By: Claude <noreply@anthropic.com>" if dice.chance(0.08) else text


def _push_more(director: Director, plan: Plan, item: Change, message: str) -> None:
    dice = director.dice("more", plan.yard.name, plan.key, len(item.commits))
    new = director.commit(plan.author, message, files_of(plan, dice, dice.whole(2, 25)))
    director.at(plan.yard).push(item, plan.author, new)


def _review_rounds(director: Director, plan: Plan, item: Change, reviewer: str) -> Script:
    """Reviews until somebody approves; at most three rounds."""
    yard, team = plan.yard, crew(plan.yard.team)
    dice, host = director.dice("rounds", yard.name, plan.key), director.at(yard)
    yield team.shift.after(director.agenda.now, pickup_s(director, team, dice))
    for _ in range(2):
        if dice.chance(0.66):
            break
        state = "changes_requested" if dice.chance(0.6) else "commented"
        lines = ((plan.part + "/mod.x", dice.whole(5, 200), dice.pick(_REMARKS)),) if dice.chance(0.7) else ()
        host.review(item, state, reviewer, dice.pick(_REMARKS), lines)
        yield team.shift.after(director.agenda.now, dice.skewed(1.6) * HOUR_S)
        _push_more(director, plan, item, "Answer the review")
        director.ci(yard, item, f"round{len(item.commits)}", good=True)
        if dice.chance(0.5):
            host.comment(item, "Done, please have another look.", plan.asked_by)
        host.ask(item, reviewer, plan.asked_by, after_s=5)
        yield team.shift.after(director.agenda.now, 0.7 * pickup_s(director, team, dice))
    body = "Looks good." if dice.chance(0.3) else None
    host.review(item, "approved", reviewer, body)
