"""Story lines about production: a failed deployment and its hotfix, a rollback, incidents of both kinds."""

from __future__ import annotations

from fairlead.connectors.github.fake.pipeline import Deployment
from fairlead.connectors.kit.fake.tool import Json
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.at_github import environment, latest
from fairlead.wiring.demo.cast import ship, yard
from fairlead.wiring.demo.clock import at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.pager import RUNNERS, incident_id
from fairlead.wiring.demo.plots.scene import Draught, change_id, deployment_id, open_change, person
from fairlead.wiring.demo.voyages import begin as begin_deployment
from fairlead.wiring.demo.voyages import deploy, end

_AFTERWARDS = "afterwards"
"""Label of the issue in which a team writes down what an incident taught it; PagerDuty's record is what counts."""
_BANKS_DROP = "Bank's SFTP drop is unreachable"
_OUT_OF_DISK = "Build runners are out of disk"
_TOO_EARLY = "Prices in the wrong currency"


def begin(director: Director) -> None:
    """Puts the lines of this file on the agenda."""
    for line in (failed_and_hotfix, rolled_back, no_deployments_fault, earlier_incidents, pages_at_night):
        director.agenda.begin(line(director))


def failed_and_hotfix(director: Director) -> Script:
    """Payments API fails to deploy on a missing column; Kim's hotfix goes out within the hour."""
    vessel, house, fake = ship("payments-api"), yard("payments"), director.fake
    yield at(-6, "10:29")
    director.closed.add(vessel.key)
    yield at(-6, "11:10")
    repo = fake.repository("payments")
    bad = begin_deployment(director, vessel, repo.branches["main"], "production")
    yield at(-6, "11:16")
    end(director, vessel, "production", "failure", "Migration 0142: column `scheme_fee` does not exist")
    yield at(-6, "11:32")
    item = open_change(
        director,
        Draught(
            "payments",
            "Hotfix: create scheme_fee before it is read",
            "kim-adler",
            "hotfix/scheme-fee",
            "src/capture",
            files=1,
            additions=14,
            deletions=2,
            commits=1,
            coding_h=0.2,
            labels=("hotfix",),
        ),
    )
    fake.request_review(repo, item, "lenahoff", by="kim-adler", at=director.now)
    ready, _ = director.ci(house, item, "story", good=True)
    yield at(-6, "11:41")
    fake.review(repo, item, "approved", by="lenahoff", at=director.now)
    yield max(ready + 30, at(-6, "11:50"))
    head = fake.merge(repo, item, by="kim-adler", at=director.now, how=house.how)
    fake.delete_branch(repo, item.head_ref, by="kim-adler", at=director.now)
    director.main_ci(house, "kim-adler", good=True)
    yield director.agenda.now + 500
    good = begin_deployment(director, vessel, head, "production", description="hotfix")
    yield director.agenda.now + 240
    end(director, vessel, "production", "success")
    director.closed.discard(vessel.key)
    director.facts.add(
        "deployment-failed",
        deployment_id(repo, bad),
        -6,
        "A deployment of Payments API to production failed",
        others=(deployment_id(repo, good), change_id(repo, item)),
    )
    director.facts.add(
        "hotfix",
        change_id(repo, item),
        -6,
        "Kim's hotfix went to production within the hour",
        (person("kim-adler"),),
        (deployment_id(repo, good),),
    )


def rolled_back(director: Director) -> Script:
    """A deployment of the web shop breaks the checkout; the version before it is brought back."""
    vessel, fake = ship("web"), director.fake
    yield at(-9, "17:50")
    director.closed.add(vessel.key)
    repo = fake.repository("storefront")
    target = environment(vessel, "production")
    before = [found for found in repo.deployments.values() if found.environment == target and _good(found)][-1]
    yield at(-9, "18:05")
    bad = begin_deployment(director, vessel, repo.branches["main"], "production")
    yield at(-9, "18:10")
    end(director, vessel, "production", "success")
    yield at(-9, "18:24")
    pager, who = director.pager, director.pager.asked("booking")
    incident = pager.trigger("web", "Checkout of the web shop answers 500", "P1", "booking")
    review = fake.open_issue(
        repo,
        "Afterwards: checkout of the web shop answers 500",
        by="emnovak",
        at=director.now,
        labels=(_AFTERWARDS,),
        body=f"Every second checkout fails since deployment {bad.id} ({bad.sha[:12]}) of web.",
        type="Bug",
    )
    yield at(-9, "18:29")
    pager.acknowledge(incident, who)
    yield at(-9, "18:40")
    back = begin_deployment(
        director, vessel, before.sha, "production", task="deploy:rollback", description="rollback"
    )
    yield at(-9, "18:45")
    end(director, vessel, "production", "success")
    yield at(-9, "18:52")
    pager.resolve(incident, who)
    fake.comment(repo, review, "Rolled back, error rate is normal again.", by="mayatorres", at=director.now)
    fake.close_issue(repo, review, by="mayatorres", at=director.now)
    director.facts.add(
        "rollback",
        deployment_id(repo, back),
        -9,
        "The web shop was rolled back half an hour after a deployment",
        others=(deployment_id(repo, bad), incident_id(incident)),
    )
    director.facts.add(
        "incident-caused",
        incident_id(incident),
        -9,
        "The checkout incident was caused by that deployment",
        others=(deployment_id(repo, bad), change_id(repo, review)),
    )
    yield at(-8, "15:30")
    director.closed.discard(vessel.key)


