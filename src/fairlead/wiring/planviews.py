"""What the verb `plan` answers beside a plan: a running sprint in balance, an epic in slices, what to propose."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fairlead.model.errors import Abort, Denied
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.balance import told_balance
from fairlead.reports.plain import plain
from fairlead.wiring import planned, planwriting
from fairlead.wiring.answers import language
from fairlead.wiring.planwriting import Step, Wishes
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown


def answer_rebalance(services: Services, words: Words) -> Reply:
    """Who has too much to do in a sprint that runs, and the few moves that even it out."""
    from fairlead.reports.rebalance import rebalance

    document, found = rebalance(_asked(services, words), words.get("sprint", ""), words.get("load", ""))
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), "rebalance": found.to_json()})
    return shown(services, document, words)


def answer_slices(services: Services, words: Words) -> Reply:
    """An epic or a milestone in slices of a sprint each."""
    from fairlead.reports.planned import Wish
    from fairlead.reports.slices import slices

    sprint, epic, milestone = (words.get(key, "") for key in ("sprint", "epic", "milestone"))
    kind, name = Wish(sprint=sprint, epic=epic, milestone=milestone).target
    document, cut = slices(_asked(services, words), kind, name)
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), "slices": cut.to_json()})
    if words.get("form") == "mermaid":
        return Reply(cut.mermaid())
    return shown(services, document, words)


def answer_proposals(services: Services, words: Words) -> Reply:
    """What would be proposed so that the tools show a plan; nothing is."""
    return reply_json(wishes(services, words).to_json())


def wishes(services: Services, words: Words) -> Wishes:
    """The acts that words ask for: those of a plan, or with `rebalance` those of its moves."""
    if words.get("rebalance"):
        from fairlead.planning.answer import EVERYBODY
        from fairlead.reports.rebalance import persons, rebalance

        found = rebalance(_asked(services, words), words.get("sprint", ""), words.get("load", EVERYBODY))[1]
        if EVERYBODY not in found.shown:
            raise Denied("this needs the role manager in the team of the sprint", hint="owners give roles")
        name = found.stored.target.name
        # who has too much is theirs and the planner's to know, and an action is read by all
        why = f"so that the work of {name} fits into everybody's hours"
        steps = [Step(item, person, why=why) for item, person in persons(found, found.balance.moves)]
        return planwriting.of_moves(services, steps)
    plan = planned.asked_plan(services, words)[1]
    if plan is None:
        raise Abort("there is nothing to plan", hint="name a sprint, an epic or a milestone with open items")
    return planwriting.of_plan(services, plan)


def _asked(services: Services, words: Words) -> Asked:
    now, told = services.clock.now(), language(services, words)
    return Asked(services.warehouse, services.setup, now, words.get("team") or None, told, services.intake())


def answer(services: Services, words: Words) -> Reply:
    """A plan, or the view of it that `view` names."""
    view = words.get("view", "")
    if not view:
        return planned.answer_plan(services, words)
    if view not in VIEWS:
        raise Abort(f"a plan has no view `{plain(view)}`", hint=f"there are: {', '.join(VIEWS)}")
    return VIEWS[view](services, words)


VIEWS: Mapping[str, Callable[[Services, Words], Reply]] = {
    "rebalance": answer_rebalance,
    "slices": answer_slices,
    "proposals": answer_proposals,
}


def answer_balance(services: Services, words: Words) -> Reply:
    """How the work of some days was shared among its kinds, beside what was agreed."""
    document, found = told_balance(_asked(services, words), words.get("window", ""))
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), "balance": found.to_json()})
    return shown(services, document, words)


VERBS: Mapping[str, Verb] = {"plan": answer, "balance": answer_balance}
