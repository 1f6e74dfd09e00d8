"""What policies say: the objects in `allow`, `ask`, `deny`, `note` and `oblige`, and obligations that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fairlead.config.check import did_you_mean
from fairlead.governance.policy.inferring import Inferring, Span, Told
from fairlead.governance.policy.rights import ROLES
from fairlead.governance.policy.shapes import Shape, of
from fairlead.governance.policy.syntax import word_of

_TEXT, _NUMBER, _TRUTH = of("string"), of("number"), of("boolean")
_LIST = Shape(frozenset(("array", "set")))
ASKED = tuple(role for role in ROLES if role != "viewer")
"""Roles whose word can be asked for."""
OBLIGATIONS: Mapping[str, Mapping[str, Shape]] = {
    "at_most": {"count": _NUMBER, "within_s": _NUMBER, "same": _LIST},
    "not_before": {"at_ns": _NUMBER, "at": _TEXT},
    "redact": {"texts": _LIST, "with": _TEXT},
}
"""What can be obliged to, with what it takes."""
_NEEDED = {"at_most": ("count",), "not_before": ("at_ns", "at"), "redact": ("texts",)}
"""Kind -> of these one has to be there: without it nothing would be kept to."""
_USUAL = {"rule": _TEXT, "words": _TEXT}
_KEYS: Mapping[str, Mapping[str, Shape]] = {
    "allow": _USUAL,
    "note": _USUAL,
    "deny": {**_USUAL, "breakable": _TRUTH},
    "ask": {**_USUAL, "role": replace(_TEXT, words=ASKED), "count": _NUMBER, "not_by": _LIST},
    "oblige": {**_USUAL, "kind": replace(_TEXT, words=tuple(OBLIGATIONS))},
}


def unkept(obligation: Mapping[str, Any]) -> str:
    """Why an obligation that was said cannot be kept; empty where it can."""
    kind = str(obligation.get("kind"))
    if kind not in OBLIGATIONS:
        return f"`{obligation.get('rule')}` obliges to `{kind}`, which nobody keeps"
    if not any(key in obligation for key in _NEEDED[kind]):
        return f"`{obligation.get('rule')}` obliges to `{kind}` without {_either(_NEEDED[kind])}"
    return ""


def wrong(rule: Inferring) -> Iterator[Told]:
    """What nobody would read in what a rule puts into its set."""
    says = rule.rule.name
    if says not in _KEYS or len(rule.words) < 3 or rule.words[1].text != "contains":
        return
    span = _element(rule)
    if span is None:
        return
    shape, at = rule.shape(span), rule.words[span[0]].at
    if shape.kinds and not shape.kinds & {"string", "object"}:
        yield at, f"`{says}` holds texts and objects, and this is {shape.name}"
    if says == "oblige" and shape.kinds == {"string"}:
        yield at, f"an obligation has a `kind`: {', '.join(OBLIGATIONS)}"
    if rule.words[span[0]].text == "{" and shape.kinds == {"object"}:
        yield from _object(rule, says, span)


def _element(rule: Inferring) -> Span | None:
    """The element; one that a name stands for is looked up in the body."""
    end = rule.spans.get(2)
    if end is None:
        return None
    if end == 3 and rule.words[2].kind == "name":
        return rule.bound(rule.words[2].text) or (2, 3)
    # `"a" + "b"` and the like: what comes of it nobody tells
    return (2, end) if end >= len(rule.words) or rule.words[end].text in ("if", "{") else None


def _object(rule: Inferring, says: str, span: Span) -> Iterator[Told]:
    found: dict[str, tuple[int, Span]] = {}
    for part in rule.parted(span[0] + 1, span[1] - 1):
        key, *value = rule.parted(*part, ":")
        first = rule.words[key[0]]
        if not value or first.kind not in ("string", "raw") or key[1] - key[0] != 1:
            # a key that is worked out may be any of them
            return
        found[word_of(first)] = (first.at, value[0])
    known = dict(_KEYS[says])
    kind = ""
    if says == "oblige":
        if "kind" not in found:
            yield rule.words[span[0]].at, f"an obligation has a `kind`: {', '.join(OBLIGATIONS)}"
        else:
            said = rule.shape(found["kind"][1]).said
            kind = str(said[0]) if len(said) == 1 else ""
            known |= OBLIGATIONS.get(kind, {})
    for name, (at, said_) in found.items():
        if name in known:
            yield from _value(rule, name, known[name], said_)
        elif hint := did_you_mean(name, list(known), show=0):
            yield at, f"nobody reads `{name}` of `{says}`{hint}"
    if kind in OBLIGATIONS and not any(key in found for key in _NEEDED[kind]):
        yield rule.words[span[0]].at, f"`{kind}` has {_either(_NEEDED[kind])}: without it nothing is kept to"


def _value(rule: Inferring, key: str, wanted: Shape, span: Span) -> Iterator[Told]:
    shape, at = rule.shape(span), rule.words[span[0]].at
    if shape.kinds and not shape.kinds & wanted.kinds:
        yield at, f"`{key}` is {wanted.name}, and this is {shape.name}"
        return
    for word in shape.said:
        if wanted.words and word not in wanted.words:
            yield at, f'no {key} "{word}"{did_you_mean(str(word), [str(one) for one in wanted.words])}'
        if key in ("count", "within_s") and isinstance(word, int | float) and (word < 1 or word != int(word)):
            yield at, f"`{key}` is {word}: at least 1, and whole"


def _either(keys: tuple[str, ...]) -> str:
    return " or ".join(f"`{key}`" for key in keys)
