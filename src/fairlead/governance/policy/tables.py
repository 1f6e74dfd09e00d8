"""Reads the YAML tables beside policies, with the place of each key for faults."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fairlead.model.errors import ConfigFault


def read_tables(name: str, folders: Iterable[Path]) -> tuple[list[tuple[Path, Any]], list[ConfigFault]]:
    """The files of a name that are there, in the order of their folders; a later one goes over an earlier one."""
    found: list[tuple[Path, Any]] = []
    faults: list[ConfigFault] = []
    for path in (path for folder in folders if (path := folder / name).is_file()):
        said = _yaml(path, faults)
        if isinstance(said, dict):
            found.append((path, said))
        elif said is not None:
            faults.append(ConfigFault(str(path), 1, 1, "expected keys with what they hold"))
    return found, faults


def _yaml(path: Path, faults: list[ConfigFault]) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        faults.append(ConfigFault(str(path), line, column, str(fault.problem)))
    except (OSError, UnicodeDecodeError, YAMLError) as fault:
        faults.append(ConfigFault(str(path), 1, 1, f"cannot be read: {fault}"))
    return None
