"""What the schema files of the dbt project say about marts: descriptions, and which columns name people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fairlead.metrics.project import SHIPPED


@dataclass(frozen=True, slots=True)
class MartColumn:
    """One documented column."""

    name: str
    doc: str
    person: bool
    """Whether it names or describes a person."""


@dataclass(frozen=True, slots=True)
class Mart:
    """One documented relation of the project."""

    name: str
    doc: str
    public: bool
    """Whether it is meant to be read; the others are steps on the way."""
    columns: tuple[MartColumn, ...]


@cache
def marts(folder: Path = SHIPPED) -> Mapping[str, Mart]:
    """Every relation that the schema files describe, models and computed sources alike."""
    from ruamel.yaml import YAML

    found: dict[str, Mart] = {}
    for path in sorted((folder / "models").rglob("*.yml")):
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
        for entry in said.get("models", ()):
            found[entry["name"]] = _mart(entry)
        for source in said.get("sources", ()):
            if source["name"] == "computed":
                found.update((entry["name"], _mart(entry)) for entry in source.get("tables", ()))
    return found


def _mart(entry: Mapping[str, Any]) -> Mart:
    own = tuple(
        MartColumn(column["name"], " ".join(str(column.get("description", "")).split()), _flag(column, "person"))
        for column in entry.get("columns", ())
    )
    doc = " ".join(str(entry.get("description", "")).split())
    return Mart(entry["name"], doc, _flag(entry, "public"), own)


def _flag(entry: Mapping[str, Any], name: str) -> bool:
    meta = {**entry.get("meta", {}), **entry.get("config", {}).get("meta", {})}
    return bool(meta.get(name))
