"""The catalogue of figures: one YAML entry each, shipped or the user's own; the user's wins by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from fairlead.config import check
from fairlead.config.entries import Entries
from fairlead.model.errors import ConfigFault, ConfigFaults
from fairlead.model.figures import Direction, Unit
from fairlead.model.typed import ready

SHIPPED = Path(__file__).parent / "catalogue"
_FILES = Entries(SHIPPED, "metrics")

Entity = Literal[
    "change", "deployment", "build", "incident", "repository", "work_item", "sprint", "page", "shift", "slo"
]

Doubt = Literal["gaps", "unknown_statuses"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    en: str
    de: str

    def in_language(self, language: str) -> str:
        """The text in a language; English where there is no other."""
        return self.de if language == "de" else self.en


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of DORA's published performance bands; beyond `medium` is low."""

    elite: float
    high: float
    medium: float


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure: what it means, how it is made, which rows it is made from."""

    name: str
    group: str
    title: Words
    definition: Words
    unit: Unit
    direction: Direction
    mark: Words | None = None
    """Usual mark in words."""
    source: str
    """Where the definition comes from."""
    caveats: tuple[Words, ...] = ()
    guardrail: str | None = None
    """Figure that shows the harm if this one is driven alone."""
    entity: Entity
    """What a row is: decides by what the figure can be limited."""
    segments: tuple[str, ...]
    minimum_n: int = 1
    """Below it the figure says that there is too little data; the set-up may ask for more."""
    version: int = 1
    value: str
    """SQL expression over `value` of the rows, like `quantile_cont(value, 0.5)`."""
    within: str | None = None
    """Optional select over `fitted(idx, end_at, id, moment, value, reason, ...)` that makes the values, by `idx`."""
    rows: str
    """Select of `id, moment, value, reason, repository`: `value` is null exactly where `reason` says why.
    What stands at the end of a window may call that moment `:end`."""
    shown: str | None = None
    """Select of the same rows without people, where `rows` names some."""
    rows_by: Mapping[str, str] = {}
    """Segment -> select of the same columns and one of its name, where the rows differ from one value to the next."""
    doubts: Mapping[Doubt, str] = {}
    """What makes a row that counts doubtful: SQL over the columns of the rows, counted in a note."""
    empty: str = "no_rows"
    """Why there is no value if there are no rows: key of a phrase."""
    parts: tuple[str, ...] = ()
    bands: Bands | None = None
    people: bool = False
    """Whether it tells of people: then small groups are suppressed."""
    people_of: str = "count(distinct id)"
    """How many people the rows tell of, where `id` is none: SQL over the columns of the rows."""
    grain: Literal["day", "week", "month"] = "week"
    standing: bool = False
    """Whether it tells of what stands at the end of a span: rows then last from `moment` to their `until`."""
    over_days: bool = False
    """Whether it counts distinct days of each complete period and takes the median of them."""
    path: str = ""
    """File that it was read from."""


ready(Entry)


def load(folders: Iterable[Path] = ()) -> Mapping[str, Entry]:
    """All entries by name; raises `ConfigFaults` with every fault of every file."""
    found, faults = read(folders)
    if faults:
        raise ConfigFaults(faults)
    return found


def read(folders: Iterable[Path] = ()) -> tuple[Mapping[str, Entry], list[ConfigFault]]:
    """The entries that are whole, and what is wrong with the others."""
    found, faults = _FILES.read(folders, Entry, lambda entry: entry.name)
    return found, [*faults, *_cross_faults(found)]


def fingerprint(folders: Iterable[Path] = ()) -> str:
    """Changes with any byte of any file that `load` would read, and with what it makes of them."""
    return _FILES.fingerprint(folders, Path(__file__).read_bytes())


def packed(entries: Mapping[str, Entry]) -> str:
    """All entries as one text that reads back a hundred times faster than YAML."""
    return msgspec.json.encode(list(entries.values())).decode()


def unpacked(text: str) -> Mapping[str, Entry]:
    """The entries of a packed text, in their order."""
    return {entry.name: entry for entry in msgspec.json.decode(text, type=list[Entry])}


def group(entries: Mapping[str, Entry], name: str) -> Sequence[str]:
    """Names of the figures of a group in the order of their files; parts come with their figure."""
    members = [entry.name for entry in entries.values() if entry.group == name]
    inner = {part for member in members for part in entries[member].parts}
    return [member for member in members if member not in inner]


def _cross_faults(found: Mapping[str, Entry]) -> list[ConfigFault]:
    faults = []
    for entry in found.values():
        for key, others in (("parts", entry.parts), ("guardrail", filter(None, [entry.guardrail]))):
            for other in others:
                if other not in found:
                    meant = check.did_you_mean(other, list(found), show=0)
                    faults.append(fault_at(entry, key, f"{entry.name}: there is no metric `{other}`{meant}"))
        faults += [
            fault_at(
                entry,
                "rows_by",
                f"{entry.name}: `{key}` is none of its segments{check.did_you_mean(key, list(entry.segments))}",
            )
            for key in entry.rows_by
            if key not in entry.segments
        ]
        if "person" in entry.segments:
            faults.append(fault_at(entry, "segments", f"{entry.name}: a person is no segment"))
    return faults


def fault_at(entry: Entry, key: str, words: str) -> ConfigFault:
    """A fault at the key of an entry that was read well by itself."""
    return _FILES.fault(Path(entry.path), lambda one: one.get("name") == entry.name, (key,), words)
