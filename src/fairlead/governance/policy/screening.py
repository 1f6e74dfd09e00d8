"""Finds secrets and what is known of people in texts that would leave, before any policy is asked.

Here and not in Rego: the regular expressions of rego-cpp bring the whole process down on a long text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.governance.policy.document import Found
from fairlead.model.errors import ConfigFault

FILE = "patterns.yaml"
_KINDS = ("secret", "personal")
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Signs that show nothing and are no format signs to Unicode: joiners, fillers, selectors of a form."""
_TAKEN_OUT = re.compile(r"\[secret taken out: ([A-Za-z0-9_.-]{1,80})\]")


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
    """What texts hold of it, or held; each finding once. A secret is named and never shown again."""
    found: dict[Found, None] = {}
    for text in texts:
        seen, places = _seen(text)
        for name in _TAKEN_OUT.findall(seen):
            found[Found(kind="secret", name=name)] = None
        for name, pattern in patterns.known["secret"].items():
            if pattern.search(seen):
                found[Found(kind="secret", name=name)] = None
        for name, pattern in patterns.known["personal"].items():
            for hit in pattern.finditer(seen):
                if not _ours(hit[0], own_domains):
                    # as it stands in the text, so that all of it can be taken out
                    said = text[places[hit.start()] : places[hit.end() - 1] + 1]
                    found[Found(kind="personal", name=name, text=said)] = None
    return tuple(found)


def without_secrets(patterns: Patterns, text: str) -> str:
    """A text with the name of each secret in its place, by which it is still found and refused."""
    for name, pattern in patterns.known["secret"].items():
        seen, places = _seen(text)
        # from the end on, so that the places before stay
        for hit in reversed(list(pattern.finditer(seen))):
            if hit.end() > hit.start():
                text = f"{text[: places[hit.start()]]}[secret taken out: {name}]{text[places[hit.end() - 1] + 1 :]}"
    return text


def _seen(text: str) -> tuple[str, Sequence[int]]:
    """A text as people read it, and where each sign of it stands.

    Signs that show nothing would break a token up for us, and paste whole for whoever reads it; wide forms of letters
    read the same to people.
    """
    if text.isascii():
        return text, range(len(text))
    signs, places = [], []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) != "Cf" and not _BLANK.match(sign):
            plain = unicodedata.normalize("NFKC", sign)
            signs.append(plain)
            places += [place] * len(plain)
    return "".join(signs), places


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
