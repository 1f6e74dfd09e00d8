"""Rego cut into tokens, rules, bodies and literals, with the place of each: as much as checks and tests need.

The embedded engine says little of what it reads; this reads the same text beside it and judges nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)|(?P<raw>`[^`]*`)|(?P<string>"(?:\\.|[^"\\\n])*")
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>:=|==|!=|<=|>=|[-+*/%&|<>=.,;:(){}\[\]])|(?P<other>.)""",
    re.VERBOSE,
)
KEYWORDS = frozenset({
    "as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input", "not", "null",
    "package", "some", "true", "with",
})  # fmt: skip
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a text."""

    kind: str
    """`name`, `mark`, `string`, `raw`, `number`, `newline` or `other`."""
    text: str
    at: int
    """Where it stands, in characters."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, or one of several that make up a rule of a name."""

    name: str
    tokens: tuple[Token, ...]
    head: tuple[Token, ...]
    """Up to the body, without `default`."""
    bodies: tuple[tuple[Token, ...], ...]
    """Inside of each `{...}` after `if`, or the literal after it."""
    default: bool = False
    arguments: tuple[str, ...] = ()
    """Names that a function takes."""
    function: bool = False
    old: bool = False
    """Whether a body stands there without `if`, as Rego was written before its version 1."""

    @property
    def gathers(self) -> bool:
        """Whether it puts elements into a set."""
        return len(self.tokens) > 1 and self.tokens[1].text == "contains"

    @property
    def at(self) -> int:
        """Where it begins."""
        return self.tokens[0].at


@dataclass(frozen=True, slots=True)
class Text:
    """A whole module."""

    rules: tuple[Rule, ...]
    imports: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Short name -> path and place."""
    wrong: tuple[tuple[int, str], ...] = ()
    """What cannot be read, by place."""


def word_of(token: Token) -> str:
    """What a text between quotation marks says."""
    if token.kind == "raw":
        return token.text[1:-1]
    try:
        return str(json.loads(token.text))
    except ValueError:
        return token.text[1:-1]


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def tokens(text: str) -> list[Token]:
    """All words and marks; spaces and comments are gone, ends of lines stay."""
    found = (Token(str(one.lastgroup), one[0], one.start()) for one in _TOKEN.finditer(text))
    return [one for one in found if one.kind != "space"]


def read(text: str) -> Text:
    """Imports and rules of a module."""
    imports: dict[str, tuple[str, int]] = {}
    rules: list[Rule] = []
    wrong: list[tuple[int, str]] = []
    for statement in _statements(tokens(text), wrong):
        first = statement[0]
        if first.text == "package":
            continue
        if first.text == "import":
            words = [one.text for one in statement[1:] if one.text != "."]
            path, _, alias = " ".join(words).partition(" as ")
            parts = path.split()
            imports[alias or parts[-1]] = (".".join(parts), first.at)
        elif first.kind == "name":
            rules.append(_rule(statement))
        else:
            wrong.append((first.at, f"a rule cannot begin with `{first.text}`"))
    return Text(tuple(rules), imports, tuple(wrong))


def literals(body: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Literals of a body: one a line, or with `;` between; what is open goes on over lines."""
    yield from _split(body, lambda one: one.kind == "newline" or one.text == ";")


def _split(body: Sequence[Token], ends: Callable[[Token], bool]) -> Iterator[tuple[Token, ...]]:
    depth, part = 0, list[Token]()
    for index, one in enumerate(body):
        depth += (one.text in _OPEN and one.kind == "mark") - (one.text in _CLOSE and one.kind == "mark")
        # a line that ends or begins with an operator goes on
        if depth == 0 and ends(one) and not _goes_on(part, body[index + 1 :], one):
            if part:
                yield tuple(part)
            part = []
        elif one.kind != "newline":
            part.append(one)
    if part:
        yield tuple(part)


_JOINING = frozenset({"+", "-", "*", "/", "%", "&", "|", "<", ">", "=", "==", "!=", "<=", ">=", ":=", ",", ".", "in"})


