"""Types of a condition: every fault of it at once, each with its place and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fairlead.config.check import did_you_mean
from fairlead.signals.language.functions import FUNCTIONS
from fairlead.signals.language.limits import SETTINGS
from fairlead.signals.language.parse import WrongError
from fairlead.signals.language.say import say
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

_CALLED: Mapping[Kind, str] = {
    "text": "a text", "number": "a number", "flag": "yes or no", "time": "a moment", "length": "a length of time",
    "worked": "working time", "texts": "a list of texts",
}  # fmt: skip
_UNITS = "working time is compared with `bh` and `bd`, calendar time with m, h, d and w"
_TWINS = {
    "time_since": "biztime_since", "biztime_since": "time_since",
    "time_until": "biztime_until", "biztime_until": "time_until",
}  # fmt: skip
"""Functions of calendar time and of working time."""


@dataclass(frozen=True, slots=True)
class View:
    """What a condition may speak of: names and kinds of the columns of a subject."""

    columns: Mapping[str, Kind]
    histories: Mapping[str, Kind] = field(default_factory=dict)
    """What a percentile can be taken of."""
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """All that a column of few words can hold."""

    def kind_of(self, term: Column | Usual) -> Kind | None:
        """Kind of what a condition reads; nothing where there is no such thing."""
        if isinstance(term, Usual):
            return self.histories.get(term.history)
        return self.columns.get(term.name) or SETTINGS.get(term.name)


def check(node: Node, view: View) -> list[WrongError]:
    """What is wrong with a condition as a whole; nothing if it says yes or no of every row."""
    checker = _Checker(view)
    kind = checker.kind(node)
    if kind not in (None, "flag"):
        checker.faults.append(WrongError(f"a condition says yes or no, and this is {_CALLED[kind]}", node.at))
    return checker.faults


class _Checker:
    def __init__(self, view: View) -> None:
        self._view = view
        self.faults: list[WrongError] = []

    def kind(self, node: Node) -> Kind | None:
        """Kind of a node, after what stands below it; `None` where a fault has been told already."""
        match node:
            case Literally(kind=kind):
                return kind
            case Column():
                return self._column(node)
            case Usual():
                return self._usual(node)
            case Call():
                return self._call(node)
            case Reckoned():
                return self._reckoned(node)
            case Compared(how=how, left=left, right=right, at=at):
                of, other = self.kind(left), self.kind(right)
                if not self._lacks_a_function(left, of, other) and not self._lacks_a_function(right, other, of):
                    self._same(of, other, at, ordered=how not in ("=", "!="))
                self._one_of_its_words(left, right)
                self._one_of_its_words(right, left)
            case Among(value=value, listed=listed, at=at):
                of = self.kind(value)
                for one in listed:
                    self._same(of, self.kind(one), at)
                    self._one_of_its_words(value, one)
            case Like(value=value, at=at):
                self._want(value, "text", at, "`like` compares texts")
            case Known(value=value):
                self.kind(value)
            case Denied(one=one):
                self._want(one, "flag", one.at, "`not` denies what is yes or no")
            case Joined(how=how, parts=parts):
                for part in parts:
                    self._want(part, "flag", part.at, f"`{'and' if how == 'all' else 'or'}` joins what is yes or no")
        return "flag"

    def _column(self, column: Column) -> Kind | None:
        kind = self._view.kind_of(column)
        if kind is None:
            # names with a dot are settings
            dotted = "." in column.name
            known, called = list(SETTINGS if dotted else self._view.columns), "setting" if dotted else "column"
            self.faults.append(
                WrongError(f"no {called} `{column.name}`{did_you_mean(column.name, known)}", column.at)
            )
        return kind

    def _usual(self, usual: Usual) -> Kind | None:
        kind = self._view.kind_of(usual)
        if kind is None:
            known = did_you_mean(usual.history, list(self._view.histories))
            self.faults.append(WrongError(f"no history `{usual.history}`{known}", usual.at))
        if usual.floor is not None:
            # a floor that can be unknown would be none
            if any(isinstance(term, Usual) or term.name in self._view.columns for term in terms_of(usual.floor)):
                self.faults.append(WrongError("a floor is a value or a setting, no column", usual.floor.at))
            self._same(kind, self.kind(usual.floor), usual.floor.at)
        return kind

    def _call(self, call: Call) -> Kind | None:
        found = FUNCTIONS.get(call.name)
        given = [self.kind(one) for one in call.given]
        if found is None:
            meant = did_you_mean(call.name, list(FUNCTIONS))
            self.faults.append(WrongError(f"no function `{call.name}`{meant}", call.at))
            return None
        wanted = [*found.takes, *(found.takes[-1:] * (len(given) - len(found.takes)) if found.many else ())]
        if len(given) != len(wanted):
            self.faults.append(WrongError(f"`{call.name}` takes {len(found.takes)}, got {len(given)}", call.at))
        else:
            self.faults += [
                WrongError(f"`{call.name}` wants {_CALLED[want]}, got {_CALLED[got]}", one.at)
                for want, got, one in zip(wanted, given, call.given, strict=True)
                if got is not None and got != want
            ]
        return found.gives

    def _reckoned(self, node: Reckoned) -> Kind | None:
        left, right = self.kind(node.left), self.kind(node.right)
        if left is None or right is None:
            return None
        measured = {"number", "length", "worked"}
        if left not in measured or right not in measured:
            other = left if left not in measured else right
            self.faults.append(
                WrongError(f"`{node.how}` reckons with numbers and lengths, not with {_CALLED[other]}", node.at)
            )
            return None
        if node.how in ("+", "-"):
            self._same(left, right, node.at)
            return left
        # a length times a number is a length; two lengths divided are a number
        if node.how == "/" and left == right:
            return "number"
        if right == "number" or (node.how == "*" and left == "number"):
            return left if right == "number" else right
        self.faults.append(
            WrongError(f"{_CALLED[left]} cannot be {'divided' if node.how == '/' else 'multiplied'} so", node.at)
        )
        return None

    def _one_of_its_words(self, of: Node, said: Node) -> None:
        """A word that the column never holds would make a condition that never holds, and nobody would see it."""
        words = self._view.words.get(of.name, ()) if isinstance(of, Column) else ()
        if words and isinstance(said, Literally) and said.kind == "text" and said.value not in words:
            assert isinstance(of, Column)
            meant = did_you_mean(str(said.value), list(words))
            self.faults.append(WrongError(f"`{of.name}` is never `{said.value}`{meant}", said.at))

    def _lacks_a_function(self, node: Node, kind: Kind | None, other: Kind | None) -> bool:
        """Whether a column is held against a length that only a function of a moment has; told with that function."""
        if other not in ("length", "worked") or kind == other:
            return False
        function = "biztime_since" if other == "worked" else "time_since"
        meant = ""
        if isinstance(node, Column) and kind in ("time", "text"):
            moments = [name for name, of in self._view.columns.items() if of == "time"]
            moment = next((name for name in moments if name in (node.name, f"{node.name}_since")), "")
            meant = f"{function}({moment})" if moment else ""
        elif isinstance(node, Call) and node.name in _TWINS and kind in ("length", "worked"):
            meant = f"{_TWINS[node.name]}({', '.join(map(say, node.given))})"
        if not meant:
            return False
        assert kind is not None
        why = _UNITS if kind in ("length", "worked") else f"{_CALLED[kind]} cannot be compared with {_CALLED[other]}"
        self.faults.append(WrongError(f"{why}; did you mean `{meant}`?", node.at))
        return True

    def _want(self, node: Node, kind: Kind, at: int, why: str) -> None:
        found = self.kind(node)
        if found not in (None, kind):
            self.faults.append(WrongError(f"{why}, and this is {_CALLED[found]}", at))

    def _same(self, left: Kind | None, right: Kind | None, at: int, *, ordered: bool = False) -> None:
        if left is None or right is None:
            return
        if {left, right} == {"length", "worked"}:
            self.faults.append(WrongError(_UNITS, at))
        elif left != right:
            self.faults.append(WrongError(f"{_CALLED[left]} cannot be compared with {_CALLED[right]}", at))
        elif left == "texts" or (ordered and left in ("flag", "text")):
            hint = "; use `has(...)`" if left == "texts" else ""
            self.faults.append(WrongError(f"{_CALLED[left]} cannot be compared so{hint}", at))


def terms_of(node: Node) -> Iterator[Column | Usual]:
    """What a condition reads, in the order in which it names it: columns, settings and percentiles."""
    match node:
        case Column() | Usual():
            yield node
        case Call(given=given):
            for one in given:
                yield from terms_of(one)
        case Reckoned(left=left, right=right) | Compared(left=left, right=right):
            yield from terms_of(left)
            yield from terms_of(right)
        case Among(value=value, listed=listed):
            for one in (value, *listed):
                yield from terms_of(one)
        case Like(value=value) | Known(value=value):
            yield from terms_of(value)
        case Denied(one=one):
            yield from terms_of(one)
        case Joined(parts=parts):
            for part in parts:
                yield from terms_of(part)
