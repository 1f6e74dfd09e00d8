"""Story lines about the house: a red main, an unreviewed merge, a renaming, a leaver, alerts, work items."""

from __future__ import annotations

from datetime import timedelta

from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.cast import LEAVER, OLD_NAME, crew, yard
from fairlead.wiring.demo.clock import FIRST_DAY, at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.plots.scene import Draught, change_id, open_change, person


def begin(director: Director) -> None:
    """Puts the lines of this file on the agenda."""
    for line in (red_main, unreviewed_merge, renamed, leaver, alerts, dependabot, in_the_queue):
        director.agenda.begin(line(director))
    for name in ("payments", "ledger", "storefront", "gateway"):
        director.agenda.begin(work_items(director, name))


def red_main(director: Director) -> Script:
    """The main branch of the web shop fails since yesterday evening."""
    yield at(-1, "20:15")
    house, fake = yard("storefront"), director.fake
    repo = director.repo(house)
    item = open_change(
        director,
        Draught(
            "storefront",
            "Load translations lazily",
            "samirh",
            "feature/lazy-translations",
            "packages/ui",
            additions=58,
            deletions=31,
            coding_h=3,
        ),
    )
    fake.request_review(repo, item, "emnovak", by="samirh", at=director.now)
    ready, _ = director.ci(house, item, "story", good=True)
    yield at(-1, "20:40")
    fake.review(repo, item, "approved", by="emnovak", at=director.now)
    yield max(ready + 20, at(-1, "20:55"))
    director.red.add("storefront")
    fake.merge(repo, item, by="samirh", at=director.now, how=house.how)
    fake.delete_branch(repo, item.head_ref, by="samirh", at=director.now)
    director.main_ci(house, "samirh")
    yield at(-1, "21:30")
    run = [run for run in repo.runs.values() if run.branch == "main" and run.workflow.name == "ci"][-1]
    director.facts.add(
        "main-red",
        f"github:{repo.full_name}/run/{run.id}/{run.attempt}",
        -1,
        "The main branch of storefront is red since yesterday",
        others=(change_id(repo, item),),
    )


def unreviewed_merge(director: Director) -> Script:
    """Vikram merges his own change without a review."""
    yield at(-1, "09:20")
    house, fake = yard("infra"), director.fake
    repo = director.repo(house)
    item = open_change(
        director,
        Draught(
            "infra",
            "Open port 8443 for the new probes",
            "vshetty",
            "fix/probe-port",
            "modules/network",
            files=1,
            additions=6,
            deletions=1,
            commits=1,
            coding_h=0.5,
        ),
    )
    ready, _ = director.ci(house, item, "story", good=True)
    yield max(ready, at(-1, "09:41"))
    fake.merge(repo, item, by="vshetty", at=director.now, how=house.how)
    fake.delete_branch(repo, item.head_ref, by="vshetty", at=director.now)
    director.main_ci(house, "vshetty", good=True)
    director.facts.add(
        "unreviewed-merge",
        change_id(repo, item),
        -1,
        "Vikram merged his own change without a review",
        (person("vshetty"),),
    )


def renamed(director: Director) -> Script:
    """The fares library gets the name that everybody used."""
    yield at(-35, "15:00")
    repo = director.fake.rename_repository(OLD_NAME, "fare-engine", by="mayatorres", at=director.now)
    director.facts.add(
        "repository-renamed", f"github:{repo.full_name}", -35, f"`{OLD_NAME}` was renamed to `fare-engine`"
    )


def leaver(director: Director) -> Script:
    """Tom opens a change, leaves, and his account is deleted."""
    yield at(-44, "10:00")
    house, fake = yard("payments"), director.fake
    repo = director.repo(house)
    item = open_change(
        director,
        Draught(
            "payments",
            "Spike: payouts over instant transfer",
            LEAVER.login,
            "spike/instant-payouts",
            "src/api",
            additions=320,
            deletions=15,
            draft=True,
        ),
    )
    director.ci(house, item, "story", good=False)
    yield at(-40, "15:00")
    fake.delete_user(LEAVER.login, at=director.now)
    yield at(-39, "08:30")
    fake.comment(repo, item, "Tom has left; keeping this for the payout project.", by="kim-adler", at=director.now)
    director.facts.add(
        "author-deleted",
        change_id(repo, item),
        -40,
        "The author of this open draft has left and the account is deleted",
    )


def alerts(director: Director) -> Script:
    """Scanners find things; one critical advisory is still open."""
    fake = director.fake
    yield at(-50, "06:00")
    old = fake.open_alert(
        fake.repository("storefront"),
        "code_scanning",
        rule="js/xss",
        title="Cross-site scripting in the delay banner",
        severity="high",
        path="apps/web/checkout/banner.ts",
        at=director.now,
    )
    yield at(-46, "15:00")
    fake.fix_alert(fake.repository("storefront"), old, at=director.now)
    yield at(-30, "07:00")
    leak = fake.open_alert(
        fake.repository("infra"),
        "secret_scanning",
        rule="aws_access_key_id",
        title="AWS access key",
        severity="critical",
        path="clusters/staging/old.tf",
        at=director.now,
    )
    yield at(-30, "08:10")
    fake.fix_alert(fake.repository("infra"), leak, at=director.now, by="ravimenon")
    yield at(-8, "06:10")
    repo = fake.repository("payments")
    found = fake.open_alert(
        repo,
        "dependabot",
        rule="CVE-2026-31337",
        title="jsonpickler runs code while it reads",
        severity="critical",
        path="requirements.txt",
        package="jsonpickler",
        at=director.now,
    )
    director.facts.add(
        "critical-alert",
        f"github:{repo.full_name}/alert/dependency/{found.number}",
        -8,
        "A critical advisory about a dependency of payments is open",
    )