def _goes_on(part: Sequence[Token], after: Sequence[Token], mark: Token) -> bool:
    if mark.kind != "newline":
        return False
    following = next((one for one in after if one.kind != "newline"), None)
    begins = following is not None and (following.text == "with" or (following.text in _JOINING - {"-"}))
    return bool(part) and (part[-1].text in _JOINING or begins)


def _statements(found: Sequence[Token], wrong: list[tuple[int, str]]) -> Iterator[list[Token]]:
    """Statements of a module: each begins a line outside of all brackets, `else` goes on with the one before."""
    opened: list[Token] = []
    part: list[Token] = []
    fresh = True
    for one in found:
        if one.kind == "mark" and one.text in _CLOSE:
            if not opened or _OPEN.index(opened[-1].text) != _CLOSE.index(one.text):
                wrong.append((one.at, f"`{one.text}` closes nothing"))
            else:
                opened.pop()
        if one.kind == "newline":
            fresh = not opened
            # inside of braces a line may end a literal
            part += [one] if opened else []
            continue
        if (
            fresh
            and part
            and one.text not in ("else", "{", "}")
            and part[-1].text not in (":=", "=", "if", "contains")
        ):
            yield part
            part = []
        fresh = False
        part.append(one)
        if one.kind == "mark" and one.text in _OPEN:
            opened.append(one)
        if one.kind == "other":
            wrong.append((one.at, f"`{one.text}` means nothing here"))
    wrong.extend((one.at, f"`{one.text}` is never closed") for one in opened)
    if part:
        yield part


def _rule(statement: list[Token]) -> Rule:
    default = statement[0].text == "default"
    said = statement[1:] if default else statement
    head, bodies = list[Token](), list[tuple[Token, ...]]()
    depth, index, old = 0, 0, False
    while index < len(said):
        one = said[index]
        if depth == 0 and one.text == "if" and one.kind == "name":
            body, index = _body(said, index + 1)
            bodies.append(body)
            continue
        if depth == 0 and one.text == "{" and _body_follows(said, index):
            body, index = _body(said, index)
            bodies.append(body)
            old = True
            continue
        depth += (one.text in _OPEN and one.kind == "mark") - (one.text in _CLOSE and one.kind == "mark")
        head.append(one)
        index += 1
    function = len(said) > 1 and said[1].text == "(" and said[1].at == said[0].at + len(said[0].text)
    names = _arguments(said) if function else ()
    name = said[0].text if said else ""
    return Rule(name, tuple(statement), tuple(head), tuple(bodies), default, names, function, old)


def _body_follows(said: Sequence[Token], index: int) -> bool:
    """Whether a brace opens a body and no object: it stands where a value has ended."""
    before = next((one for one in reversed(said[:index]) if one.kind != "newline"), None)
    if before is None:
        return False
    if before.kind == "name":
        return before.text == "else" or before.text not in KEYWORDS - {"true", "false", "null"}
    return before.text in (")", "]", "}") or before.kind in ("string", "raw", "number")


def _body(said: Sequence[Token], index: int) -> tuple[tuple[Token, ...], int]:
    if index < len(said) and said[index].text == "{" and _closes_statement(said, index):
        end = _closing(said, index)
        return tuple(said[index + 1 : end]), end + 1
    end = index
    depth = 0
    while end < len(said) and not (depth == 0 and said[end].text == "else"):
        depth += (said[end].text in _OPEN) - (said[end].text in _CLOSE)
        end += 1
    return tuple(said[index:end]), end


def _closes_statement(said: Sequence[Token], index: int) -> bool:
    """Whether the brace holds the whole body: after it nothing comes but `else`."""
    end = _closing(said, index)
    return end + 1 >= len(said) or said[end + 1].text in ("else", "{")


def _closing(said: Sequence[Token], index: int) -> int:
    depth = 0
    for end in range(index, len(said)):
        depth += (said[end].text in _OPEN) - (said[end].text in _CLOSE)
        if depth == 0:
            return end
    return len(said) - 1


def _arguments(said: Sequence[Token]) -> tuple[str, ...]:
    inside = said[2 : _closing(said, 1)]
    return tuple(one.text for one in inside if one.kind == "name" and one.text not in KEYWORDS)
