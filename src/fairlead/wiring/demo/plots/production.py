"""Story lines about production: a failed deployment and its hotfix, a rollback, incidents of both kinds."""

from __future__ import annotations

from fairlead.connectors.github.fake.pipeline import Deployment
from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.cast import SHIPS, Ship, yard
from fairlead.wiring.demo.clock import at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.plots.scene import Draught, change_id, deployment_id, open_change, person
from fairlead.wiring.demo.voyages import begin as begin_deployment
from fairlead.wiring.demo.voyages import deploy, end, environment, latest


def begin(director: Director) -> None:
    """Puts the lines of this file on the agenda."""
    for line in (failed_and_hotfix, rolled_back, no_deployments_fault, earlier_incidents):
        director.agenda.begin(line(director))


def ship(key: str) -> Ship:
    """The service with this key."""
    return next(found for found in SHIPS if found.key == key)


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
    incident = fake.open_issue(
        repo,
        "Checkout of the web shop answers 500",
        by="emnovak",
        at=director.now,
        labels=("incident", "sev1"),
        body=f"Every second checkout fails since deployment {bad.id} ({bad.sha[:12]}) of web.",
        type="Incident",
    )
    yield at(-9, "18:40")
    back = begin_deployment(
        director, vessel, before.sha, "production", task="deploy:rollback", description="rollback"
    )
    yield at(-9, "18:45")
    end(director, vessel, "production", "success")
    yield at(-9, "18:52")
    fake.comment(repo, incident, "Rolled back, error rate is normal again.", by="mayatorres", at=director.now)
    fake.close_issue(repo, incident, by="mayatorres", at=director.now)
    director.facts.add(
        "rollback",
        deployment_id(repo, back),
        -9,
        "The web shop was rolled back half an hour after a deployment",
        others=(deployment_id(repo, bad), change_id(repo, incident)),
    )
    director.facts.add(
        "incident-caused",
        change_id(repo, incident),
        -9,
        "The checkout incident was caused by that deployment",
        others=(deployment_id(repo, bad),),
    )
    yield at(-8, "15:30")
    director.closed.discard(vessel.key)


def no_deployments_fault(director: Director) -> Script:
    """The bank's drop folder was unreachable, days after Ledger's last deployment."""
    yield at(-1, "04:10")
    fake, repo = director.fake, director.fake.repository("ledger")
    incident = fake.open_issue(
        repo,
        "Bank's SFTP drop is unreachable",
        by="pzielinski",
        at=director.now,
        labels=("incident", "sev2"),
        body="Statements of the night are missing. Certificate at the bank has expired.",
        type="Incident",
    )
    yield at(-1, "08:35")
    fake.comment(
        repo,
        incident,
        "The bank renewed its certificate; nothing of ours was changed.",
        by="kim-adler",
        at=director.now,
    )
    fake.close_issue(repo, incident, by="kim-adler", at=director.now)
    director.facts.add(
        "incident-not-caused",
        change_id(repo, incident),
        -1,
        "Ledger's incident was caused by the bank, by no deployment",
    )


_EARLIER = (
    ("payments", "payments-api", -57, "10:05", 55, "sev2", "Refunds answer 504"),
    ("storefront", "search", -49, "18:40", 130, "sev2", "Search finds no crossings from Kiel"),
    ("storefront", "web", -43, "17:40", 38, "sev1", "Web shop shows an empty basket"),
    ("payments", "payments-api", -31, "14:05", 70, "sev2", "Vouchers are refused"),
    ("storefront", "web", -24, "17:45", 95, "sev2", "Prices in the wrong currency"),
    ("payments", "payments-api", -17, "10:10", 42, "sev1", "Card payments fail for one scheme"),
    ("storefront", "search", -14, "18:35", 75, "sev2", "Night crossings are missing"),
    ("payments", "payments-api", -12, "14:00", 35, "sev2", "Payout file is empty"),
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
        by = "kim-adler" if name == "payments" else "emnovak"
        incident = fake.open_issue(
            repo, title, by=by, at=director.now, labels=("incident", severity),
            body=f"Since deployment {bad.id} of {key}.", type="Incident",
        )  # fmt: skip
        yield director.agenda.now + minutes * 60 - 400
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
        fake.close_issue(repo, incident, by=by, at=director.now)
        director.closed.discard(key)


def _good(found: Deployment) -> bool:
    return any(status.state == "success" for status in found.statuses)
