"""What policies are told of a change's quality gates, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.governance.gates import Gate, gates_of
from fairlead.governance.policy.document import Checks, Coverage, Review, State, Subject

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse
    from fairlead.wiring.services import Services

_AUTHOR = """
    select r.opened_by, exists (
        select 1 from change_commits c join agent_commits a on a."commit" = c."commit" where c.change = $change
    ) as helped
    from change_reviews r where r.change = $change
"""
_AGENTS = ("coding_agent", "review_agent")


def gates(services: Services, known: Subject) -> Subject:
    """A change with the facts that policies go by: those of `fairlead gates`, so that both say the same of it."""
    house = services.warehouse
    found = {gate.name: gate for gate in gates_of(house, known.id, services.setup)}
    if not found:
        return known
    share, before = (found["coverage"].values.get(name) for name in ("share", "base"))
    return msgspec.structs.replace(
        known,
        author_kind=_author_kind(house, known.id),
        checks=_checks(found["tests"]),
        review=_review(found["review"]),
        coverage=Coverage(percent=_percent(share), before_percent=_percent(before)),
        documentation=found["documentation"].state,
        performance=found["performance"].state,
        security_alerts=found["security"].values.get("grave"),
    )


def _checks(gate: Gate) -> Checks:
    failed, pending = (tuple(gate.values.get(name, ())) for name in ("failed_names", "running_names"))
    none = not gate.values and gate.state == "unknown"
    state: State = "none" if none else "failed" if failed else "pending" if pending else gate.state
    return Checks(state=state, failed=failed, pending=pending)


def _review(gate: Gate) -> Review:
    if gate.state == "unknown":
        return Review()
    if gate.values["changes_requested"]:
        return Review(state="changes_requested", refused_by=gate.voices)
    # what was approved before its last commit is not what would be merged
    return Review(state="approved" if gate.state == "passed" else "waiting", approved_by=gate.voices)


def _author_kind(house: Warehouse, change: str) -> Any:
    found = house.rows(_AUTHOR, {"change": change})
    if not found:
        return "unknown"
    if found[0]["helped"] or found[0]["opened_by"] in _AGENTS:
        return "agent"
    return found[0]["opened_by"] if found[0]["opened_by"] in ("human", "bot") else "unknown"


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)
