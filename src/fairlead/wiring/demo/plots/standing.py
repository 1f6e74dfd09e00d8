"""What is true all the time: who is away, how review times go, what is flaky, whose addresses are unknown."""

from __future__ import annotations

from fairlead.wiring.demo.away import is_away
from fairlead.wiring.demo.cast import ORG, PLAYERS, crew, player
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.lab import FLAKY
from fairlead.wiring.demo.plots.scene import person


def begin(director: Director) -> None:
    """Writes the standing facts down; nothing is played."""
    facts = director.facts
    facts.add("review-time-good", "team:payments", 0, "Payments reviews within hours, and did so all along")
    lead = crew("booking").people[0]
    facts.add(
        "review-time-worse",
        "team:booking",
        0,
        "Booking waits longer for the first review week by week",
        (person(lead),),
    )
    facts.add("suppressed-team", "team:platform", 0, "Platform has four people: figures about them are suppressed")
    facts.add("flaky-workflow", f"github:{ORG}/storefront", 0, "The workflow `e2e` of storefront is flaky")
    sentence = f"The test `{FLAKY}` of storefront fails and then passes on the same commit"
    facts.add("flaky-test", f"github:{ORG}/storefront", 0, sentence)
    facts.add("coverage-falls", f"github:{ORG}/storefront", 0, "The tests of storefront cover less by the week")
    for who in PLAYERS:
        if who.private_email:
            facts.add(
                "identity-suggestion", f"email:{who.private_email}", 0,
                f"An address that GitHub does not know looks like {who.name}'s", (person(who.login),),
                (f"github:@{who.login}",),
            )  # fmt: skip
        if is_away(who.login, 0):
            facts.add("away", person(who.login), 0, f"{player(who.login).name} is away", (person(who.login),))
