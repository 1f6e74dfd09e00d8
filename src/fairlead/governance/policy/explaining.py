"""Why policy says what it says: of every rule whether it spoke, of a silent one the condition that did not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.governance.policy import syntax
from fairlead.governance.policy.embedded import Interpreting
from fairlead.governance.policy.engine import EngineFault, Undefined
from fairlead.governance.policy.policies import SAYS, Module, Policies
from fairlead.governance.policy.syntax import Rule, Token


@dataclass(frozen=True, slots=True)
class Step:
    """A rule of a policy on one document."""

    policy: str
    says: str
    """`allow`, `ask`, `deny`, `note` or `oblige`."""
    line: int
    spoke: bool
    conditions: tuple[tuple[str, bool], ...]
    """Its conditions in order with whether they hold together with those before; up to the first that does not."""
    said: tuple[Mapping[str, Any], ...] = ()
    """What the policy said by that name."""


def explain(policies: Policies, document: Mapping[str, Any]) -> list[Step]:
    """Every rule that may speak, in order of policies and lines. Raises `EngineFault` where nothing can be asked."""
    found = [(module, rule) for module in policies.deciding for rule in _speaking(module)]
    texts, entries = dict(policies.texts), list[str]()
    for number, (module, rule) in enumerate(found):
        text, made = _prefixes(module, rule, number)
        texts[str(module.path)] += text
        entries += made
    entries += [_entry(module, name) for module in policies.deciding for name in module.says]
    engine = Interpreting(texts, policies.data, entries)
    return [_step(engine, module, rule, number, document) for number, (module, rule) in enumerate(found)]


def _speaking(module: Module) -> Iterator[Rule]:
    yield from (rule for rule in syntax.read(module.text).rules if rule.name in SAYS)


def _literals(rule: Rule) -> list[tuple[Token, ...]]:
    return list(syntax.literals(rule.bodies[0])) if rule.bodies else []


def _text(module: Module, literal: Sequence[Token]) -> str:
    return module.text[literal[0].at : literal[-1].at + len(literal[-1].text)]


def _prefixes(module: Module, rule: Rule, number: int) -> tuple[str, list[str]]:
    """A rule for the first condition, for the first two, and so on: the engine itself tells where it ends."""
    said = [_text(module, literal) for literal in _literals(rule)]
    names = [f"explained_{number}_{count}" for count in range(1, len(said) + 1)]
    text = "".join(
        f"\n{name} if {{\n\t" + "\n\t".join(said[:count]) + "\n}\n" for count, name in enumerate(names, start=1)
    )
    return text, [_entry(module, name) for name in names]


def _entry(module: Module, name: str) -> str:
    return f"{module.package}.{name}".replace(".", "/")


def _step(engine: Interpreting, module: Module, rule: Rule, number: int, document: Mapping[str, Any]) -> Step:
    conditions: list[tuple[str, bool]] = []
    for count, literal in enumerate(_literals(rule), start=1):
        holds = _ask(engine, _entry(module, f"explained_{number}_{count}"), document) is True
        conditions.append((" ".join(_text(module, literal).split()), holds))
        if not holds:
            break
    spoke = all(holds for _, holds in conditions)
    said = _ask(engine, _entry(module, rule.name), document) if spoke else ()
    line, _ = syntax.place(module.text, rule.at)
    return Step(
        module.name,
        rule.name,
        line,
        spoke,
        tuple(conditions),
        tuple(one if isinstance(one, Mapping) else {"words": str(one)} for one in said or ()),
    )


def _ask(engine: Interpreting, entry: str, document: Mapping[str, Any]) -> Any:
    try:
        return engine.ask(entry, document)
    except Undefined:
        return None
    except EngineFault as fault:
        return [{"words": fault.message}]
