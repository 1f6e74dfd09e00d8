"""Runs tests that are written in Rego, as `opa test` does. One that does not hold is undefined, so it is looked for.

The embedded engine ends the whole process at many a `with`. So a test is cut at them: the documents that it hands
over are worked out first, and what is said of each is then asked with that document as the input.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from fairlead.governance.policy import syntax
from fairlead.governance.policy.embedded import Interpreting
from fairlead.governance.policy.engine import EngineFault, Undefined
from fairlead.governance.policy.policies import Module, Policies
from fairlead.governance.policy.syntax import Rule, Token

_PREFIX = "test_"


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test."""

    policy: str
    """Name of the policy."""
    name: str
    holds: bool
    words: str
    """Why it does not hold."""
    path: str
    line: int


@dataclass(slots=True)
class _Part:
    """Literals of a test that go by the same documents."""

    module: Module
    test: str
    number: int
    before: tuple[str, ...]
    """What was bound above, which it may name."""
    handed: tuple[tuple[str, str], ...] = ()
    """`input` or a path of `data` -> the value that stands in for it."""
    said: list[str] = field(default_factory=list)

    @property
    def entry(self) -> str:
        """The rule that holds if it does."""
        return f"{self.module.package}/{self.test}__part_{self.number}".replace(".", "/")

    @property
    def documents(self) -> str:
        """The rule that gives what is handed over."""
        return f"{self.entry}__documents"

    def rules(self) -> str:
        """Both, as Rego."""
        name, body = f"{self.test}__part_{self.number}", "\n\t".join((*self.before, *self.said))
        values = ", ".join(value for _, value in self.handed)
        bound = "\n\t".join(self.before) or "true"
        return f"\n{name} if {{\n\t{body}\n}}\n\n{name}__documents := [{values}] if {{\n\t{bound}\n}}\n"


def run(policies: Policies, only: str = "") -> list[Tested]:
    """Runs the tests of all policies, or of one."""
    parts = [part for module in policies.tests if only in ("", tested_by(module)) for part in _cut(module)]
    failures = _failures(policies, parts) if parts else {}
    return [
        _told(module, rule, failures.get((module.package, rule.name), ""))
        for module in policies.tests
        if only in ("", tested_by(module))
        for rule in tests_of(module)
    ]


def tests_of(module: Module) -> list[Rule]:
    """The tests in a file."""
    return [rule for rule in syntax.read(module.text).rules if rule.name.startswith(_PREFIX)]


def tested_by(module: Module) -> str:
    """Name of the policy that a file of tests is about."""
    return module.name.removesuffix("_test")


def _cut(module: Module) -> Iterator[_Part]:
    for rule in tests_of(module):
        part = _Part(module, rule.name, 0, ())
        bound: list[str] = []
        for literal in (one for body in rule.bodies for one in syntax.literals(body)):
            said, handed = _without_with(module.text, literal)
            if handed and handed != part.handed:
                if part.said:
                    yield part
                part = _Part(module, rule.name, part.number + 1, tuple(bound), handed)
            # what is bound without any document may be named by all that follow
            if not handed and len(literal) > 1 and literal[1].text == ":=":
                bound.append(said)
                if part.handed:
                    continue
            part.said.append(said)
        yield part


def _without_with(text: str, literal: Sequence[Token]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A literal without its `with`, and what they hand over."""
    cuts = list(_withs(literal))
    end = literal[-1].at + len(literal[-1].text)
    stops = [literal[index].at for index in cuts] + [end]
    handed = []
    for start, stop in pairwise(stops):
        target, _, value = text[start + len("with") : stop].partition(" as ")
        handed.append((target.strip(), value.strip()))
    return text[literal[0].at : stops[0]].rstrip(), tuple(handed)


def _withs(literal: Sequence[Token]) -> Iterator[int]:
    depth = 0
    for index, one in enumerate(literal):
        depth += (one.text in ("(", "[", "{")) - (one.text in (")", "]", "}"))
        if depth == 0 and one.kind == "name" and one.text == "with":
            yield index


def _failures(policies: Policies, parts: Sequence[_Part]) -> dict[tuple[str, str], str]:
    """Package and name of each test that does not hold -> why."""
    texts = dict(policies.texts)
    for module in policies.tests:
        own = "".join(part.rules() for part in parts if part.module == module)
        texts[str(module.path)] = bare(module) + own
    data = {**policies.data, "fairlead": {**policies.data["fairlead"], "usual": policies.usual}}
    found: dict[tuple[str, str], str] = {}
    asked: dict[str, list[tuple[_Part, Any]]] = {}
    try:
        engine = Interpreting(texts, data, [part.documents for part in parts])
    except EngineFault as fault:
        return {(part.module.package, part.test): fault.message for part in parts}
    for part in parts:
        try:
            handed = engine.ask(part.documents, {})
        except EngineFault as fault:
            found[part.module.package, part.test] = f"what it hands over cannot be told: {fault.message}"
            continue
        document, changed = _handed(data, part, handed)
        asked.setdefault(json.dumps(changed, sort_keys=True), []).append((part, document))
    for changed, group in asked.items():
        engine = Interpreting(texts, json.loads(changed), [part.entry for part, _ in group])
        for part, document in group:
            if why := _why_not(engine, part.entry, document):
                found.setdefault((part.module.package, part.test), why)
    return found


def _handed(data: Mapping[str, Any], part: _Part, values: Sequence[Any]) -> tuple[Any, Any]:
    """The input and the data that a part goes by."""
    whole: dict[str, Any] = {"input": {}, "data": copy.deepcopy(dict(data))}
    for (target, _), value in zip(part.handed, values, strict=True):
        *way, last = target.split(".")
        node = whole
        for step in way:
            node = node.setdefault(step, {})
        node[last] = value
    return whole["input"], whole["data"]


def bare(module: Module) -> str:
    """What a file of tests holds besides them."""
    text = module.text
    for rule in reversed(tests_of(module)):
        end = rule.tokens[-1].at + len(rule.tokens[-1].text)
        text = text[: rule.at] + text[end:]
    return text


def _why_not(engine: Interpreting, entry: str, document: Any) -> str:
    try:
        said = engine.ask(entry, document)
    except Undefined:
        return "does not hold"
    except EngineFault as fault:
        return fault.message
    return "" if said is True else "does not hold"


def _told(module: Module, rule: Rule, failure: str) -> Tested:
    line, _ = syntax.place(module.text, rule.at)
    return Tested(tested_by(module), rule.name, not failure, failure, str(module.path), line)
