"""Finds secrets and what is known of people in texts that would leave, before any policy is asked.

Here and not in Rego: the regular expressions of rego-cpp bring the whole process down on a long text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.governance.policy.document import Found
from fairlead.model.errors import ConfigFault

FILE = "patterns.yaml"
_KINDS = ("secret", "personal")


@dataclass(frozen=True)
class Patterns:
    """What to look for, by kind and name."""

    known: Mapping[str, Mapping[str, re.Pattern[str]]]
    said: Mapping[str, Mapping[str, str]]
    """The same as it was written, for the version of what decides."""


def read_patterns(read: Iterable[tuple[Path, Any]]) -> tuple[Patterns, list[ConfigFault]]:
    """Patterns of files that were read, a later one over an earlier one."""
    said: dict[str, dict[str, str]] = {kind: {} for kind in _KINDS}
    faults: list[ConfigFault] = []
    known: dict[str, dict[str, re.Pattern[str]]] = {kind: {} for kind in _KINDS}
    for path, values in read:
        for kind, name, text in _each(values):
            line, column = _place(values, kind, name)
            if kind not in _KINDS:
                faults.append(ConfigFault(str(path), line, column, f"no kind `{kind}`: `secret` or `personal`"))
                continue
            said[kind].pop(name, None)
            known[kind].pop(name, None)
            try:
                if text:
                    known[kind][name] = re.compile(text)
                    said[kind][name] = text
            except re.error as fault:
                faults.append(ConfigFault(str(path), line, column, f"`{name}` is no regular expression: {fault}"))
    return Patterns(known, said), faults


def screen(patterns: Patterns, texts: Iterable[str], own_domains: Collection[str] = ()) -> tuple[Found, ...]:
    """What texts hold of it; each finding once. A secret is named and never shown again."""
    found: dict[Found, None] = {}
    for text in texts:
        # signs that show nothing would break a token up for us, and paste whole for whoever reads it
        seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
        for name, pattern in patterns.known["secret"].items():
            if pattern.search(seen):
                found[Found(kind="secret", name=name)] = None
        for name, pattern in patterns.known["personal"].items():
            for hit in pattern.finditer(text):
                if not _ours(hit[0], own_domains):
                    found[Found(kind="personal", name=name, text=hit[0])] = None
    return tuple(found)


def _ours(text: str, domains: Collection[str]) -> bool:
    _, at, domain = text.lower().rpartition("@")
    # git's own address of a host is no person's, and a comment that shows how to clone must stay whole
    return bool(at) and (domain in domains or text.lower().startswith("git@"))


def _each(values: Any) -> Iterator[tuple[str, str, str]]:
    for kind, named in values.items() if isinstance(values, Mapping) else ():
        for name, text in named.items() if isinstance(named, Mapping) else ():
            yield str(kind), str(name), str(text or "")


def _place(values: Any, kind: str, name: str) -> tuple[int, int]:
    line, column = values[kind].lc.key(name)
    return line + 1, column + 1
