"""Story lines about changes that wait: for somebody away, for a merge, for a reviewer with too much to do."""

from __future__ import annotations

from fairlead.wiring.demo.agenda import Script
from fairlead.wiring.demo.cast import yard
from fairlead.wiring.demo.clock import at
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.plots.scene import Draught, change_id, open_change, person


def begin(director: Director) -> None:
    """Puts the lines of this file on the agenda."""
    for line in (
        reviewer_away,
        approved_unmerged,
        waiting_draft,
        stale_draft,
        oversized,
        conflict,
        for_a_human,
        own_turn,
    ):
        director.agenda.begin(line(director))
    for place, (title, by, day, clock) in enumerate(_FOR_MAYA):
        director.agenda.begin(maya_is_asked(director, place, title, by, at(day, clock)))


def reviewer_away(director: Director) -> Script:
    """A change whose only reviewer went on holiday the day after she was asked."""
    yield at(-5, "12:20")
    house = yard("payments")
    item = open_change(
        director,
        Draught(
            "payments",
            "Retry captures after a gateway time-out",
            "jweber",
            "feature/retry-captures",
            "src/capture",
            additions=184,
            deletions=37,
            commits=3,
            ticket="retry-captures",
        ),
    )
    director.fake.request_review(director.repo(house), item, "aylin-k", by="jweber", at=director.now)
    director.ci(house, item, "story", good=True)
    yield at(-2, "09:40")
    director.fake.comment(
        director.repo(house),
        item,
        "@aylin-k any chance to look at this before the release?",
        by="jweber",
        at=director.now,
    )
    _tell(
        director,
        "stuck-reviewer-away",
        house.name,
        item.number,
        -5,
        "Jonas's change waits for a review by Aylin, who is away",
        "jweber",
        "aylin-k",
    )


def approved_unmerged(director: Director) -> Script:
    """Approved, green, and forgotten."""
    yield at(-4, "13:05")
    house = yard("ledger")
    item = open_change(
        director,
        Draught(
            "ledger",
            "Close the day with a balanced journal",
            "lenahoff",
            "feature/balanced-journal",
            "core/journal",
            additions=96,
            deletions=41,
            ticket="balanced-journal",
        ),
    )
    director.fake.request_review(director.repo(house), item, "pzielinski", by="lenahoff", at=director.now)
    director.ci(house, item, "story", good=True)
    yield at(-3, "10:15")
    director.fake.review(director.repo(house), item, "approved", by="pzielinski", at=director.now, body="Ship it.")
    _tell(
        director,
        "approved-unmerged",
        house.name,
        item.number,
        -3,
        "Lena's change is approved and green since day -3 and nobody has merged it",
        "lenahoff",
        "pzielinski",
    )


def waiting_draft(director: Director) -> Script:
    """A draft with a question in it: nobody's turn but the author's."""
    yield at(-5, "16:30")
    house = yard("storefront")
    item = open_change(
        director,
        Draught(
            "storefront",
            "Try cabin photos from the new image service",
            "graceliu",
            "spike/cabin-photos",
            "apps/web/seats",
            additions=210,
            deletions=12,
            draft=True,
            body="Is this the right direction?",
        ),
    )
    director.ci(house, item, "story", good=True)
    _tell(director, "draft-waiting", house.name, item.number, -5, "Grace's draft waits for her", "graceliu")


def stale_draft(director: Director) -> Script:
    """A draft that nobody has touched for weeks."""
    yield at(-36, "17:10")
    house = yard("fare-engine")
    item = open_change(
        director,
        Draught(
            "fare-engine",
            "Fares as a table instead of code 🧭",
            "samirh",
            "spike/fare-table",
            "src/tariff",
            files=9,
            additions=640,
            deletions=80,
            commits=4,
            draft=True,
        ),
    )
    director.ci(house, item, "story", good=False)
    yield at(-33, "18:00")
    new = director.commit("samirh", "Sketch of the lookup", [])
    director.fake.push(director.repo(house), item.head_ref, [new], by="samirh", at=director.now)
    _tell(
        director, "stale-draft", house.name, item.number, -33, "Samir's draft has not moved since day -33", "samirh"
    )


def oversized(director: Director) -> Script:
    """A change too large to review."""
    yield at(-3, "19:20")
    house = yard("storefront")
    item = open_change(
        director,
        Draught(
            "storefront",
            "Move the seat map to the canvas renderer",
            "dosei",
            "feature/canvas-seats",
            "apps/web/seats",
            files=74,
            additions=2860,
            deletions=1940,
            commits=14,
            coding_h=60,
            ticket="seat-map",
        ),
    )
    director.fake.request_review(director.repo(house), item, "mayatorres", by="dosei", at=director.now)
    director.ci(house, item, "story", good=True)
    _tell(
        director,
        "oversized",
        house.name,
        item.number,
        -3,
        "Daniel's seat map change touches 74 files and waits for Maya",
        "dosei",
        "mayatorres",
    )


