"""Types that are read while threads run are made ready where they are defined: a race in msgspec ends the process."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import fairlead

_SOURCE = Path(fairlead.__file__).parent
_READERS = {"convert", "decode", "Decoder"}
_PLAIN = {"Any", "Mapping", "Sequence"}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def named(node: ast.AST) -> set[str]:
    """Types of ours in an annotation, like `Card` of `list[d.Card]`."""
    found = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return {name for name in found if name.lstrip("_")[:1].isupper() and name.upper() != name} - _PLAIN


def test_what_is_read_is_ready() -> None:
    read: dict[str, str] = {}
    ready: set[str] = set()
    for path in _SOURCE.rglob("*.py"):
        # a command of the command line has one thread
        if path.is_relative_to(_SOURCE / "cli"):
            continue
        for call in calls(path):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "ready":
                ready |= {found for one in call.args for found in named(one)}
            if name in _READERS and "msgspec" in ast.unparse(call.func):
                kinds = [one.value for one in call.keywords if one.arg == "type"]
                kinds += call.args[1:2] if name == "convert" else call.args[:1] if name == "Decoder" else []
                read |= {found: path.name for kind in kinds for found in named(kind)}
    # what is made when its module is imported is ready by that
    within = {"Emergency", "Said"}
    assert len(read) > 15
    assert {name: at for name, at in read.items() if name not in ready | within} == {}
