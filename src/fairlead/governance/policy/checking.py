"""Finds in policies what the embedded engine lets pass, and OPA would refuse or, worse, both would take for a yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fairlead.config.check import did_you_mean
from fairlead.governance.policy import comparing, elements, syntax, testing
from fairlead.governance.policy import document as documents
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.inferring import Inferring, Names
from fairlead.governance.policy.policies import FAMILY, SAYS, Module, Policies
from fairlead.governance.policy.shapes import ANY, Shape, joined, of_value, unsaid
from fairlead.governance.policy.syntax import Rule, Text, Token
from fairlead.governance.policy.trial import Question, Trial, try_out
from fairlead.governance.policy.variables import unsafe
from fairlead.model.errors import ConfigFault

_UNREPEATABLE = {
    "time.now_ns": "take `input.time.now_ns`: a decision must be the same when it is looked at again",
    "rand.intn": "a decision must not be thrown like dice",
    "uuid.rfc4122": "a decision must not be thrown like dice",
    "opa.runtime": "a decision must not hang on where it is made",
    "http.send": "a decision must not hang on who answers: put what you need into a data file",
}
_OURS = ("fairlead.settings", "fairlead.rights", "fairlead.team_rights", "fairlead.usual", "own")
_SPECIAL = {"set", "print", "contains"}


def faults(policies: Policies, *, own_only: bool = False) -> list[ConfigFault]:
    """Everything that is wrong; with `own_only` our own files are taken as they are, as a start does."""
    found = list(policies.faults)
    texts = {module.path: syntax.read(module.text) for module in policies.modules}
    world = _World.of(policies, texts)
    checked = [module for module in policies.modules if not (own_only and module.shipped)]
    for module in checked:
        found += [_at(module, at, words) for at, words in _Reading(module, texts[module.path], world).wrong()]
    if checked:
        found += _tried(policies, texts, found)
    return sorted(set(found))


def _tried(policies: Policies, texts: Mapping[Path, Text], found: Sequence[ConfigFault]) -> list[ConfigFault]:
    """What the engine itself says of them; with faults known already it only reads."""
    tests = {str(module.path): testing.bare(module) for module in policies.tests}
    # our own first: what is asked of all together is asked last, when each of the team's rules has had its turn
    own = [module for module in policies.modules if not module.shipped]
    asked = [
        Question(
            f"{module.package}/{rule.name}".replace(".", "/"), str(module.path), *syntax.place(module.text, rule.at)
        )
        for module in own if not module.tests
        for rule in {one.name: one for one in reversed(texts[module.path].rules)}.values() if not rule.function
    ]  # fmt: skip
    # of brackets that do not fit it says the same in more words
    unread = {str(path) for path, text in texts.items() if text.wrong}
    trial = Trial(
        {path: text for path, text in {**policies.texts, **tests}.items() if path not in unread},
        policies.data,
        [] if found else [*asked, Question(VERDICT)],
        documents.trying(policies.usual),
        [str(module.path) for module in own],
    )
    return try_out(trial)


def remarks(policies: Policies) -> list[ConfigFault]:
    """What is no fault and yet worth a word: a policy that nothing tests."""
    tested = {testing.tested_by(module) for module in policies.tests if testing.tests_of(module)}
    return [
        ConfigFault(
            str(module.path), 1, 1, f"nothing tests `{module.name}`: write {module.path.stem}_test.rego beside it"
        )
        for module in policies.deciding
        if module.name not in tested
    ]


@dataclass(frozen=True)
class _World:
    """What names there are, what stands for them, and which of them anybody reads."""

    modules: Sequence[tuple[Module, Text]]
    rules: Mapping[str, Mapping[str, bool]]
    """Package -> rule -> whether it is a function."""
    data: Mapping[str, Any]
    _asked: set[str] = field(default_factory=set)
    _known: dict[str, Shape] = field(default_factory=dict)

    @classmethod
    def of(cls, policies: Policies, texts: Mapping[Path, Text]) -> _World:
        rules: dict[str, dict[str, bool]] = {"fairlead.said": dict.fromkeys(("version", *SAYS.values()), False)}
        for module in policies.modules:
            held = rules.setdefault(module.package, {})
            for rule in texts[module.path].rules:
                held[rule.name] = held.get(rule.name, False) or rule.function
        return cls([(one, texts[one.path]) for one in policies.modules], rules, policies.data)

    def names(self, module: Module, text: Text) -> Names:
        """What a module's names stand for."""
        imports = {name: path for name, (path, _) in text.imports.items()}
        return Names(imports, module.package, frozenset(self.rules.get(module.package, {})), self.shape)

    def shape(self, path: str) -> Shape:
        """What stands at a path below `data`."""
        if path not in self._known:
            # a rule that comes back to itself is told elsewhere
            if path in self._asked:
                return ANY
            self._asked.add(path)
            self._known[path] = self._shape(path)
        return self._known[path]

    def _shape(self, path: str) -> Shape:
        if path.startswith(("own.", "fairlead.settings")):
            node: Any = self.data
            for part in path.split("."):
                if not isinstance(node, Mapping) or part not in node:
                    return ANY
                node = node[part]
            # what a setting is today says nothing of tomorrow, and a list of today may be empty
            return unsaid(of_value(node)) if path.startswith("fairlead") else of_value(node)
        package, _, name = path.rpartition(".")
        if name not in self.rules.get(package, {}):
            return ANY
        return joined(
            Inferring(rule, self.names(module, text)).value()
            for module, text in self.modules
            for rule in text.rules
            if module.package == package and rule.name == name
        )

    @cached_property
    def read(self) -> frozenset[tuple[str, str]]:
        """Package and name of each rule that anything which decides comes to; tests count for nothing here."""
        uses: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for module, text in self.modules:
            for rule in text.rules if not module.tests else ():
                uses.setdefault((module.package, rule.name), set()).update(self._used(module, text, rule))
        todo = [one for one in uses if _is_asked(*one)]
        seen = set(todo)
        while todo:
            fresh = uses.get(todo.pop(), set()) - seen
            seen |= fresh
            todo += fresh
        return frozenset(seen)

    def _used(self, module: Module, text: Text, rule: Rule) -> Iterator[tuple[str, str]]:
        own = self.rules[module.package]
        yield from ((module.package, one.text) for one in rule.tokens if one.kind == "name" and one.text in own)
        for name, _, _ in _paths(rule):
            first, _, rest = name.partition(".")
            path = ".".join(filter(None, (text.imports[first][0], rest))) if first in text.imports else name
            if path.startswith("data."):
                yield from self._at(path.removeprefix("data."))

    def _at(self, path: str) -> Iterator[tuple[str, str]]:
        for package, held in self.rules.items():
            below = path.removeprefix(f"{package}.").split(".")[0]
            if path.startswith(f"{package}.") and below in held:
                yield package, below
            elif f"{package}.".startswith(f"{path}."):
                # a package that is taken as a whole, whatever is picked from it
                yield from ((package, name) for name in held)

    def missing(self, path: str) -> str:
        """Why a path below `data` leads nowhere; empty where it leads somewhere."""
        if path.split(".")[0] == "own" or any(f"{path}.".startswith(f"{ours}.") for ours in _OURS):
            parts = path.split(".")
            if parts[0] == "own" and len(parts) > 1 and parts[1] not in self.data["own"]:
                return f"no data file `{parts[1]}.json`{did_you_mean(parts[1], sorted(self.data['own']))}"
            return self._missing_in(parts)
        if any(package == path or package.startswith(f"{path}.") for package in self.rules):
            return ""
        home = next((one for one in sorted(self.rules, key=len, reverse=True) if path.startswith(f"{one}.")), "")
        if not home:
            return f"no package `{path}`{did_you_mean(path, sorted(self.rules))}"
        rule = path[len(home) + 1 :].split(".")[0]
        if rule in self.rules[home]:
            return ""
        return f"no rule `{rule}` in `{home}`{did_you_mean(rule, sorted(self.rules[home]))}"

    def _missing_in(self, parts: Sequence[str]) -> str:
        node: Any = self.data
        for depth, part in enumerate(parts):
            if not isinstance(node, Mapping):
                return ""
            if part not in node:
                # the document that tests start from stands nowhere else
                if parts[:2] == ["fairlead", "usual"]:
                    return ""
                return f"no `{part}` in `data.{'.'.join(parts[:depth])}`{did_you_mean(part, list(node))}"
            node = node[part]
        return ""


