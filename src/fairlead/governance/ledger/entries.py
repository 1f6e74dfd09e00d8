"""What an entry holds, as the bytes that the tree is made of.

Who stands behind an entry must be erasable while the tree stays valid. So people are called by a veil, the hash of
their name with a salt of their own, and what else is personal is in the entry only as such a hash.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import msgspec

from fairlead.store.ledger import Veiled
from fairlead.store.statements import clean

VEIL = "who:"
"""Begins what entries call a person."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})
# a person, an account of one, or a bare mail address; `github:@acme/payments` is a team
_PERSON = re.compile(r"(?:(?:person|email):\S+|[a-z0-9_.-]+:@[^\s/]+|[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+)")
_EXACT = 2**53
"""Above it a JSON number may be read as another one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was decided or done."""

    kind: str
    """What, like `action.approved`; the part before the dot is what pages filter by."""
    subject: str
    """Id of the record that it is about; may be empty."""
    by: str
    """Who: a person id, `rule:<id>`, `agent:<id>`, `operator` or `fairlead`."""
    said: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Plain values for good; ids of people and accounts among them are veiled."""
    personal: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Plain values that may have to be erased, like what a person wrote; the entry holds a hash of each."""


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 writes it: the same value is the same bytes everywhere."""
    # Most values are the same bytes in Python's own JSON, which is written ten times as fast. JavaScript, by which
    # the RFC goes, words fractions otherwise and sorts keys beyond ASCII otherwise.
    if _ordinary(value):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    # late: it is seldom needed
    import rfc8785

    return rfc8785.dumps(value)


def _ordinary(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and key.isascii() and _ordinary(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(_ordinary, value))
    return not isinstance(value, float)


def commitment(salt: bytes, content: bytes) -> str:
    """What an entry holds of a value; nobody can try values against it once the salt is gone."""
    return sha256(salt + content).hexdigest()


def veil(name: str, salt: bytes) -> Veiled:
    """A person under a new name."""
    return Veiled(VEIL + commitment(salt, canonical(name)), name, salt)


def plain(value: Any) -> Any:
    """A value as JSON can hold it exactly: moments as text, and as text also numbers that others would round."""
    return _exact(msgspec.to_builtins(value, str_keys=True))


def _exact(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): _exact(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, int) and not -_EXACT < value < _EXACT else value


def people_in(value: Any) -> Iterator[str]:
    """Every text of a plain value that names a person."""
    if isinstance(value, str):
        if _PERSON.fullmatch(value):
            yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from people_in(one)


def veiled(value: Any, veils: Mapping[str, str]) -> Any:
    """A plain value with names replaced."""
    if isinstance(value, str):
        return veils.get(value, value)
    if isinstance(value, dict):
        return {key: veiled(one, veils) for key, one in value.items()}
    return [veiled(one, veils) for one in value] if isinstance(value, list) else value


def names_any(content: bytes, names: Collection[str]) -> bool:
    """Whether a stored value names one of these, alone or within a text."""
    said = content.decode()
    # `person:kim` is not named by `person:kim-lee`
    return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", said) for name in names if name in said)
