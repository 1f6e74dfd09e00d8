"""What every face can ask for, by name: words in, text out.

The command line calls a verb in its own process, or, where a server holds the home, by the server's socket: the same
function either way. A verb reads; it never writes to the outside world.
"""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.model.errors import Abort
from fairlead.wiring.replies import Reply, Verb, Words
from fairlead.wiring.services import Services


def verbs() -> Mapping[str, Verb]:
    """Name -> verb."""
    # Late: the answers pull in all of reports and metrics, which `--help` and imports do without.
    from fairlead.wiring import (
        aligning,
        answers,
        deciding,
        dependencies,
        forecasts,
        gating,
        goals,
        noticing,
        planviews,
        policy_answers,
        risking,
        ruling,
        sending,
        signal_answers,
    )

    rooms = (
        aligning,
        answers,
        deciding,
        dependencies,
        forecasts,
        gating,
        goals,
        noticing,
        planviews,
        policy_answers,
        risking,
        ruling,
        sending,
        signal_answers,
    )
    return {name: verb for room in rooms for name, verb in room.VERBS.items()}


def ask(services: Services, name: str, words: Words) -> Reply:
    """Answers a verb; an unknown name names the known ones."""
    known = verbs()
    if name not in known:
        raise Abort(f"no verb `{name}`", hint=f"there are: {', '.join(sorted(known))}")
    return known[name](services, words)