def _is_asked(package: str, name: str) -> bool:
    """Whether a rule is where decisions begin."""
    return package == "fairlead.main" or (package.startswith(FAMILY) and name in SAYS)


class _Reading:
    """One module among the others."""

    def __init__(self, module: Module, text: Text, world: _World) -> None:
        self._module, self._text, self._world = module, text, world
        self._names = world.rules.get(module.package, {})
        self._deciding = module.package.startswith(FAMILY) and not module.tests
        self._inside = world.names(module, text)

    def wrong(self) -> Iterator[tuple[int, str]]:
        """Places with what is wrong there."""
        yield from self._text.wrong
        if self._text.wrong:
            # everything after a bracket that is never closed would be told too
            return
        for path, at in self._text.imports.values():
            if path.startswith("data.") and (why := self._world.missing(path.removeprefix("data."))):
                yield at, why
        for rule in self._text.rules:
            yield from self._of_rule(rule)
        yield from self._circles()
        unread = list(self._unread())
        yield from unread
        if self._deciding and not unread and not self._module.says and not any(self._names.values()):
            yield 0, f"it says nothing: none of {', '.join(SAYS)}"

    def _unread(self) -> Iterator[tuple[int, str]]:
        """Rules that look as if they said something, and that nobody hears."""
        if self._module.tests:
            return
        package = self._module.package
        for rule in {rule.name: rule for rule in reversed(self._text.rules)}.values():
            if (package, rule.name) in self._world.read:
                continue
            if self._deciding:
                meant = did_you_mean(rule.name.lower(), list(SAYS), show=0)
                if meant or rule.gathers:
                    yield rule.at, f"nobody reads `{rule.name}`{meant or did_you_mean(rule.name, list(SAYS))}"
            elif rule.name in SAYS:
                hint = f"policies are packages `{FAMILY}<name>`"
                yield rule.at, f"nobody reads `{rule.name}` of the package `{package}`: {hint}"

    def _of_rule(self, rule: Rule) -> Iterator[tuple[int, str]]:
        if rule.old:
            yield rule.at, f"`{rule.name}`: a body needs `if` before it (this is Rego of before version 1)"
        if self._deciding and rule.name in SAYS:
            words = [one.text for one in rule.head[:3]]
            if rule.default or len(words) < 2 or words[1] != "contains":
                yield rule.at, f"`{rule.name}` is a set: write `{rule.name} contains ... if {{`"
        if not self._module.tests:
            yield from ((one.at, _WITH) for one in rule.tokens if one.kind == "name" and one.text == "with")
        known = {*self._names, *self._text.imports, *_SPECIAL}
        for one in unsafe(rule, known):
            yield one.at, f"nothing binds `{one.text}`{did_you_mean(one.text, sorted(known), show=0)}"
        for path, at, called in _paths(rule):
            if why := self._wrong_path(path, called, rule):
                yield at, why
        inferred = Inferring(rule, self._inside)
        yield from comparing.paths(inferred)
        if not self._module.tests:
            yield from comparing.comparisons(inferred)
        if self._deciding:
            yield from elements.wrong(inferred)

    def _wrong_path(self, path: str, called: bool, rule: Rule) -> str:
        first, _, rest = path.partition(".")
        if first in self._text.imports:
            path = ".".join(filter(None, (self._text.imports[first][0], rest)))
            first, _, rest = path.partition(".")
        if first == "data":
            return self._world.missing(rest) if rest else ""
        if first == "input" or not called or self._names.get(path) or path in (*_SPECIAL, *rule.arguments):
            return ""
        if path in _UNREPEATABLE:
            return f"`{path}`: {_UNREPEATABLE[path]}"
        if _is_builtin(path):
            return ""
        functions = [name for name, function in self._names.items() if function]
        return (
            f"no function `{path}`{did_you_mean(path, functions, show=0)}; the embedded engine has none of that name"
        )

    def _circles(self) -> Iterator[tuple[int, str]]:
        uses: dict[str, set[str]] = {}
        for rule in self._text.rules:
            # its own name stands in the head
            words = rule.tokens[2 if rule.default else 1 :]
            named = {
                one.text
                for index, one in enumerate(words)
                if one.kind == "name" and one.text in self._names and (index == 0 or words[index - 1].text != ".")
            }
            uses.setdefault(rule.name, set()).update(named - set(rule.arguments))
        for rule in {rule.name: rule for rule in self._text.rules}.values():
            if _reaches(rule.name, rule.name, uses):
                yield rule.at, f"`{rule.name}` comes back to itself"


