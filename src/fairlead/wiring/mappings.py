"""Mapping files of sources of `generic`: found beside the settings, checked before anything starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fairlead.config.load import OWN_FOLDER, Loaded
from fairlead.connectors.generic.files import load_mapping
from fairlead.model.errors import ConfigFault, ConfigFaults

_KIND = "mappings"


def load_mappings(loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Source -> what its mapping file says of payloads; raises `ConfigFaults` with all faults of all files."""
    found: dict[str, dict[str, Any]] = {}
    faults: list[ConfigFault] = []
    for name, source in loaded.settings.sources.items():
        if not source.mapping and (source.tool or name) != "generic":
            continue
        if not source.mapping:
            faults.append(loaded.fault(("sources", name, "mapping"), 'names no mapping: say `mapping = "FILE.yaml"`'))
            continue
        path = mapping_path(loaded, source.mapping)
        if path is None:
            words = f"no file `{source.mapping}`, neither beside this file nor in {OWN_FOLDER}/{_KIND}/"
            faults.append(loaded.fault(("sources", name, "mapping"), words))
            continue
        try:
            # without the examples: another one is no reason to read a source again
            found[name] = {"mappings": load_mapping(path)["mappings"]}
        except ConfigFaults as wrong:
            faults += wrong.faults
    if faults:
        # two sources may share one file, whose faults are then told once
        raise ConfigFaults(sorted(set(faults)))
    return found


def mapping_path(loaded: Loaded, name: str) -> Path | None:
    """Where a mapping of this name lies; `None` if nowhere."""
    beside = loaded.path.parent if loaded.path else Path.cwd()
    given = Path(name).expanduser()
    return next((path for path in (beside / given, beside / OWN_FOLDER / _KIND / given) if path.is_file()), None)


def mapping_files(loaded: Loaded) -> Iterator[tuple[str, Path]]:
    """Each file that a source names, with that source, and each that lies in the folder unused, with its own name."""
    seen: set[Path] = set()
    for name, source in loaded.settings.sources.items():
        if source.mapping and (path := mapping_path(loaded, source.mapping)):
            seen.add(path.resolve())
            yield name, path
    for folder in loaded.own_folders(_KIND):
        for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
            if path.resolve() not in seen:
                yield path.stem, path


def source_of(loaded: Loaded, path: Path) -> str:
    """The source that reads by a file, else the file's own name: what `{source}` stands for in ids."""
    named = (name for name, used in mapping_files(loaded) if used.resolve() == path.resolve())
    return next(named, path.stem)
