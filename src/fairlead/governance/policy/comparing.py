"""Comparisons that never hold, or always do: of values of different kinds, and with words that there are not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.config.check import did_you_mean
from fairlead.governance.policy.inferring import Inferring, Span, Told
from fairlead.governance.policy.shapes import Shape, Word

_EQUAL = ("==", "=", "!=")
_ORDERED = ("<", "<=", ">", ">=")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_HOLDING = frozenset({"array", "set", "object"})


def paths(rule: Inferring) -> Iterator[Told]:
    """Paths that lead nowhere, and built-ins that are given what they fail at."""
    for start, end in rule.spans.items():
        first = rule.words[start]
        if first.kind == "name" and start != int(rule.rule.default):
            yield from (why for why, _ in rule.walk(start, end) if why)
            if why := rule.taken_wrongly(start, end):
                yield why


def comparisons(rule: Inferring) -> Iterator[Told]:
    """Every comparison of a rule that cannot be meant."""
    for index, one in enumerate(rule.words):
        if one.kind == "mark" and one.text in (*_EQUAL, *_ORDERED):
            yield from _compared(rule, one.text, rule.left_of(index), rule.right_of(index))
        elif one.text == "in" and one.kind == "name" and not _binds(rule, index):
            yield from _held(rule, rule.left_of(index), rule.right_of(index))


def _binds(rule: Inferring, index: int) -> bool:
    """Whether this `in` belongs to a `some` or `every`, which goes through all there is."""
    for before in reversed(rule.words[:index]):
        if before.text in ("some", "every") and before.kind == "name":
            return True
        if before.kind == "mark" and before.text not in (",", "[", "]", ":") and before.text not in ("{", "}"):
            return False
        if before.text in ("{", "}") or (before.kind == "name" and before.text in ("if", "not", "in")):
            return False
    return False


def _compared(rule: Inferring, mark: str, left: Span | None, right: Span | None) -> Iterator[Told]:
    if left is None or right is None:
        return
    # the name that a rule begins with is what it sets, and no value yet
    if mark == "=" and left[0] == int(rule.rule.default):
        return
    one, other = rule.shape(left), rule.shape(right)
    text = _text(rule, left)
    if one.kinds and other.kinds and not one.kinds & other.kinds:
        end = "its kind decides, never its value" if mark in _ORDERED else "they are never equal"
        words = f"`{text}` is {one.name}, and {_text(rule, right)} is {other.name}: {end}"
        yield rule.words[left[0]].at, words + (_unquoted(one, other) or _unquoted(other, one))
    elif mark in _EQUAL:
        yield from _unknown_words(rule, left, one, right, other)


def _held(rule: Inferring, left: Span | None, right: Span | None) -> Iterator[Told]:
    if left is None or right is None:
        return
    one, whole = rule.shape(left), rule.shape(right)
    if whole.kinds and not whole.kinds & _HOLDING:
        yield rule.words[right[0]].at, f"nothing is in `{_text(rule, right)}`, which is {whole.name}"
        return
    inside = whole.item()
    if one.kinds and inside.kinds and not one.kinds & inside.kinds:
        words = f"`{_text(rule, left)}` is {one.name}, and what stands in {_text(rule, right)} is {inside.name}"
        yield rule.words[left[0]].at, f"{words}: it is never there"
        return
    yield from _unknown_words(rule, left, one, right, inside)


def _unknown_words(rule: Inferring, left: Span, one: Shape, right: Span, other: Shape) -> Iterator[Told]:
    for span, said, open_, whole in ((right, other, left, one), (left, one, right, other)):
        for word in said.said if whole.words else ():
            if word not in whole.words and isinstance(word, str) == isinstance(whole.words[0], str):
                yield (
                    _place(rule, span, word),
                    f"`{_text(rule, open_)}` is never {_shown(word)}{_meant(word, whole.words)}",
                )
    if one.words and other.words and not set(one.words) & set(other.words):
        yield rule.words[left[0]].at, f"`{_text(rule, left)}` is never what `{_text(rule, right)}` is"


def _place(rule: Inferring, span: Span, word: Word) -> int:
    """Where a word stands in an expression; of one that comes from elsewhere, the expression."""
    for index in range(*span):
        token = rule.words[index]
        if token.kind in ("string", "raw", "number") and rule.shape((index, index + 1)).said == (word,):
            return token.at
    return rule.words[span[0]].at


def _meant(word: Word, known: tuple[Word, ...]) -> str:
    if isinstance(word, str):
        return did_you_mean(word, [str(one) for one in known if one != ""], show=20)
    return f"; it is {known[0]} to {known[-1]}"


def _unquoted(one: Shape, other: Shape) -> str:
    """A number or truth that was put between quotation marks."""
    text = str(other.said[0]) if len(other.said) == 1 else ""
    fits = ("number" in one.kinds and _NUMBER.fullmatch(text)) or (
        "boolean" in one.kinds and text in ("true", "false")
    )
    return f"; did you mean `{text}`, without quotation marks?" if fits else ""


def _shown(word: Word) -> str:
    return f'"{word}"' if isinstance(word, str) else str(word)


def _text(rule: Inferring, span: Span) -> str:
    shown = "".join(one.text for one in rule.words[slice(*span)])
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
