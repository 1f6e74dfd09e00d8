"""Finds in policies what the embedded engine lets pass, and OPA would refuse or, worse, both would take for a yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fairlead.config.check import did_you_mean
from fairlead.governance.policy import document, syntax, testing
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.policies import FAMILY, SAYS, Module, Policies
from fairlead.governance.policy.syntax import Rule, Text, Token
from fairlead.governance.policy.trial import try_out
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
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")


def faults(policies: Policies, *, own_only: bool = False) -> list[ConfigFault]:
    """Everything that is wrong; with `own_only` our own files are taken as they are, as a start does."""
    found = list(policies.faults)
    texts = {module.path: syntax.read(module.text) for module in policies.modules}
    world = _World.of(policies, texts)
    checked = [module for module in policies.modules if not (own_only and module.shipped)]
    for module in checked:
        found += [_at(module, at, words) for at, words in _Reading(module, texts[module.path], world).wrong()]
    if checked and not found:
        tests = {str(module.path): testing.bare(module) for module in policies.tests}
        found += try_out({**policies.texts, **tests}, policies.data, [VERDICT], [policies.usual])
    return sorted(set(found))


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
    """What names there are."""

    rules: Mapping[str, Mapping[str, bool]]
    """Package -> rule -> whether it is a function."""
    own: frozenset[str]
    """Names of data files."""

    @classmethod
    def of(cls, policies: Policies, texts: Mapping[Path, Text]) -> _World:
        rules: dict[str, dict[str, bool]] = {"fairlead.said": dict.fromkeys(("version", *SAYS.values()), False)}
        for module in policies.modules:
            held = rules.setdefault(module.package, {})
            for rule in texts[module.path].rules:
                held[rule.name] = held.get(rule.name, False) or rule.function
        return cls(rules, frozenset(policies.data["own"]))

    def missing(self, path: str) -> str:
        """Why a path below `data` leads nowhere; empty where it leads somewhere."""
        if path.split(".")[0] == "own" or any(f"{path}.".startswith(f"{ours}.") for ours in _OURS):
            parts = path.split(".")
            if parts[0] == "own" and len(parts) > 1 and parts[1] not in self.own:
                return f"no data file `{parts[1]}.json`{did_you_mean(parts[1], sorted(self.own))}"
            return ""
        if any(package == path or package.startswith(f"{path}.") for package in self.rules):
            return ""
        home = next((one for one in sorted(self.rules, key=len, reverse=True) if path.startswith(f"{one}.")), "")
        if not home:
            return f"no package `{path}`{did_you_mean(path, sorted(self.rules))}"
        rule = path[len(home) + 1 :].split(".")[0]
        if rule in self.rules[home]:
            return ""
        return f"no rule `{rule}` in `{home}`{did_you_mean(rule, sorted(self.rules[home]))}"


class _Reading:
    """One module among the others."""

    def __init__(self, module: Module, text: Text, world: _World) -> None:
        self._module, self._text, self._world = module, text, world
        self._names = world.rules.get(module.package, {})
        self._deciding = module.package.startswith(FAMILY) and not module.tests

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
        if self._deciding and not self._module.says and not any(self._names.values()):
            yield 0, f"it says nothing: none of {', '.join(SAYS)}{self._meant()}"

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

    def _wrong_path(self, path: str, called: bool, rule: Rule) -> str:
        first, _, rest = path.partition(".")
        if first == "input":
            return _unknown_input(rest)
        if first in self._text.imports:
            path = ".".join(filter(None, (self._text.imports[first][0], rest)))
            first, _, rest = path.partition(".")
            if first == "input":
                return _unknown_input(rest)
        if first == "data":
            return self._world.missing(rest) if rest else ""
        if not called or self._names.get(path) or path in (*_SPECIAL, *rule.arguments):
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

    def _meant(self) -> str:
        return next((hint for name in self._names if (hint := did_you_mean(name, list(SAYS), show=0))), "")


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


def _unknown_input(path: str) -> str:
    """What of the document there is not; below lists and free values every name may be."""
    known = document.fields()
    parts = path.split(".") if path else []
    for depth in range(1, len(parts) + 1):
        part = ".".join(parts[:depth])
        if part not in known:
            beside = [one for one in known if one.rpartition(".")[0] == part.rpartition(".")[0]]
            return f"no `input.{part}`{did_you_mean(part, beside)}"
        if known[part] is None:
            return ""
    return ""


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
