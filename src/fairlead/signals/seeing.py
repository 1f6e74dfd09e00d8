"""Who is told of a signal, and why: the answer to "why do I see this, and who else does?"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fairlead.signals.escalation import unpack
from fairlead.signals.rules import Rule
from fairlead.store.signals import Mute


@dataclass(frozen=True, slots=True)
class Reader:
    """One way in which a signal reaches somebody."""

    why: Literal["notify", "step", "team"]
    """`notify` by the rule, `step` of its chain that was reached, or `team` that it concerns, which has it listed."""
    to: str
    """As rule or ladder says, like `turn` or `role:manager`."""
    who: tuple[str, ...] = ()
    """Person or team ids where they are known."""
    muted: tuple[str, ...] = ()
    """Those of them who do not want to hear of the rule."""


def readers(signal: Mapping[str, Any], rule: Rule | None, mutes: Collection[Mute]) -> list[Reader]:
    """Everybody whom it reaches; nobody is told of a rule that is only watched."""
    muted = {one.whom for one in mutes if one.rule == signal["rule"]}
    found = []
    if rule is not None and rule.notify is not None and not signal["monitored"]:
        team = (signal["team"],) if rule.notify.to == "team" and signal["team"] else ()
        found.append(Reader("notify", rule.notify.to, team, tuple(sorted(muted & {*team}))))
    chain = unpack(signal["chain"])
    for stage in chain.stages[: (signal["level"] or 0) + 1] if chain else ():
        found.append(Reader("step", stage.to, stage.who, tuple(sorted(muted & {*stage.who}))))
    if signal["team"]:
        found.append(Reader("team", "team", (signal["team"],), tuple(sorted(muted & {signal["team"]}))))
    return found
