"""Policies as people read them: what each is for, where it stands, what its tests say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairlead.governance.policy.policies import Module, Policies
from fairlead.governance.policy.testing import tested_by, tests_of

_META = re.compile(r"\A((?:#[^\n]*\n)+)")


@dataclass(frozen=True, slots=True)
class Told:
    """A policy."""

    name: str
    title: str
    about: str
    says: tuple[str, ...]
    """Which of `allow`, `ask`, `deny`, `note` and `oblige` it may say."""
    path: str
    own: bool
    """Whether a team wrote it."""
    tests: int
    text: str


def listed(policies: Policies) -> list[Told]:
    """All that decide, and what puts them together."""
    counts: dict[str, int] = {}
    for module in policies.tests:
        counts[tested_by(module)] = counts.get(tested_by(module), 0) + len(tests_of(module))
    told = [one for one in policies.modules if one.says or one.package == "fairlead.main"]
    return [_told(one, counts.get(one.name, 0)) for one in sorted(told, key=lambda one: one.name)]


def _told(module: Module, tests: int) -> Told:
    title, about = meta(module)
    return Told(module.name, title, about, module.says, str(module.path), not module.shipped, tests, module.text)


def meta(module: Module) -> tuple[str, str]:
    """Title and description of a module's own comment (`# METADATA`), or its name."""
    found = _META.match(module.text)
    lines = [line.removeprefix("#").strip() for line in found[1].splitlines()] if found else []
    title = next((line.partition(":")[2].strip() for line in lines if line.startswith("title:")), module.name)
    at = next((index for index, line in enumerate(lines) if line.startswith("description:")), len(lines))
    first = lines[at].partition(":")[2].strip(" |>") if at < len(lines) else ""
    return title, " ".join(filter(None, (first, *lines[at + 1 :])))