def conflict(director: Director) -> Script:
    """Approved, but another change to the same lines came first."""
    yield at(-4, "15:40")
    house, fake = yard("storefront"), director.fake
    repo = director.repo(house)
    item = open_change(
        director,
        Draught(
            "storefront",
            "Show delays in the timetable grid",
            "emnovak",
            "feature/delays-in-grid",
            "apps/web/checkout",
            additions=130,
            deletions=44,
        ),
    )
    fake.request_review(repo, item, "graceliu", by="emnovak", at=director.now)
    director.ci(house, item, "story", good=True)
    yield at(-3, "14:50")
    fake.review(repo, item, "approved", by="graceliu", at=director.now)
    yield at(-2, "20:05")
    fake.conflict(item)
    fake.add_label(repo, item, "needs-rebase", by="github-actions[bot]", at=director.now)
    _tell(
        director,
        "conflict",
        house.name,
        item.number,
        -2,
        "Emily's approved change has conflicts with main since day -2",
        "emnovak",
    )


def for_a_human(director: Director) -> Script:
    """Written by an agent, looked at by an agent, and by no human yet."""
    yield at(-3, "05:15")
    house, fake = yard("gateway"), director.fake
    repo = director.repo(house)
    issue = fake.open_issue(
        repo, "Drop TLS 1.0", by="ravimenon", at=director.now, assignees=("copilot-swe-agent[bot]",)
    )
    yield director.agenda.now + 1500
    item = open_change(
        director,
        Draught(
            "gateway",
            "Remove the unused TLS 1.0 fallback",
            "copilot-swe-agent[bot]",
            "copilot/drop-tls-10",
            "internal/tls",
            additions=18,
            deletions=240,
            coding_h=0.4,
            body=f"Fixes #{issue.number}",
        ),
    )
    director.ci(house, item, "story", good=True)
    yield director.agenda.now + 240
    fake.review(repo, item, "commented", by="coderabbitai[bot]", at=director.now, body="No blocking finding.")
    fake.request_review(repo, item, "nishapillai", by="copilot-swe-agent[bot]", at=director.now)
    _tell(
        director,
        "agent-change-waiting",
        house.name,
        item.number,
        -3,
        "A change by Copilot waits for a human; only the review agent has looked at it",
        "nishapillai",
    )


def own_turn(director: Director) -> Script:
    """Changes were asked for two days ago: it is the author's turn."""
    yield at(-3, "11:30")
    house, fake = yard("payments"), director.fake
    repo = director.repo(house)
    item = open_change(
        director,
        Draught(
            "payments",
            "Export chargebacks by scheme",
            "pzielinski",
            "feature/chargeback-export",
            "src/api",
            additions=150,
            deletions=22,
            ticket="chargebacks",
        ),
    )
    fake.request_review(repo, item, "kim-adler", by="pzielinski", at=director.now)
    director.ci(house, item, "story", good=True)
    yield at(-3, "13:45")
    lines = (("src/api/chargeback-export_0.py", 31, "This holds the card number in clear text."),)
    fake.review(repo, item, "changes_requested", by="kim-adler", at=director.now, body="Please mask it.", lines=lines)
    _tell(
        director,
        "changes-requested",
        house.name,
        item.number,
        -3,
        "Kim asked for changes on day -3; it is Piotr's turn",
        "pzielinski",
        "kim-adler",
    )


_FOR_MAYA = (
    ("Sort crossings by arrival", "graceliu", -4, "20:10"),
    ("Keep the basket over a reload", "emnovak", -3, "16:25"),
    ("Ask for the vehicle's height", "samirh", -3, "18:45"),
    ("Read harbour names aloud", "graceliu", -2, "15:00"),
    ("One bundle less on the start page", "dosei", -2, "17:35"),
    ("Rank day returns higher", "samirh", -1, "15:20"),
)


def maya_is_asked(director: Director, place: int, title: str, by: str, when: int) -> Script:
    """One of the changes that wait for Maya, who leads Booking and is asked for nearly everything."""
    yield when
    house = yard("storefront")
    what = Draught(
        "storefront", title, by, f"feature/for-maya-{place}", house.parts[place % 4], additions=40 + 25 * place
    )
    item = open_change(director, what)
    director.fake.request_review(director.repo(house), item, "mayatorres", by=by, at=director.now)
    director.ci(house, item, "story", good=True)
    _tell(
        director,
        "review-load",
        house.name,
        item.number,
        when // 86_400 - 64,
        f"`{title}` waits for Maya, who carries most of Booking's reviews",
        by,
        "mayatorres",
    )


def _tell(director: Director, kind: str, name: str, number: int, day: int, sentence: str, *people: str) -> None:
    repo = director.repo(yard(name))
    known = tuple(person(login) for login in people)
    director.facts.add(kind, change_id(repo, repo.issues[number]), day, sentence, known)
