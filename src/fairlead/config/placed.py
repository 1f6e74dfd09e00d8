"""YAML as nodes: each value with the place where it stands, and each entry read apart from its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fairlead.model.errors import ConfigFault

DEEPEST = 30
MOST = 20_000
"""Values of one entry: aliases of aliases can stand for more than any machine holds."""

Keys = Sequence[str | int]


class Key(str):
    """A key that is itself what is wrong: its place is its own, and not that of its value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that was read, or why it cannot be."""

    path: Path
    root: Any
    """Its node; nothing where it is empty or cannot be read."""
    faults: tuple[ConfigFault, ...] = ()

    def fault(self, node: Any, words: str) -> ConfigFault:
        """A fault where a node begins; of the whole file without one."""
        return ConfigFault(str(self.path), *(_begin(node) if node is not None else (1, 1)), words)

    def at(self, node: Any, keys: Keys, words: str, *, value: bool = True, offset: int | None = None) -> ConfigFault:
        """A fault at a key below a node or at its value, else at the nearest thing around it.

        With `offset` at that letter of a text, where the file has the text as it is read.
        """
        place = _begin(node)
        for key in keys:
            found = _below(node, key)
            if found is None:
                return ConfigFault(str(self.path), *place, words)
            own, node = found
            place = _begin(node if value and not isinstance(key, Key) else own)
        line, column = place
        if offset is not None:
            column += _letter(node, offset)
        return ConfigFault(str(self.path), line, column, words)


def placed(path: Path) -> Placed:
    """The nodes of a file; one that cannot be read must not hide what is wrong with the others."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    def broken(words: str, line: int = 1, column: int = 1) -> Placed:
        return Placed(path, None, (ConfigFault(str(path), line, column, words),))

    try:
        return Placed(path, _composed(path.read_text(encoding="utf-8")))
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        return broken(str(fault.problem or fault.context), *((mark.line + 1, mark.column + 1) if mark else (1, 1)))
    except RecursionError:
        return broken("lists and tables nest too deep to be read")
    except OSError as fault:
        return broken((fault.strerror or str(fault)).lower())
    except (UnicodeDecodeError, YAMLError):
        return broken("this is no text in UTF-8")
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as fault:
        # What the parser itself stumbles over, like a version of YAML that is no number.
        return broken(f"this is no YAML: {str(fault).splitlines()[0] if str(fault) else type(fault).__name__}")


def items(node: Any) -> list[Any]:
    """The nodes of a list; none where it is something else."""
    return list(node.value) if _is_list(node) else []


def keys_of(node: Any) -> list[str]:
    """The plain keys of a table."""
    return [key.value for key, _ in node.value if isinstance(key.value, str)] if _is_table(node) else []


def below(node: Any, key: str) -> Any:
    """The value of a key; nothing where there is none."""
    found = _below(node, key)
    return found[1] if found else None


def value_of(file: Placed, node: Any) -> tuple[Any, list[ConfigFault]]:
    """What a node says, with what it says twice; nothing where it cannot be read. Nobody changes what it gives."""
    said, told = _said(node)
    return said, [ConfigFault(str(file.path), line, column, words) for line, column, words in told]


# Ours take a second to parse, and all homes that a process opens read the same ones.
@lru_cache(maxsize=64)
def _composed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).compose(text)


@lru_cache(maxsize=2_048)
def _said(node: Any) -> tuple[Any, Sequence[tuple[int, int, str]]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if why := _unreadable(node):
        return None, [(*_begin(node), why)]
    # before the values are made, which writes what is merged into the nodes
    twice = [(*_begin(key), f"the key `{key.value}` stands twice") for key in _twice(node)]
    yaml = YAML(typ="safe", pure=True)
    # told with their places: of the two the first counts, so that the rest can be looked at
    yaml.allow_duplicate_keys = True
    try:
        return yaml.constructor.construct_document(node), twice
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else _begin(node)
        return None, [(line, column, str(fault.problem))]
    except (YAMLError, ValueError, TypeError, OverflowError, ArithmeticError) as fault:
        return None, [(*_begin(node), f"this cannot be read: {fault}")]


def _unreadable(node: Any) -> str:
    """What a reader of the values would not survive, or no store could keep."""
    waiting, seen = [(node, 0)], 0
    while waiting:
        one, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST:
            why = f"nests more than {DEEPEST} deep" if depth > DEEPEST else f"stands for more than {MOST:,} values"
            return f"this {why}: does it hold itself by an alias?"
        parts = one.value
        if _is_table(one):
            parts = [part for pair in one.value for part in pair]
            if not all(isinstance(key.value, str) for key, _ in one.value):
                return "a key of this is no text"
        elif not _is_list(one):
            if any("\ud800" <= letter <= "\udfff" for letter in one.value):
                return "a text of this holds half a letter, which no file can keep"
            continue
        waiting += [(part, depth + 1) for part in parts]
    return ""


def _twice(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if _is_table(one):
            held: set[str] = set()
            for key, value in one.value:
                if key.value in held:
                    yield key
                held.add(key.value)
                waiting.append(value)
        elif _is_list(one):
            waiting += one.value


def _is_table(node: Any) -> bool:
    return getattr(node, "id", "") == "mapping"


def _is_list(node: Any) -> bool:
    return getattr(node, "id", "") == "sequence"


def _below(node: Any, key: str | int) -> tuple[Any, Any] | None:
    """Nodes of a key and of its value; in a list both are the item."""
    if isinstance(key, int):
        return (node.value[key],) * 2 if _is_list(node) and 0 <= key < len(node.value) else None
    pairs = node.value if _is_table(node) else ()
    return next(((own, value) for own, value in pairs if own.value == key), None)


def _begin(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _letter(node: Any, offset: int) -> int:
    """How far behind the beginning of a text its letter stands; 0 where it is written otherwise than it reads."""
    start, end, said = node.start_mark, node.end_mark, node.value
    quotes = 1 if node.style in ("'", '"') else 0
    length = end.column - start.column if start.line == end.line else -1
    # a text of several lines, or one with escapes, is another than its file has
    return quotes + offset if isinstance(said, str) and length == len(said) + 2 * quotes else 0
