"""What `fairlead doctor` asks Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.connectors.kit.connector import Finding, SyncRequest
from fairlead.connectors.kit.rest import Rest
from fairlead.connectors.prometheus.objective import Objective, objectives
from fairlead.connectors.prometheus.read import values
from fairlead.connectors.prometheus.sync import PATH, PROBE, checked, connect
from fairlead.model.errors import Fault, Skip


def check(request: SyncRequest) -> Iterator[Finding]:
    """Whether it answers, and whether each query gives one series now."""
    try:
        rest = connect(request)
        rest.get(PROBE, {"query": "1"})
        yield Finding("answers", True, f"at {rest.http.base}")
        stated = objectives(request.settings)
        if not stated:
            remedy = "add `[slos.<name>]` with `source`, `good` and `total`"
            yield Finding("objectives", None, "no objective is measured by this source", remedy)
        for objective in stated:
            yield _measures(rest, objective)
    except Fault as fault:
        yield Finding("Prometheus", False, fault.message, fault.hint)


def _measures(rest: Rest, objective: Objective) -> Finding:
    now, step_s = int(rest.http.now.timestamp()), int(objective.step.total_seconds())
    span = {"start": now - max(3600, step_s), "end": now, "step": step_s}
    what = f"objective {objective.key}"
    for field, query in sorted(objective.queries.items()):
        try:
            if not values(checked(rest.get(PATH, {"query": query, **span}))):
                return Finding(what, None, f"`{field}` gave nothing in the last hour: that is a gap, and not good")
        except Skip as fault:
            return Finding(what, False, f"`{field}`: {fault.message}", "try the query in Prometheus' own page")
    return Finding(what, True, "measured in the last hour")
