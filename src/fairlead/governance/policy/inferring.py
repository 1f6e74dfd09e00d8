"""What kind of value each expression of a rule has, as far as its text tells; of the rest nothing is claimed.

Values come from the input document, data files, literals, and from other rules. A name that is bound in several ways
is what any of them makes it, so that nothing right is ever told as wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fairlead.config.check import did_you_mean
from fairlead.governance.policy.shapes import ANY, Shape, joined, of, the_input
from fairlead.governance.policy.syntax import KEYWORDS, Rule, word_of

Span = tuple[int, int]
"""First token of an expression, and the one after it."""
Told = tuple[int, str]
Outer = Callable[[str], Shape]
"""What stands at a path below `data`."""
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_DEEPEST = 20
"""Brackets in brackets that are looked into."""
_JOINING = frozenset("+-*/%&|")
_GIVES = {
    "count": "number", "sum": "number", "max": "", "min": "", "abs": "number", "round": "number",
    "to_number": "number",
    "lower": "string", "upper": "string", "concat": "string", "sprintf": "string", "trim": "string",
    "trim_space": "string", "trim_prefix": "string", "trim_suffix": "string", "replace": "string",
    "startswith": "boolean", "endswith": "boolean", "contains": "boolean", "glob.match": "boolean",
    "regex.match": "boolean", "split": "array",
}  # fmt: skip
"""Built-in -> kind of what it gives."""
_TAKES = {
    "startswith": "string", "endswith": "string", "lower": "string", "upper": "string", "trim_space": "string",
    "trim": "string", "trim_prefix": "string", "trim_suffix": "string", "split": "string", "contains": "string",
    "abs": "number", "round": "number",
}  # fmt: skip
"""Built-in -> kind of its first argument; of another it fails, and with it all that is asked."""


@dataclass(frozen=True)
class Names:
    """What names of a module stand for, beside those of a rule itself."""

    imports: Mapping[str, str]
    """Short name -> path, like `data.fairlead.settings`."""
    package: str
    rules: frozenset[str]
    outer: Outer


class Inferring:
    """One rule."""

    def __init__(self, rule: Rule, names: Names) -> None:
        self.rule, self.names = rule, names
        self.words = [one for one in rule.tokens if one.kind != "newline"]
        self._asked: set[str] = set()
        self._deep = 0

    @cached_property
    def spans(self) -> Mapping[int, int]:
        """Where each expression without operators begins -> where it ends."""
        found: dict[int, int] = {}
        for index, one in enumerate(self.words):
            begins = one.kind in ("string", "raw", "number")
            begins |= one.kind == "mark" and one.text in _OPEN and not self._goes_on(index)
            begins |= one.kind == "name" and not self._after_dot(index) and one.text not in KEYWORDS - _VALUES
            if begins:
                found[index] = self._end(index)
        return found

    @cached_property
    def ends(self) -> Mapping[int, int]:
        """The other way round; of several that end in one place the outermost."""
        return {end: start for start, end in sorted(self.spans.items(), reverse=True)}

    def _goes_on(self, index: int) -> bool:
        """Whether a bracket belongs to the name or bracket right before it: a call, or a place in a list."""
        if not index or self.words[index].text == "{":
            return False
        before = self.words[index - 1]
        ended = before.text in (")", "]", "}") or (before.kind == "name" and before.text not in KEYWORDS - _ROOTS)
        return ended and before.at + len(before.text) == self.words[index].at

    def _after_dot(self, index: int) -> bool:
        return index > 0 and self.words[index - 1].text == "."

    @cached_property
    def _closes(self) -> Mapping[int, int]:
        found, opened = dict[int, int](), list[int]()
        for index, one in enumerate(self.words):
            if one.kind == "mark" and one.text in _OPEN:
                opened.append(index)
            elif one.kind == "mark" and one.text in _CLOSE and opened:
                found[opened.pop()] = index
        return found

    def closing(self, index: int) -> int:
        """Where the bracket that opens there is closed."""
        return self._closes.get(index, len(self.words) - 1)

    def _end(self, index: int) -> int:
        one = self.words[index]
        end = (self.closing(index) if one.kind == "mark" and one.text in _OPEN else index) + 1
        while end < len(self.words):
            if self.words[end].text == "." and end + 1 < len(self.words) and self.words[end + 1].kind == "name":
                end += 2
            elif self.words[end].text in ("[", "(") and self._goes_on(end):
                end = self.closing(end) + 1
            else:
                break
        return end

    def parted(self, start: int, stop: int, mark: str = ",") -> list[Span]:
        """What stands between marks, brackets left whole."""
        parts, depth, begun = list[Span](), 0, start
        for index in range(start, stop):
            one = self.words[index]
            if one.kind == "mark":
                depth += (one.text in _OPEN) - (one.text in _CLOSE)
                if depth == 0 and one.text == mark:
                    parts.append((begun, index))
                    begun = index + 1
        return [one for one in (*parts, (begun, stop)) if one[0] < one[1]]

    def left_of(self, index: int) -> Span | None:
        """The expression right before an operator, if it stands alone there."""
        start = self.ends.get(index)
        if start is None or (start and self.words[start - 1].text in _JOINING - {"|"}):
            return None
        return start, index

    def right_of(self, index: int) -> Span | None:
        """The expression right after an operator, if it stands alone there."""
        start = index + 1
        first = start + (start + 1 < len(self.words) and self.words[start].text == "-")
        end = self.spans.get(first)
        if end is None or (end < len(self.words) and self.words[end].text in _JOINING - {"|"}):
            return None
        # a set of which something is taken together with another one goes on; a comprehension does not
        if end < len(self.words) and self.words[end].text == "|" and not self._heads_comprehension(end):
            return None
        return start, end

    def _heads_comprehension(self, bar: int) -> bool:
        depth = 0
        for index in range(bar - 1, -1, -1):
            one = self.words[index]
            if one.kind == "mark":
                depth += (one.text in _CLOSE) - (one.text in _OPEN)
            if depth < 0:
                return one.text in ("[", "{")
        return False

    def shape(self, span: Span | None) -> Shape:
        """What an expression is."""
        if span is None:
            return ANY
        start, end = span
        if end <= start:
            return ANY
        one = self.words[start]
        if one.text == "-" and end == start + 2 and self.words[start + 1].kind == "number":
            return of("number", -_number(self.words[start + 1].text))
        if self.spans.get(start) != end:
            return ANY
        if one.kind in ("string", "raw"):
            return of("string", word_of(one)) if end == start + 1 else ANY
        if one.kind == "number":
            return of("number", _number(one.text))
        if one.text in _OPEN and one.kind == "mark":
            return self._bracket(start, end)
        if one.text in _VALUES - _ROOTS:
            return of("null" if one.text == "null" else "boolean")
        *_, (_, last) = self.walk(start, end)
        return last

    def _bracket(self, start: int, end: int) -> Shape:
        if self.closing(start) + 1 != end or self._deep >= _DEEPEST:
            return ANY
        self._deep += 1
        try:
            return self._inside(start, end)
        finally:
            self._deep -= 1

    def _inside(self, start: int, end: int) -> Shape:
        if self.words[start].text == "(":
            return self.shape((start + 1, end - 1))
        kind = "array" if self.words[start].text == "[" else "set"
        heads = self.parted(start + 1, end - 1, "|")
        if len(heads) > 1:
            if len(self.parted(*heads[0], ":")) > 1:
                return of("object")
            return Shape(frozenset((kind,)), items=self.shape(heads[0]))
        parts = self.parted(start + 1, end - 1)
        if kind == "set" and (not parts or len(self.parted(*parts[0], ":")) > 1):
            return of("object")
        return Shape(frozenset((kind,)), items=joined(map(self.shape, parts)))

    def walk(self, start: int, end: int) -> Iterator[tuple[Told | None, Shape]]:
        """The steps of a path like `input.subject.labels[_]`: what is wrong with each, and what it leads to."""
        first = self.words[start]
        here, index, path = self._first(start, end)
        yield None, here
        while index < end:
            if self.words[index].text == "(":
                path, here = "", self._call(start, index)
                index = self.closing(index) + 1
            elif self.words[index].text == ".":
                key = self.words[index + 1].text
                path, here, why = _below(path, here, key)
                yield (first.at, why) if why else None, here
                index += 2
                continue
            else:
                path, here, why = self._at(path, here, index)
                index = self.closing(index) + 1
                yield (first.at, why) if why else None, here
                continue
            yield None, here

    def _first(self, start: int, end: int) -> tuple[Shape, int, str]:
        """What a path begins with, where it goes on, and how that is called."""
        first = self.words[start]
        if first.text == "input":
            return the_input(), start + 1, "input"
        parts, index = [first.text], start + 1
        while index + 1 < end and self.words[index].text == ".":
            parts.append(self.words[index + 1].text)
            index += 2
        called = index < end and self.words[index].text == "("
        if called and len(parts) > 1:
            return ANY, index, ""
        if first.text in self._local or first.text in self.rule.arguments:
            return self._of_local(first.text), start + 1, first.text
        root = self.names.imports.get(first.text, first.text if first.text == "data" else "")
        if root.partition(".")[0] == "input":
            return self._imported(root), start + 1, root
        if root:
            return self.names.outer(".".join((root, *parts[1:])).removeprefix("data.")), index, ""
        if first.text in self.names.rules and not called:
            return self.names.outer(f"{self.names.package}.{first.text}"), start + 1, first.text
        return ANY, start + 1, first.text

    def _imported(self, path: str) -> Shape:
        here = the_input()
        for part in path.split(".")[1:]:
            here = (here.fields or {}).get(part, ANY)
        return here

    def _call(self, start: int, index: int) -> Shape:
        name = "".join(one.text for one in self.words[start:index])
        if name in self.names.rules:
            return self.names.outer(f"{self.names.package}.{name}")
        kind = _GIVES.get(name, "")
        return of(kind) if kind else ANY

    def _at(self, path: str, here: Shape, index: int) -> tuple[str, Shape, str]:
        """What a bracket after a path leads to."""
        end = self.closing(index)
        key = self.words[index + 1]
        if end == index + 2 and key.kind in ("string", "raw"):
            if here.kinds == {"array"}:
                return "", ANY, f"`{path}` is a list, which has no `{key.text}`; write `{key.text} in {path}`"
            return _below(path, here, word_of(key))
        return f"{path}[_]" if path else "", here.item() if here.fields is None else ANY, ""

    @cached_property
    def _local(self) -> Mapping[str, list[tuple[Span | None, bool]]]:
        """Name -> each expression that it is bound to, and whether to what stands in it."""
        found: dict[str, list[tuple[Span | None, bool]]] = {}
        for index, one in enumerate(self.words):
            if one.text in ("some", "every") and one.kind == "name":
                for name, span in self._declared(index + 1):
                    found.setdefault(name, []).append((span, True))
            if one.text in (":=", "=") and one.kind == "mark" and index:
                self._set(index, found)
        return found

    def _set(self, index: int, found: dict[str, list[tuple[Span | None, bool]]]) -> None:
        left = self.left_of(index)
        if left is None:
            return
        if left[1] - left[0] == 1 and self.words[left[0]].kind == "name":
            name = self.words[left[0]].text
            # the name of the rule itself, whose value follows
            if left[0] > int(self.rule.default) and name not in _VALUES:
                found.setdefault(name, []).append((self.right_of(index), False))
            return
        if self.words[left[0]].text in ("[", "{"):
            for one in self.words[left[0] : left[1]]:
                if one.kind == "name" and one.text not in KEYWORDS:
                    found.setdefault(one.text, []).append((None, False))

    def _declared(self, index: int) -> Iterator[tuple[str, Span | None]]:
        """Names after `some` or `every` with what they go through; of a key nothing is told."""
        names, begun = list[str](), index
        while index < len(self.words) and self.words[index].text != "in":
            one = self.words[index]
            after = self.words[index + 1].text if index + 1 < len(self.words) else ""
            if one.kind == "name" and one.text not in KEYWORDS and after in ("in", ","):
                names.append(one.text)
            elif not (one.text == "," and index > begun):
                # `some x` alone, or a pattern: whatever it binds may be anything
                while index < len(self.words) and self.words[index].text not in ("in", ";"):
                    if self.words[index].kind == "name" and self.words[index].text not in KEYWORDS:
                        yield self.words[index].text, None
                    index += 1
                return
            index += 1
        span = self.right_of(index)
        for place, name in enumerate(names):
            yield name, span if place == len(names) - 1 else None

    def _of_local(self, name: str) -> Shape:
        if name in self.rule.arguments or name in self._asked:
            return ANY
        self._asked.add(name)
        try:
            found = []
            for span, inside in self._local[name]:
                whole = self.shape(span)
                found.append(whole.item() if inside else whole)
        finally:
            self._asked.discard(name)
        shape = joined(found)
        # which of several it is where it is compared nobody knows
        return shape if len(found) == 1 else Shape(shape.kinds, shape.words, items=shape.items)

    def bound(self, name: str) -> Span | None:
        """The one expression that a name stands for, if it is one."""
        found = self._local.get(name, [])
        return found[0][0] if len(found) == 1 and not found[0][1] else None

    def value(self) -> Shape:
        """What the rule itself comes to."""
        head = 1 + self.rule.default
        if self.rule.function:
            head = self.closing(head) + 1
        if head < len(self.words) and self.words[head].text == "contains":
            end = self.spans.get(head + 1)
            return Shape(frozenset(("set",)), items=self.shape((head + 1, end)) if end else None)
        if head >= len(self.words) or self.words[head].text == "if":
            return of("boolean")
        if self.words[head].text not in (":=", "="):
            return ANY
        marks = [head, *(index + 1 for index, one in enumerate(self.words) if one.text == "else")]
        return joined(self._worth(mark) for mark in marks)

    def _worth(self, mark: int) -> Shape:
        if mark >= len(self.words) or self.words[mark].text not in (":=", "="):
            return of("boolean")
        return self.shape(self.right_of(mark))

    def taken_wrongly(self, start: int, end: int) -> Told | None:
        """A call of a built-in that fails by the kind of what it is given."""
        opens = next((index for index in range(start, end) if self.words[index].text == "("), end)
        name = "".join(one.text for one in self.words[start:opens])
        if opens == end or name in self.names.rules:
            return None
        parts = self.parted(opens + 1, self.closing(opens))
        first = self.shape(parts[0]) if parts else ANY
        at = self.words[start].at
        if name == "object.get" and len(parts) > 1:
            key = self.shape(parts[1])
            if key.said and isinstance(key.said[0], str) and key.kinds == {"string"}:
                _, _, why = _below("".join(one.text for one in self.words[slice(*parts[0])]), first, key.said[0])
                return (at, why) if why else None
        if any(self.words[part[0]].kind == "name" and self._goes_through(part) for part in parts):
            return (
                at,
                "the embedded engine bears no `[_]` in what is handed over: name it before, by `some one in ...`",
            )
        wanted = _TAKES.get(name)
        if wanted and first.kinds and wanted not in first.kinds:
            return at, f"`{name}` takes {of(wanted).name}, and this is {first.name}"
        return None

    def _goes_through(self, span: Span) -> bool:
        """Whether it is a path with `[_]`."""
        return self.spans.get(span[0]) == span[1] and any(one.text == "_" for one in self.words[slice(*span)])


_VALUES = frozenset({"true", "false", "null", "input", "data"})
_ROOTS = frozenset({"input", "data"})


def _below(path: str, here: Shape, key: str) -> tuple[str, Shape, str]:
    """A field, or why there is none."""
    if here.fields is not None:
        if key not in here.fields:
            known = [f"{path}.{one}" for one in here.fields] if path else list(here.fields)
            return "", ANY, f"no `{path}.{key}`{did_you_mean(f'{path}.{key}', known)}"
        return f"{path}.{key}" if path else "", here.fields[key], ""
    if here.kinds and "object" not in here.kinds:
        # a set is asked by its elements, as in `names.kim`
        return "", ANY, "" if "set" in here.kinds else f"`{path}` is {here.name}, and has no `{key}`"
    return f"{path}.{key}" if path else "", here.item(), ""


def _number(text: str) -> float:
    return float(text) if any(one in text for one in ".eE") else int(text)
