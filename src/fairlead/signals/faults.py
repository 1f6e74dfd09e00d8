"""What is wrong with a rule, where it stands, and whether the rule counts all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from fairlead.config.entries import Entry
from fairlead.model.errors import ConfigFault

Weight = Literal["off", "wrong", "warning"]


@dataclass(frozen=True, slots=True)
class Told:
    """One fault of a rule, or of a file of rules."""

    fault: ConfigFault
    rule: str = ""
    weight: Weight = "off"
    """`off`: the rule does not count; `wrong`: it counts, and something of it does not do; `warning`: look at it."""

    def __str__(self) -> str:
        return f"{self.fault}" if self.weight != "warning" else f"{self.fault} (warning)"


@dataclass(frozen=True, slots=True)
class Known:
    """What a home knows that rules may name; what is `None` is not looked at."""

    chains: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    """Names of sources and of the tools that they read."""
    owners: tuple[str, ...] = ()
    """Like `team:payments` and `person:kim`; none where nobody is configured."""
    today: date | None = None


@dataclass(slots=True)
class Teller:
    """The faults of one rule in the making; a place is told once for one reason."""

    entry: Entry
    called: str
    """Its id, or its place in the file where it has none."""
    told: list[Told] = field(default_factory=list)
    examples: set[int] = field(default_factory=set)
    """Places of the examples of which something was told."""

    def tell(self, keys: Sequence[str | int], words: str, weight: Weight = "off", *, at: int | None = None) -> None:
        """A fault at the value of a key; `at` a letter of it."""
        # an example is not the rule: it says that somebody was wrong, and not who
        if len(keys) > 1 and keys[0] == "tests" and isinstance(keys[1], int):
            weight = "wrong"
            self.examples.add(keys[1])
        fault = self.entry.fault(keys, f"{self.called}: {words}", offset=at)
        self.told.append(Told(fault, self.called, weight))

    @property
    def off(self) -> bool:
        """Whether the rule cannot count."""
        return any(one.weight == "off" for one in self.told)


def tables(said: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The table below these keys; an empty one where something else stands there, which has been told."""
    for key in keys:
        inner = said.get(key)
        said = inner if isinstance(inner, Mapping) else {}
    return said


def text(said: Mapping[str, Any], key: str) -> str:
    """The text of a key; empty where there is none."""
    found = said.get(key)
    return found if isinstance(found, str) else ""


def listed(said: Mapping[str, Any], key: str) -> Sequence[Any]:
    """The list of a key; empty where there is none."""
    found = said.get(key)
    return found if isinstance(found, list) else ()
