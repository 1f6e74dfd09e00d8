"""All policies of a home: ours, and a team's own, which stand in their place by package or beside them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from fairlead.governance.policy import rights, screening
from fairlead.governance.policy.freezes import Freezes, as_values, read_freezes
from fairlead.governance.policy.screening import Patterns
from fairlead.governance.policy.tables import read_tables
from fairlead.model.errors import ConfigFault

SHIPPED = Path(__file__).parent / "shipped"
FAMILY = "fairlead.policies."
"""Where packages of policies stand; what follows is the policy's name."""
SAYS = {"allow": "allowed", "ask": "asked", "deny": "denied", "note": "noted", "oblige": "obliged"}
"""Rule of a policy -> where `main.rego` finds what it said."""
_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_SAYING = re.compile(rf"^({'|'.join(SAYS)})\b", re.MULTILINE)
_RESERVED = ("fairlead.main", "fairlead.said")


@dataclass(frozen=True, slots=True)
class Module:
    """A file of Rego."""

    path: Path
    package: str
    text: str
    shipped: bool

    @property
    def name(self) -> str:
        """Name of the policy, or the whole package of what is none."""
        return self.package.removeprefix(FAMILY)

    @property
    def tests(self) -> bool:
        """Whether it only holds tests: those are kept out of every decision."""
        return self.path.stem.endswith("_test")

    @property
    def says(self) -> tuple[str, ...]:
        """Which of `allow`, `ask`, `deny`, `note` and `oblige` it has."""
        found = set(_SAYING.findall(self.text)) if self.package.startswith(FAMILY) and not self.tests else set()
        return tuple(one for one in SAYS if one in found)


@dataclass(frozen=True)
class Policies:
    """Modules and data that decide together."""

    modules: tuple[Module, ...]
    data: Mapping[str, Any]
    patterns: Patterns
    freezes: Freezes
    faults: tuple[ConfigFault, ...] = ()
    """What is wrong with a file: with any of them nothing is decided but no."""
    version: str = field(default="")
    """Hash of all that decides."""

    @cached_property
    def usual(self) -> dict[str, Any]:
        """The input document that `cases.of` of tests starts from."""
        return dict(json.loads((SHIPPED / "usual.json").read_bytes()))

    @property
    def texts(self) -> dict[str, str]:
        """Path -> text of what decides, tests left out."""
        kept = {str(one.path): one.text for one in self.modules if not one.tests}
        return {**kept, "said.rego": self.gathered}

    @property
    def named(self) -> dict[str, str]:
        """The same by names that hold on any machine, for a server or a bundle."""
        kept = {f"{one.package}/{one.path.name}": one.text for one in self.modules if not one.tests}
        return {**kept, "said.rego": self.gathered}

    @property
    def tests(self) -> tuple[Module, ...]:
        """Files of tests."""
        return tuple(one for one in self.modules if one.tests)

    @property
    def deciding(self) -> tuple[Module, ...]:
        """Policies that say something, by name."""
        return tuple(sorted((one for one in self.modules if one.says), key=lambda one: one.name))

    @property
    def gathered(self) -> str:
        """The module that gathers what each policy says."""
        # made, since a rule that walked all packages would have the engine work out every helper of every one
        lines = ["package fairlead.said", "", f"version := {json.dumps(self.version)}", "", _ENTRY]
        lines += [f"{place} contains one if some one in []" for place in SAYS.values()]
        for module in self.deciding:
            for rule in module.says:
                said = "due" if rule == "oblige" else "entry"
                lines += [
                    f"{SAYS[rule]} contains {said}({json.dumps(module.name)}, one) if {{",
                    f"\tsome one in data.{module.package}.{rule}",
                    "}",
                ]
        return "\n".join(lines) + "\n"


_ENTRY = """\
entry(policy, one) := object.union({"rule": policy, "words": "", "role": "member", "count": 1, "policy": policy}, one) if {
	is_object(one)
} else := {"rule": policy, "words": one, "role": "member", "count": 1, "policy": policy} if {
	is_string(one)
} else := {"rule": policy, "words": "says neither a text nor an object", "role": "owner", "count": 99, "policy": policy}

due(policy, one) := object.union({"rule": policy}, one) if {
	is_object(one)
} else := {"rule": policy, "kind": "unreadable"}
"""  # noqa: E501


def load(
    folders: Iterable[Path] = (),
    settings: Mapping[str, Any] | None = None,
    freezes_in: Sequence[Path] = (),
    zone: str = "UTC",
) -> Policies:
    """Reads everything; what cannot be read is a fault and never left out in silence."""
    folders = list(folders)
    faults: list[ConfigFault] = []
    modules = _modules(folders, faults)
    tables, wrong = read_tables(rights.FILE, [SHIPPED, *folders])
    table, teams, more = rights.read_rights(tables)
    tables, unread = read_tables(screening.FILE, [SHIPPED, *folders])
    patterns, unclear = screening.read_patterns(tables)
    freezes, thawed = read_freezes(freezes_in, zone)
    faults += [*wrong, *more, *unread, *unclear, *thawed]
    ranks = {"": 0, **{role: rank for rank, role in enumerate(rights.ROLES)}}
    # apart from the settings: the embedded engine copies what it reaches into, and the table is long
    ours = {"settings": {"ranks": ranks, **(settings or {})}, "rights": table, "team_rights": teams}
    data = {"fairlead": ours, "own": _own_data(folders, faults)}
    version = hashlib.sha256(json.dumps([data, patterns.said, as_values(freezes)], sort_keys=True).encode())
    for module in sorted(modules, key=lambda one: (one.package, one.path.name)):
        if not module.tests:
            version.update(f"\0{module.package}\0{module.text}".encode())
    return Policies(tuple(modules), data, patterns, freezes, tuple(faults), version.hexdigest()[:16])


def _modules(folders: list[Path], faults: list[ConfigFault]) -> list[Module]:
    shipped = [one for path in sorted(SHIPPED.glob("*.rego")) if (one := _module(path, True, faults))]
    own = [
        one for folder in folders for path in sorted(folder.rglob("*.rego")) if (one := _module(path, False, faults))
    ]
    for one in own:
        if one.package in _RESERVED:
            faults.append(ConfigFault(str(one.path), 1, 1, f"the package `{one.package}` is Fairlead's own"))
    # tests of a policy that a team replaces would tell of the old one
    replaced = {one.package for one in own}
    replaced |= {f"{package}_test" for package in replaced}
    return [one for one in shipped if one.package not in replaced] + own


def _module(path: Path, shipped: bool, faults: list[ConfigFault]) -> Module | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        faults.append(ConfigFault(str(path), 1, 1, f"cannot be read: {fault}"))
        return None
    found = _PACKAGE.search(text)
    if not found:
        faults.append(
            ConfigFault(str(path), 1, 1, "no package: the first line says `package fairlead.policies.<name>`")
        )
        return None
    return Module(path, found[1], text, shipped)


def _own_data(folders: list[Path], faults: list[ConfigFault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.json")):
            try:
                found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as fault:
                faults.append(ConfigFault(str(path), 1, 1, f"cannot be read: {fault}"))
    return found
