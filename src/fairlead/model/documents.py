"""YAML and JSON that people write: plain values, and the line and column of every key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairlead.model.errors import ConfigFault, ConfigFaults
from fairlead.model.times import iso

if TYPE_CHECKING:
    from ruamel.yaml import YAML

Place = tuple[str | int, ...]
"""Path of a key: names and positions in lists."""
Places = Mapping[Place, tuple[int, int]]

_LARGEST = 1 << 20
_MOST_PLACES = 100_000


def parsed(path: Path, largest: int = _LARGEST) -> tuple[Any, Places]:
    """Values with JSON's types, and where each key stands; raises `ConfigFaults` for what is no YAML."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = read_text(path, largest)
    places: dict[Place, tuple[int, int]] = {}
    try:
        # the same text twice: values as YAML means them, and nodes, which alone know their places
        plain = _reader().load(text)
        _place(_reader().compose(text), (), places)
        return _plain(plain), places
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise wrong(path, line, column, str(fault.problem or fault.context or "no YAML")) from fault
    except RecursionError as fault:
        raise wrong(path, 1, 1, "nested too deeply, or an anchor holds itself") from fault
    except (YAMLError, ValueError) as fault:
        raise wrong(path, 1, 1, f"no YAML: {str(fault).splitlines()[0]}") from fault


def _reader() -> YAML:
    """Reads what looks like a day and is none, like `2026-13-40`, as text: who asks for the day can name the key."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor

    class Constructor(SafeConstructor):
        def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
            try:
                return super().construct_yaml_timestamp(node, values)
            except ValueError:
                return node.value

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", Constructor.construct_yaml_timestamp)
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Constructor
    return reader


def read_text(path: Path, largest: int = _LARGEST) -> str:
    """The text of a file that people write; raises `ConfigFaults` for one that is none or too large."""
    try:
        if path.stat().st_size > largest:
            raise wrong(path, 1, 1, f"larger than {largest >> 20} MB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise wrong(path, 1, 1, f"cannot be read: {(fault.strerror or str(fault)).lower()}") from fault
    except UnicodeDecodeError as fault:
        raise wrong(path, 1, 1, "this is no UTF-8: save the file as UTF-8") from fault


def wrong(path: Path, line: int, column: int, words: str) -> ConfigFaults:
    """One fault of a file."""
    return ConfigFaults([ConfigFault(str(path), line, column, words)])


def nearest(places: Places, place: Sequence[str | int]) -> tuple[int, int]:
    """Line and column of a key, else of the nearest thing around it."""
    for depth in range(len(place), 0, -1):
        if found := places.get(tuple(place[:depth])):
            return found
    return places.get((), (1, 1))


def _place(node: Any, place: Place, places: dict[Place, tuple[int, int]]) -> None:
    if node is None:
        return
    if len(places) > _MOST_PLACES:
        # a few aliases of aliases unfold to more than any memory
        raise ValueError("its aliases unfold to too much")
    places.setdefault(place, (node.start_mark.line + 1, node.start_mark.column + 1))
    if node.id == "mapping":
        for key, value in node.value:
            here = (*place, key.value)
            _place(value, here, places)
            # a fault is about the key: its value may begin lines below
            places[here] = (key.start_mark.line + 1, key.start_mark.column + 1)
    elif node.id == "sequence":
        for index, value in enumerate(node.value):
            _place(value, (*place, index), places)


def _plain(value: Any) -> Any:
    """YAML's dates as the text that JSON has for them; keys as text."""
    if isinstance(value, Mapping):
        return {_key(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return iso(value) if value.tzinfo else f"{value.isoformat()}Z"
    return value.isoformat() if isinstance(value, date) else value


def _key(key: Any) -> str:
    return ("true" if key else "false") if isinstance(key, bool) else str(key)
