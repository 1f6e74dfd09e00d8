"""A mapping as plain values -> what the reader follows, with every fault and the key at which it stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeGuard

import msgspec

from fairlead.connectors.generic.conversions import CONVERSIONS, into_column
from fairlead.connectors.generic.paths import fault_of, template_fault
from fairlead.model.errors import Unreadable
from fairlead.model.schema import PERMITTING, TABLES, Column, columns

Place = tuple[str | int, ...]
Fault = tuple[Place, str]

FILLABLE = frozenset(TABLES) - {"sources", "sync_runs"} - PERMITTING
"""Tables that a mapping may fill; how sources are doing only Fairlead itself knows."""

_FILE_KEYS = ("mappings", "examples")
_MAPPING_KEYS = ("name", "when", "each", "record", "id", "version", "rank", "fields")
_TEST_KEYS = ("path", "header", "equals", "matches", "exists")
_FIELD_KEYS = ("path", "template", "value", "as", "map", "default")
_EXAMPLE_KEYS = ("name", "headers", "body", "expect")
_OURS = ("id", "source")
ANY_OTHER = "*"
"""Key of a `map` for all values that it does not name."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a payload."""

    path: str
    header: str
    kind: str
    """`equals`, `matches` or `exists`."""
    wanted: Any


@dataclass(frozen=True, slots=True)
class Said:
    """Where the value of a field comes from, and what is done to it."""

    path: str = ""
    template: str = ""
    value: Any = None
    steps: tuple[str, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """One mapping: which payloads it fits, and the record that it makes of each."""

    name: str
    tests: tuple[Condition, ...]
    each: str
    record: str
    id: Said
    version: str
    rank: int
    fields: Mapping[str, tuple[Column, Said]]


def compiled(plain: Any) -> tuple[Mapped, ...]:
    """The mappings of a checked file; raises `Unreadable` if they were not checked and are wrong."""
    try:
        return _compiled(msgspec.json.encode(plain))
    except (TypeError, ValueError) as fault:
        raise Unreadable("mapping", f"cannot be kept: {fault}") from None


@lru_cache(maxsize=16)
def _compiled(encoded: bytes) -> tuple[Mapped, ...]:
    # by content, since a reader is handed the same plain values with each delivery
    mapped, faults = check(msgspec.json.decode(encoded))
    for place, words in faults:
        raise Unreadable("mapping." + ".".join(map(str, place)), words)
    return mapped


def check(plain: Any) -> tuple[tuple[Mapped, ...], list[Fault]]:
    """The mappings and everything that is wrong with them."""
    checker = _Checker()
    mapped = tuple(checker.file(plain))
    return mapped, checker.faults


class _Checker:
    """Walks a file once, goes on after each fault."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def file(self, plain: Any) -> Iterator[Mapped]:
        if not self._keys((), plain, _FILE_KEYS):
            return
        listed = plain.get("mappings")
        if not isinstance(listed, list) or not listed:
            self._fault((), "expected `mappings`: a list of what payloads become")
        for index, each in enumerate(listed if isinstance(listed, list) else ()):
            before = len(self.faults)
            found = self._mapping(("mappings", index), each, index)
            if found is not None and len(self.faults) == before:
                yield found
        for index, example in enumerate(self._list((), plain, "examples")):
            self._example(("examples", index), example)

    def _mapping(self, place: Place, plain: Any, index: int) -> Mapped | None:
        if not self._keys(place, plain, _MAPPING_KEYS):
            return None
        for key in ("record", "id", "version", "fields"):
            if key not in plain:
                self._fault(place, f"`{key}` is missing")
        record = plain.get("record")
        if "record" in plain and not _known(record):
            self._fault((*place, "record"), f"no table `{record}`{did_you_mean(record, FILLABLE)}")
        tests = [
            self._test((*place, "when", number), test) for number, test in enumerate(self._list(place, plain, "when"))
        ]
        for key in ("each", "version"):
            if key in plain:
                self._path((*place, key), plain[key])
        rank = plain.get("rank", 20)
        if not isinstance(rank, int) or isinstance(rank, bool) or not 0 <= rank <= 99:
            self._fault((*place, "rank"), "expected a number from 0 to 99")
        identity = self._id((*place, "id"), plain["id"]) if "id" in plain else Said()
        if not _known(record):
            return None
        fields = self._fields((*place, "fields"), plain.get("fields"), record)
        name = str(plain.get("name") or f"mapping {index + 1}")
        each, version = str(plain.get("each") or ""), str(plain.get("version"))
        return Mapped(name, tuple(test for test in tests if test), each, record, identity, version, rank, fields)

    def _test(self, place: Place, plain: Any) -> Condition | None:
        if not self._keys(place, plain, _TEST_KEYS):
            return None
        where = [key for key in ("path", "header") if key in plain]
        kinds = [key for key in ("equals", "matches", "exists") if key in plain]
        if len(where) != 1 or len(kinds) != 1:
            self._fault(place, "expected one of `path` and `header`, and one of `equals`, `matches` and `exists`")
            return None
        kind, wanted = kinds[0], plain[kinds[0]]
        if "path" in plain:
            self._path((*place, "path"), plain["path"])
        elif not isinstance(plain["header"], str):
            self._fault((*place, "header"), "expected the name of a header")
        if kind == "exists" and not isinstance(wanted, bool):
            self._fault((*place, "exists"), "expected true or false")
        if kind == "matches" and (said := _pattern_fault(wanted)):
            self._fault((*place, "matches"), said)
        return Condition(str(plain.get("path") or ""), str(plain.get("header") or "").lower(), kind, wanted)

    def _id(self, place: Place, plain: Any) -> Said:
        said = self._template(place, plain) if isinstance(plain, str) and "{" in plain else None
        if said is None:
            self._path(place, plain)
        return said or Said(path=str(plain))

    def _fields(self, place: Place, plain: Any, record: str) -> dict[str, tuple[Column, Said]]:
        known = {column.name: column for column in columns(record) if column.name not in _OURS}
        found: dict[str, tuple[Column, Said]] = {}
        if not isinstance(plain, Mapping):
            if plain is not None:
                self._fault(place, "expected fields of the record, each with where it comes from")
            return found
        for name, given in plain.items():
            here = (*place, name)
            if name in _OURS:
                self._fault(here, f"`{name}` is not a field to map: it is made of `id` and of the source's name")
            elif name not in known:
                self._fault(here, f"{record} has no field `{name}`{did_you_mean(name, known)}")
            elif (said := self._said(here, given)) is not None:
                found[name] = (known[name], said)
                self._words(here, known[name], said)
        return found

    def _said(self, place: Place, plain: Any) -> Said | None:
        # a text alone is the usual case: a path
        if isinstance(plain, str):
            return Said(path=plain) if self._path(place, plain) else None
        if not self._keys(place, plain, _FIELD_KEYS):
            return None
        origins = [key for key in ("path", "template", "value") if key in plain]
        if len(origins) != 1:
            self._fault(place, "expected one of `path`, `template` and `value`")
            return None
        if "path" in plain:
            self._path((*place, "path"), plain["path"])
        if "template" in plain:
            self._template((*place, "template"), plain["template"])
        given = plain.get("as", [])
        steps = given if isinstance(given, list) else [given]
        for step in steps:
            if not isinstance(step, str) or step not in CONVERSIONS:
                self._fault((*place, "as"), f"no conversion `{step}`{did_you_mean(step, CONVERSIONS)}")
        table = plain.get("map") or {}
        if not isinstance(table, Mapping):
            self._fault((*place, "map"), "expected a table like `{ok: success}`")
            table = {}
        return Said(
            path=str(plain.get("path") or ""),
            template=str(plain.get("template") or ""),
            value=plain.get("value"),
            steps=tuple(map(str, steps)),
            table={_key(key): value for key, value in table.items()},
            default=plain.get("default"),
            has_default="default" in plain,
        )

    def _words(self, place: Place, column: Column, said: Said) -> None:
        """What the file itself states must fit its column: it is wrong now, not when the first payload comes."""
        stated: list[tuple[Place, Any]] = [(("map", key), value) for key, value in said.table.items()]
        stated += [(("value",), said.value), (("default",), said.default)]
        for inner, value in stated:
            try:
                if value is not None:
                    into_column(column, column.name, value)
            except Unreadable as fault:
                self._fault((*place, *inner), fault.problem)

    def _example(self, place: Place, plain: Any) -> None:
        if not self._keys(place, plain, _EXAMPLE_KEYS):
            return
        for key in ("body", "expect"):
            if key not in plain:
                self._fault(place, f"`{key}` is missing")
        headers = plain.get("headers", {})
        if not isinstance(headers, Mapping) or not all(isinstance(value, str) for value in headers.values()):
            self._fault((*place, "headers"), "expected a table of texts")
        for index, wanted in enumerate(self._list(place, plain, "expect")):
            here = (*place, "expect", index)
            record = wanted.get("record") if isinstance(wanted, Mapping) else None
            if not _known(record):
                self._fault(here, f"expected a `record`: no table `{record}`{did_you_mean(record, FILLABLE)}")
                continue
            known = {column.name for column in columns(record)} | {"record"}
            for name in wanted:
                if name not in known:
                    self._fault((*here, name), f"{record} has no field `{name}`{did_you_mean(name, known)}")

    def _keys(self, place: Place, plain: Any, known: Collection[str]) -> bool:
        if not isinstance(plain, Mapping):
            self._fault(place, f"expected a table with {', '.join(f'`{key}`' for key in known)}")
            return False
        for key in plain:
            if key not in known:
                self._fault((*place, key), f"unknown key `{key}`{did_you_mean(key, known)}")
        return True

    def _list(self, place: Place, plain: Mapping[str, Any], key: str) -> list[Any]:
        found = plain.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            self._fault((*place, key), "expected a list")
            return []
        return found

    def _path(self, place: Place, plain: Any) -> bool:
        said = fault_of(plain) if isinstance(plain, str) and plain else "expected a JMESPath, like `deploy.id`"
        if said:
            self._fault(place, said)
        return not said

    def _template(self, place: Place, plain: Any) -> Said:
        said = template_fault(plain) if isinstance(plain, str) and plain else "expected text like `{source}:{run.id}`"
        if said:
            self._fault(place, said)
        return Said(template=str(plain))

    def _fault(self, place: Place, words: str) -> None:
        self.faults.append((place, words))


def did_you_mean(word: Any, known: Collection[str]) -> str:
    """A suggestion with its leading separator, where a known word is near."""
    near = difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def _known(record: Any) -> TypeGuard[str]:
    # a list or a table, which a set cannot be asked for, may stand there too
    return isinstance(record, str) and record in FILLABLE


def _key(key: Any) -> str:
    # YAML reads `yes` and `1` as other things than text; a payload's value is compared as text as well
    return ("true" if key else "false") if isinstance(key, bool) else str(key)


def _pattern_fault(pattern: Any) -> str:
    try:
        re.compile(pattern)
    except (re.error, TypeError, RecursionError, OverflowError) as fault:
        return f"no regular expression: {fault}"
    return ""
