"""Policies: what they are for, whether their tests hold, and who may do what under which circumstances."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from fairlead.governance.policy import explaining, telling
from fairlead.governance.policy.engine import EngineFault
from fairlead.governance.policy.rights import WHO
from fairlead.governance.showing import Spoken
from fairlead.model.acts import ACTS
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.views.reasoning import Node, tree
from fairlead.ui.visit import Visit

_WHEN = ("usual", "unreviewed", "red", "frozen", "quiet", "unsigned", "emergency")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What policy says of a made-up act."""

    effect: str
    tree: Sequence[Node]
    needs: Sequence[Any]
    steps: Sequence[explaining.Step]


def show(visit: Visit) -> Response:
    """All policies, one of them whole, and an act made up to ask about."""
    judge, words = visit.services.policy, visit.words
    told = telling.listed(judge.policies)
    one = choice(visit, "policy", [policy.name for policy in told])
    kind, who = choice(visit, "kind", list(ACTS)), choice(visit, "who", list(WHO))
    when = choice(visit, "when", list(_WHEN)) or "usual"
    tests = judge.tests
    failed = [test for test in tests if not test.holds]
    if judge.policies.faults:
        title = words("Policies do not load, so everything is denied")
    elif failed:
        title = words.plural("{n} test of a policy does not hold", "{n} tests of policies do not hold", len(failed))
    else:
        title = words("{n} policies say what may be done", n=len(judge.policies.deciding))
    return visit.page(
        "pages/policies.html",
        title,
        policies=told,
        chosen=next((policy for policy in told if policy.name == one), None),
        faults=judge.policies.faults,
        tests=tests,
        failed=failed,
        version=judge.version,
        engine=judge.engine.name,
        kinds=list(ACTS),
        people=WHO,
        cases={name: words(_CASES[name]) for name in _WHEN},
        asked={"kind": kind, "who": who, "when": when},
        answer=_ask(visit, kind, who, when) if kind and who else None,
    )


_CASES = {
    "usual": "by day, green and reviewed",
    "unreviewed": "nobody has reviewed it",
    "red": "its checks have failed",
    "frozen": "in a freeze",
    "quiet": "in quiet hours",
    "unsigned": "on what came unsigned",
    "emergency": "in a freeze, with broken glass",
}


def _ask(visit: Visit, kind: str, who: str, when: str) -> _Answer:
    judge = visit.services.policy
    said = _made_up(judge.policies.usual, kind, who, when)
    verdict = judge.decide(said)
    try:
        steps = explaining.explain(judge.policies, said) if not judge.policies.faults else []
    except EngineFault:
        # the verdict says it
        steps = []
    spoken = [Spoken(one.rule, one.words, one.says) for one in verdict.reasons]
    return _Answer(
        verdict.effect, tree(visit, spoken, (), (), {}), verdict.needs, [step for step in steps if step.spoke]
    )


def _made_up(usual: Mapping[str, Any], kind: str, who: str, when: str) -> dict[str, Any]:
    said = copy.deepcopy(dict(usual))
    said["act"]["kind"] = kind
    person = who not in ("rule", "agent", "operator")
    role = who if person else ""
    said["proposer"] = {"id": f"{'person' if person else who}:somebody", "kind": "person" if person else who}
    said["proposer"] |= {"role": role, "roles": {"team:payments": role} if role else {}}
    if when == "unreviewed":
        said["subject"]["review"] = {"state": "waiting", "approved_by": [], "refused_by": []}
    if when == "red":
        said["subject"]["checks"] = {"state": "failed", "failed": ["tests"], "pending": []}
    if when in ("frozen", "emergency"):
        freeze = {"name": "example", "reason": "example", "until_ns": 0, "kinds": [kind], "repositories": []}
        said["time"]["freezes"] = [{**freeze, "teams": [], "exceptions": []}]
    if when == "quiet":
        said["time"] |= {"quiet": True, "loud_ns": said["time"]["now_ns"]}
    if when == "unsigned":
        said["source"]["trust"] = "unsigned"
    if when == "emergency":
        said["emergency"] = {"by": "person:other", "kind": "person", "role": "manager", "reason": "example"}
    return said


PAGE = Page("/policies", "Policies", 89, show, shown="more", scoped=False, reads=("policy", "kind", "who", "when"))
