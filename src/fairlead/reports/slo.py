"""Objectives alone: what each promises, what was kept, what is left of its budget and how fast that burns.

The report on reliability says the same among incidents and on-call load; both read it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Claim, Document, Section
from fairlead.reports.reliability_facts import (
    Burning,
    Objective,
    load_burning,
    load_objectives,
    of_objectives,
    of_service,
)
from fairlead.reports.reliability_levels import levels, urgent
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller


class Promises(NamedTuple):
    """Objectives of a team, of a service or of all, and those of them whose budget burns too fast."""

    objectives: Sequence[Objective]
    burning: Sequence[Burning]


def load_promises(scope: Scope, service: str = "") -> Promises:
    """As of the scope's moment; `service` is an id like `service:checkout`."""
    limit = of_service(service) if service else of_objectives(scope)
    return Promises(load_objectives(scope, limit), load_burning(scope, limit))


def slo(asked: Asked, *, service: str = "") -> Document:
    """Objectives with their budgets, what asks for somebody first."""
    teller, found = asked.teller(), load_promises(asked.scope, service)
    title = gravest(teller, found) or _met(teller, found.objectives)
    return document(teller, "slo", title, level_sections(teller, found))


def level_sections(teller: Teller, found: Promises) -> list[Section]:
    """What asks for somebody, first, then all of them; nothing of the first kind has no heading."""
    words, needs = teller.words, urgent(teller, found.objectives, found.burning)
    told = Section("levels", words("section.levels"), tuple(levels(teller, found.objectives, teller.scope.now)))
    return [*([Section("needs", words("section.needs"), tuple(needs), numbered=True)] if needs else []), told]


def gravest(teller: Teller, found: Promises) -> Claim | None:
    """What a title must say of them, if anything."""
    if found.burning:
        evidence = proof.of_records("attention_burning_budgets", [one.slo for one in found.burning], "slo")
        return teller.claim("reliability.title_burning", evidence, tone="act", n=len(found.burning))
    spent = [one.slo for one in found.objectives if one.budget_left is not None and one.budget_left <= 0]
    if spent:
        evidence = proof.of_records("slo_budgets", spent, "slo")
        return teller.claim("reliability.title_spent", evidence, tone="act", n=len(spent))
    return None


def _met(teller: Teller, objectives: Sequence[Objective]) -> Claim:
    if not objectives:
        return teller.claim("slo.none", proof.of_absence("objectives", "select * from slo_objectives"))
    met = sum(1 for one in objectives if one.budget_left is not None and one.budget_left > 0)
    evidence = proof.of_records("slo_budgets", [one.slo for one in objectives], "slo")
    return teller.claim("slo.table", evidence, n=len(objectives), met=met)