_WITH = "the embedded engine does not bear `with` outside of tests"


def _paths(rule: Rule) -> Iterator[tuple[str, int, bool]]:
    """Dotted paths with their place, and whether they are called."""
    words = [one for one in rule.tokens if one.kind != "newline"]
    index = 1
    while index < len(words):
        one = words[index]
        if one.kind != "name" or words[index - 1].text == ".":
            index += 1
            continue
        parts, at = [one.text], one.at
        while index + 2 < len(words) and words[index + 1].text == "." and words[index + 2].kind == "name":
            parts.append(words[index + 2].text)
            index += 2
        called = index + 1 < len(words) and words[index + 1].text == "(" and not _spaced(words, index)
        if len(parts) > 1 or called:
            yield ".".join(parts), at, called
        index += 1


def _spaced(words: Sequence[Token], index: int) -> bool:
    return words[index].at + len(words[index].text) != words[index + 1].at


def _reaches(name: str, wanted: str, uses: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    todo = list(uses.get(name, ()))
    while todo:
        one = todo.pop()
        if one == wanted:
            return True
        if one not in seen:
            seen.add(one)
            todo += uses.get(one, ())
    return False


@cache
def _engine() -> Callable[[str], bool]:
    from regopy import Interpreter

    # kept: asking it takes no time, making it does
    interpreter = Interpreter()
    return lambda name: bool(interpreter.is_builtin(name))


@cache
def _is_builtin(name: str) -> bool:
    return _engine()(name)


def _at(module: Module, at: int, words: str) -> ConfigFault:
    return ConfigFault(str(module.path), *syntax.place(module.text, at), words)
