"""Variables that nothing binds. The embedded engine takes them for undefined, and a denial of them for true."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from fairlead.governance.policy.syntax import KEYWORDS, Rule, Token

_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")


def unsafe(rule: Rule, known: Collection[str]) -> Iterator[Token]:
    """The first place of each name in a rule that is neither bound in it nor `known`: rules, imports, functions."""
    words = [one for one in rule.tokens if one.kind != "newline"]
    bound = {*known, *rule.arguments, "_"} | set(_bound(words, set(_negated(rule.tokens))))
    told: set[str] = set()
    # the head's own name is no variable
    start = 2 if rule.default else 1
    for index in range(start, len(words)):
        one = words[index]
        if _is_variable(words, index) and one.text not in bound and one.text not in told:
            told.add(one.text)
            yield one


def _is_variable(words: Sequence[Token], index: int) -> bool:
    one = words[index]
    before = words[index - 1].text if index else ""
    after = words[index + 1].text if index + 1 < len(words) else ""
    if one.kind != "name" or one.text in KEYWORDS or before == ".":
        return False
    # a call names a function, `a.b(...)` as well
    if after == "(":
        return False
    return not (after == "." and _calls(words, index))


def _calls(words: Sequence[Token], index: int) -> bool:
    """Whether a dotted name ends in a call, like `time.format(...)`."""
    while index + 2 < len(words) and words[index + 1].text == "." and words[index + 2].kind == "name":
        index += 2
    return index + 1 < len(words) and words[index + 1].text == "("


def _bound(words: Sequence[Token], negations: Collection[int]) -> Iterator[str]:
    for index, one in enumerate(words):
        if one.kind != "name":
            continue
        if one.text in ("some", "every"):
            yield from _declared(words, index + 1)
        after = words[index + 1].text if index + 1 < len(words) else ""
        before = words[index - 1].text if index else ""
        negated = one.at in negations
        # `x := 1`, `x = 1` and `1 = x`, `[x, y] := ...`, and `a[x]` where x goes through what there is
        if after == ":=" or (not negated and (after == "=" or before == "=")):
            yield one.text
        if not negated and before == "[" and after == "]" and index > 1 and _indexes(words[index - 2]):
            yield one.text
        if before in ("[", ",") and after in ("]", ",") and _taken_apart(words, index):
            yield one.text


def _declared(words: Sequence[Token], index: int) -> Iterator[str]:
    """Names after `some` or `every`, up to `in` or the end of the list."""
    depth = 0
    while index < len(words):
        one = words[index]
        depth += (one.text in _OPEN) - (one.text in _CLOSE)
        if depth < 0 or (depth == 0 and one.kind == "name" and one.text in KEYWORDS):
            return
        if one.kind == "name" and one.text not in KEYWORDS:
            yield one.text
            following = words[index + 1].text if index + 1 < len(words) else ""
            if depth == 0 and following not in (",", "in"):
                return
        index += 1


def _indexes(before: Token) -> bool:
    return before.text in ("]", ")") or (before.kind == "name" and before.text not in KEYWORDS - {"input", "data"})


def _taken_apart(words: Sequence[Token], index: int) -> bool:
    """Whether a name stands in a list that is taken apart by `:=` or `=`."""
    depth = 0
    for end in range(index, len(words)):
        depth += (words[end].text in _OPEN) - (words[end].text in _CLOSE)
        if depth < 0:
            return end + 1 < len(words) and words[end + 1].text in (":=", "=")
    return False


def _negated(tokens: Sequence[Token]) -> Iterator[int]:
    """Places in literals that `not` begins: nothing is bound there."""
    negated = False
    for one in tokens:
        if one.kind == "newline" or one.text in ("{", ";", "if", "|"):
            negated = False
        elif one.text == "not" and one.kind == "name":
            negated = True
        if negated:
            yield one.at