def dependabot(director: Director) -> Script:
    """A weekly update in three repositories; the last one for payments, which repairs the advisory, waits."""
    for day in range(FIRST_DAY + 1, 0, 5):
        yield at(day, "06:30")
        for name in ("payments", "storefront", "infra"):
            director.agenda.begin(_bump(director, name, day, stays=name == "payments" and day == -8))


def _bump(director: Director, name: str, day: int, stays: bool) -> Script:
    house, fake = yard(name), director.fake
    repo = director.repo(house)
    package = (
        "jsonpickler"
        if stays
        else director.dice("bump", name, day).pick(("tlslib", "httpcore", "left-pad", "yamlet"))
    )
    item = open_change(
        director,
        Draught(
            name,
            f"Bump {package} from 3.0.{-day} to 3.1.{-day}",
            "dependabot[bot]",
            f"dependabot/{package}-{-day}",
            house.parts[0],
            files=1,
            additions=1,
            deletions=1,
            commits=1,
            coding_h=0.01,
            labels=("dependencies",),
        ),
    )
    ready, _ = director.ci(house, item, "story", good=True)
    if stays:
        director.facts.add(
            "dependency-update-waiting",
            change_id(repo, item),
            day,
            "Dependabot's repair of the advisory is not merged",
        )
        return
    team = crew(house.team)
    by = team.people[1 + -day % (len(team.people) - 1)]
    yield max(ready + 60, team.shift.after(director.agenda.now, 5400))
    fake.review(repo, item, "approved", by=by, at=director.now)
    yield director.agenda.now + 90
    fake.merge(repo, item, by=by, at=director.now, how=house.how)
    fake.delete_branch(repo, item.head_ref, by=by, at=director.now)
    director.main_ci(house, by)


def in_the_queue(director: Director) -> Script:
    """A change that went into the merge queue this morning."""
    yield at(-1, "13:00")
    house, fake = yard("gateway"), director.fake
    repo = director.repo(house)
    item = open_change(
        director,
        Draught(
            "gateway",
            "Keep idle connections for a minute",
            "ananya-rao",
            "feature/idle-connections",
            "internal/limit",
            additions=44,
            deletions=9,
        ),
    )
    fake.request_review(repo, item, "vshetty", by="ananya-rao", at=director.now)
    director.ci(house, item, "story", good=True)
    yield at(0, "04:40")
    fake.review(repo, item, "approved", by="vshetty", at=director.now)
    yield at(0, "06:35")
    fake.enqueue(repo, item, by="ananya-rao", at=director.now)
    director.facts.add(
        "in-merge-queue", change_id(repo, item), 0, "Ananya's change is in the merge queue", (person("ananya-rao"),)
    )


def work_items(director: Director, name: str) -> Script:
    """Issues of a repository, some below a larger one, most of them closed some days later."""
    house, fake = yard(name), director.fake
    repo, team = director.repo(house), crew(house.team)
    dice = director.dice("items", name)
    lead = team.people[0]
    yield at(FIRST_DAY, "09:00")
    due = director.now + timedelta(days=100)
    goal = fake.create_milestone(repo, "Autumn timetable", by=lead, at=director.now, due=due)
    epic = fake.open_issue(repo, f"{house.things[0].capitalize()} for the autumn timetable", by=lead, at=director.now)
    fake.set_milestone(repo, epic, goal, by=lead, at=director.now)
    for day in range(FIRST_DAY, 0):
        if not dice.chance(0.55):
            continue
        shift = team.shift
        yield max(director.agenda.now, at(day, "00:00") + int(dice.between(shift.start_s, shift.end_s)))
        who = dice.pick(team.people)
        bug = dice.chance(0.4)
        title = f"{dice.pick(house.things).capitalize()}: {'wrong' if bug else 'wanted'} {dice.whole(1, 99)}"
        item = fake.open_issue(
            repo,
            title,
            by=who,
            at=director.now,
            labels=("bug",) if bug else ("feature",),
            assignees=(dice.pick(team.people),),
            type="Bug" if bug else "Feature",
        )
        if dice.chance(0.15) and not bug:
            fake.add_sub_issue(repo, epic, item, by=who, at=director.now)
        if dice.chance(0.8):
            director.agenda.begin(_close_later(director, name, item.number, dice.skewed(30 if bug else 45) * 3600))


def _close_later(director: Director, name: str, number: int, work_s: float) -> Script:
    house = yard(name)
    repo, team = director.repo(house), crew(house.team)
    yield team.shift.after(director.agenda.now, work_s)
    item = repo.issues[number]
    director.fake.close_issue(repo, item, by=(item.assignees or [item.user])[0].login, at=director.now)
