"""Text -> tree, or a fault with its column and what could have stood there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from fairlead.metrics.seeds import glob_pattern
from fairlead.signals.language.tree import (
    Among,
    Call,
    Column,
    Compared,
    Denied,
    Joined,
    Kind,
    Known,
    Like,
    Literally,
    Node,
    Reckoned,
    Usual,
)

LONGEST = 2_000
DEEPEST = 5
"""Conditions within conditions: what nests deeper nobody reads."""
_DEEPEST_TREE = 40
"""Sums of sums and calls of calls as well: each level is a call of whoever walks the tree."""
_LARGEST = 1e15
_LONGEST_S = 100 * 365 * 86_400.0

_SETS = re.compile(r"\[[^\]]*(\[|&&|--|~~|\|\|)")
"""What engines of expressions read in different ways."""
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "bh": 3600.0, "bd": 8 * 3600.0}
"""A working day is eight hours, whoever works longer."""
_IN_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*(business |working )?([a-z]{1,7})")
_WORDS_OF = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class WrongError(Exception):
    """What is wrong with a condition, and where it begins, counted from 0."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message, self.at = message, at


def parse(text: str) -> Node:
    """The tree of a condition; raises `WrongError`."""
    from lark import LarkError, UnexpectedInput

    if len(text) > LONGEST:
        raise WrongError(f"{len(text)} characters are too long for a condition; use at most {LONGEST}")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as fault:
        # where the text ends too early the parser names the last thing that it saw, or nothing
        seen: Any = fault.pos_in_stream
        if seen is None or seen < 0 or getattr(getattr(fault, "token", None), "type", "") == "$END":
            raise WrongError("the condition ends too early", len(text.rstrip())) from fault
        raise WrongError(_why(text[seen:]), seen) from fault
    except LarkError as fault:
        raise WrongError(str(fault).splitlines()[0]) from fault
    if _levels(tree) > _DEEPEST_TREE:
        raise WrongError(f"this nests more than {_DEEPEST_TREE} deep; name parts as rules of their own")
    node = _Reader().read(tree)
    if _depth(node) > DEEPEST:
        raise WrongError(f"conditions stand in conditions more than {DEEPEST} deep; name parts as rules of their own")
    return node


def length_of(text: str, kind: Kind = "length") -> float | None:
    """Seconds of a length like `30m`, of the calendar or of working time; nothing where it is none."""
    try:
        node = parse(text)
    except WrongError:
        return None
    return float(node.value) if isinstance(node, Literally) and node.kind == kind else None


def meant_length(text: str) -> str:
    """A suggestion for a length that was written in words, like `3 days`; else empty."""
    found = _IN_WORDS.fullmatch(text.strip().lower())
    unit = next((unit for unit in ("m", "h", "d", "w") if found and _WORDS_OF[unit].startswith(found[3])), "")
    if not found or not unit:
        return ""
    return f"; did you mean `{found[1]}{'b' if found[2] and unit in 'hd' else ''}{unit}`?"


@cache
def _parser() -> Any:
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _why(rest: str) -> str:
    found = rest.split(maxsplit=1)[0][:20] if rest.strip() else ""
    if '"' in found:
        return "texts stand in single quotes: 'open'"
    if "==" in found or found == "=":
        return "one `=` compares"
    if "&&" in found or "||" in found:
        return "write `and` and `or`"
    return f"`{found}` cannot stand here" if found else "the condition ends too early"


class _Reader:
    """The parser's tree as ours."""

    def read(self, tree: Any) -> Node:
        """One node with all below it."""
        at = tree.meta.start_pos if getattr(tree, "meta", None) and not tree.meta.empty else 0
        return getattr(self, f"_{tree.data}")(tree.children, at)  # type: ignore[no-any-return]

    def _either(self, parts: list[Any], at: int) -> Node:
        return Joined("any", tuple(map(self.read, parts)), at)

    def _both(self, parts: list[Any], at: int) -> Node:
        return Joined("all", tuple(map(self.read, parts)), at)

    def _denied(self, parts: list[Any], at: int) -> Node:
        return Denied(self.read(parts[0]), at)

    def _compared(self, parts: list[Any], at: int) -> Node:
        return Compared(str(parts[1]), self.read(parts[0]), self.read(parts[2]), at)  # type: ignore[arg-type]

    def _reckoned(self, parts: list[Any], at: int) -> Node:
        return Reckoned(str(parts[1]), self.read(parts[0]), self.read(parts[2]), at)  # type: ignore[arg-type]

    def _among(self, parts: list[Any], at: int) -> Node:
        return Among(self.read(parts[0]), tuple(map(self.read, parts[1:])), at)

    def _not_among(self, parts: list[Any], at: int) -> Node:
        return Denied(self._among(parts, at), at)

    def _like(self, parts: list[Any], at: int) -> Node:
        glob = _unquoted(str(parts[1]))
        try:
            if _SETS.search(glob):
                raise re.error("letters in brackets cannot hold brackets or stand for sets")
            re.compile(glob_pattern(glob))
        except re.error as fault:
            raise WrongError(f"`{glob}` is no glob: {fault}", at) from fault
        return Like(self.read(parts[0]), glob, at)

    def _known(self, parts: list[Any], at: int) -> Node:
        return Known(self.read(parts[0]), at)

    def _unknown(self, parts: list[Any], at: int) -> Node:
        return Denied(Known(self.read(parts[0]), at), at)

    def _call(self, parts: list[Any], at: int) -> Node:
        return Call(str(parts[0]), tuple(map(self.read, parts[1:])), at)

    def _usual(self, parts: list[Any], at: int) -> Node:
        floor = self.read(parts[2]) if len(parts) > 2 else None
        return Usual(int(parts[0][1:]), str(parts[1]), floor, at)

    def _column(self, parts: list[Any], at: int) -> Node:
        return Column(str(parts[0]), at)

    def _number(self, parts: list[Any], at: int) -> Node:
        if float(parts[0]) > _LARGEST:
            raise WrongError(f"`{str(parts[0])[:12]}...` is more than anybody counts", at)
        return Literally(float(parts[0]), "number", at, str(parts[0]))

    def _share(self, parts: list[Any], at: int) -> Node:
        return Literally(float(parts[0][:-1]) / 100, "number", at, str(parts[0]))

    def _length(self, parts: list[Any], at: int) -> Node:
        said = str(parts[0])
        amount, unit = said.rstrip("abcdefghijklmnopqrstuvwxyz"), said.lstrip("0123456789.")
        seconds = float(amount) * _SECONDS[unit]
        if seconds > _LONGEST_S:
            raise WrongError(f"`{said}` is longer than a hundred years", at)
        return Literally(seconds, "worked" if unit.startswith("b") else "length", at, said)

    def _text(self, parts: list[Any], at: int) -> Node:
        return Literally(_unquoted(str(parts[0])), "text", at, str(parts[0]))

    def _true(self, _: list[Any], at: int) -> Node:
        return Literally(True, "flag", at, "true")

    def _false(self, _: list[Any], at: int) -> Node:
        return Literally(False, "flag", at, "false")


def _levels(tree: Any) -> int:
    waiting, deepest = [(tree, 1)], 0
    while waiting:
        one, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(part, level + 1) for part in getattr(one, "children", ())]
    return deepest


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _depth(node: Node) -> int:
    match node:
        case Joined(parts=parts):
            return 1 + max(map(_depth, parts))
        case Denied(one=one):
            return 1 + _depth(one)
    return 0
