"""Edits `fairlead.toml` where a command was asked to, keeping comments and order."""

from __future__ import annotations

from pathlib import Path

import tomlkit


def count_tags(path: Path) -> bool:
    """Adds `tag` to `[deployments] sources`; tells whether the file changed."""
    # Not `tomllib`: what a person wrote around the value must come back as it was.
    file = tomlkit.parse(path.read_text(encoding="utf-8")) if path.is_file() else tomlkit.document()
    section = file.setdefault("deployments", tomlkit.table())
    sources = list(section.get("sources", []))
    if "tag" in sources:
        return False
    section["sources"] = [*sources, "tag"]
    # A home that was never used has no folder yet, and settings may be the first thing in it.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps(file), encoding="utf-8")
    return True
