"""Every phrase that the pages can say: read from templates and code, so that none is missing in a language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

import fairlead.ui
from fairlead.connectors.kit.guide import Guide, Meanings, Right, Step, Way, guides

ROOT = Path(fairlead.ui.__file__).parent
_ONE = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_TWO = re.compile(r"""\bplural\(\s*"([^"]*)",\s*"([^"]*)\"""")
_SAID = ("DONE", "TURNS", "REASONS", "ROLES", "WORDS", "GROUPS", "DIRECTIONS", "_TITLES", "_TYPES")
"""Names of tables whose texts are said by a variable."""
_IN_GUIDES = {Guide: ("brings", "needs"), Right: ("why",), Way: ("title", "about"), Step: ("say",), Meanings: ()}
"""What the set-up pages say of a guide; names of rights and paths of clicks are the tool's own words."""
NOT_OURS = frozenset({"dora", "flow", "review", "quality", "sprint"})


def phrases() -> Iterator[str]:
    """Keys of the catalogue of the pages; of a plural only the singular."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for found in _ONE.finditer(text):
            yield (found[1] or found[2]).replace("\\'", "'")
        for found in _TWO.finditer(text):
            yield found[1]
    for path in sorted(ROOT.rglob("*.py")):
        if path.name != "parts.py":
            yield from _in_code(ast.parse(path.read_text(encoding="utf-8")))
    for guide in guides().values():
        yield from _in_guide(guide)


def _in_guide(part: msgspec.Struct) -> Iterator[str]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name in _IN_GUIDES[type(part)] and value:
            yield value
        elif name == "titles":
            yield from value.values()
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, msgspec.Struct):
                yield from _in_guide(inner)


def _in_code(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in _SAID for target in targets) and node.value:
                yield from _texts(node.value)


def _called(node: ast.Call) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ("words", "plural", "speech") and node.args:
        yield from _texts(node.args[0])
    if name == "Page" and len(node.args) > 1:
        yield from _texts(node.args[1])


def _texts(value: ast.expr) -> Iterator[str]:
    """The texts that an expression may give: of a dictionary its values, of a choice both sides."""
    match value:
        case ast.Constant(value=str() as text):
            if text and text not in NOT_OURS:
                yield text
        case ast.Dict():
            for inner in value.values:
                yield from _texts(inner)
        case ast.Tuple() | ast.List():
            for inner in value.elts:
                yield from _texts(inner)
        case ast.IfExp():
            yield from _texts(value.body)
            yield from _texts(value.orelse)