def no_deployments_fault(director: Director) -> Script:
    """The bank's drop folder was unreachable, days after Ledger's last deployment."""
    yield at(-1, "04:10")
    fake, repo, pager = director.fake, director.fake.repository("ledger"), director.pager
    first, second = (pager.asked("payments", level) for level in (1, 2))
    incident = pager.trigger("ledger", _BANKS_DROP, "P2", "payments")
    review = fake.open_issue(
        repo,
        f"Afterwards: {_BANKS_DROP}",
        by="pzielinski",
        at=director.now,
        labels=(_AFTERWARDS,),
        body="Statements of the night are missing. Certificate at the bank has expired.",
        type="Bug",
    )
    yield at(-1, "04:25")
    pager.escalate(incident, "payments")
    yield at(-1, "04:31")
    pager.acknowledge(incident, second)
    pager.note(incident, "Nobody answers at the bank before eight.", second)
    yield at(-1, "08:35")
    pager.resolve(incident, first)
    fake.comment(
        repo,
        review,
        "The bank renewed its certificate; nothing of ours was changed.",
        by="kim-adler",
        at=director.now,
    )
    fake.close_issue(repo, review, by="kim-adler", at=director.now)
    director.facts.add(
        "incident-not-caused",
        incident_id(incident),
        -1,
        "Ledger's incident was caused by the bank, by no deployment",
        others=(change_id(repo, review),),
    )
    sentence = "For the bank two people were paged in the night, since the first did not answer"
    director.facts.add("paged-at-night", incident_id(incident), -1, sentence)


_AT_NIGHT = (
    (-52, "21:40", RUNNERS, _OUT_OF_DISK, "platform", 35),
    (-36, "03:50", "ledger", _BANKS_DROP, "payments", 85),
    (-27, "20:15", RUNNERS, _OUT_OF_DISK, "platform", 50),
    (-11, "22:05", RUNNERS, _OUT_OF_DISK, "platform", 40),
)
"""Story day, hour, service, title, team, minutes until it was over."""

_EARLIER = (
    ("payments", "payments-api", -57, "10:05", 55, "P2", "Refunds answer 504"),
    ("storefront", "search", -49, "18:40", 130, "P2", "Search finds no crossings from Kiel"),
    ("storefront", "web", -43, "17:40", 38, "P1", "Web shop shows an empty basket"),
    ("payments", "payments-api", -31, "14:05", 70, "P2", "Vouchers are refused"),
    ("storefront", "web", -24, "17:45", 95, "P2", "Prices in the wrong currency"),
    ("payments", "payments-api", -17, "10:10", 42, "P1", "Card payments fail for one scheme"),
    ("storefront", "search", -14, "18:35", 75, "P2", "Night crossings are missing"),
    ("payments", "payments-api", -12, "14:00", 35, "P2", "Payout file is empty"),
)
"""Repository, service, story day, hour of the deployment that broke it, minutes until it was repaired."""


def earlier_incidents(director: Director) -> Script:
    """Incidents of the weeks before, each caused by a deployment and ended by the next one."""
    fake = director.fake
    for name, key, day, clock, minutes, severity, title in _EARLIER:
        yield at(day, clock)
        repo, vessel = fake.repository(name), ship(key)
        director.closed.add(key)
        yield from deploy(director, vessel, repo.branches["main"], "production", 240)
        yield director.agenda.now + 660
        bad = latest(repo, environment(vessel, "production"))
        by, pager = "kim-adler" if name == "payments" else "emnovak", director.pager
        incident, who = pager.trigger(key, title, severity, vessel.team), pager.asked(vessel.team)
        review = fake.open_issue(
            repo, f"Afterwards: {title}", by=by, at=director.now, labels=(_AFTERWARDS,),
            body=f"Since deployment {bad.id} of {key}.", type="Bug",
        )  # fmt: skip
        yield director.agenda.now + 170
        pager.acknowledge(incident, who)
        yield director.agenda.now + minutes * 60 - 570
        yield from deploy(
            director,
            vessel,
            repo.branches["main"],
            "production",
            200,
            task="deploy",
            description="hotfix: fix forward",
        )
        yield director.agenda.now + 200
        pager.resolve(incident, who)
        fake.close_issue(repo, review, by=by, at=director.now)
        director.closed.discard(key)
        if title == _TOO_EARLY:
            director.agenda.begin(_again(director, incident, who, day))


def _again(director: Director, incident: Json, who: str, day: int) -> Script:
    """Resolved too early: restored is when it was resolved for the last time."""
    yield director.agenda.now + 1500
    director.pager.reopen(incident, who)
    yield director.agenda.now + 120
    director.pager.note(incident, "A cache still has the prices of yesterday.", who)
    yield director.agenda.now + 2400
    director.pager.resolve(incident, who)
    sentence = "The incident about currencies was resolved too early and opened again"
    director.facts.add("incident-reopened", incident_id(incident), day, sentence)


def pages_at_night(director: Director) -> Script:
    """What comes again and again, and always at night: no deployment is in it, and no issue was written."""
    pager, again = director.pager, dict[str, list[str]]()
    for day, clock, key, title, team, minutes in _AT_NIGHT:
        yield at(day, clock)
        incident, who = pager.trigger(key, title, "P3", team), pager.asked(team)
        again.setdefault(title, []).append(incident_id(incident))
        yield director.agenda.now + 420
        pager.acknowledge(incident, who)
        yield director.agenda.now + minutes * 60
        pager.resolve(incident, who)
    first, *more = again[_OUT_OF_DISK]
    sentence = "The build runners have run out of disk three times, each time in Platform's night"
    director.facts.add("incident-recurs", first, -11, sentence, others=tuple(more))


def _good(found: Deployment) -> bool:
    return any(status.state == "success" for status in found.statuses)
