"""The kinds of acts as documentation (`docs/acts.md`): what each does, and its fields as they are read."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.inspect import DictType, Field, IntType, LiteralType, StrType, StructType, Type, VarTupleType, type_info

from fairlead.model.acts import ACTS

_HEAD = """# Kinds of acts

Made from `src/fairlead/model/acts.py` by `fairlead.model.acts_page`. An act is proposed by `POST /api/v1/actions`
as `{"act": {"kind": "comment", ...}}`, by `fairlead actions propose KIND --set name=value`, or by a rule.
A field that is not here, a text that is empty where something is said, and one that is longer than the tool takes are
refused by name. What is said calls single people alone, and only whom a person wrote there; see
[texts](connectors/acts.md#texts). [Actions](actions.md) tells what becomes of a proposal.
"""


def page() -> str:
    """`docs/acts.md`."""
    return "\n".join([_HEAD, *_lines()])


def _lines() -> Iterator[str]:
    for kind, act in ACTS.items():
        yield from (f"## {kind}", "", inspect.getdoc(act) or "", "", "| field | what | |", "|---|---|---|")
        told = type_info(act)
        assert isinstance(told, StructType)
        for field in told.fields:
            yield f"| `{field.encode_name}` | {_words(field.type)} | {_needed(field)} |"
        yield ""


def _needed(field: Field) -> str:
    if field.required:
        return "needed"
    left_out: Any = field.default
    # empty as it comes says nothing: what is left out is left as it is
    return "" if left_out in ("", (), msgspec.NODEFAULT) else f"else `{msgspec.json.encode(left_out).decode()}`"


def _words(kind: Type) -> str:
    match kind:
        case StrType(min_length=least, max_length=most) if most:
            return f"text, {least or 0:,} to {most:,} characters"
        case StrType():
            return "text"
        case IntType():
            return "whole number"
        case LiteralType(values=values):
            return " or ".join(f"`{one}`" for one in values)
        case VarTupleType(item_type=item):
            return f"list of: {_words(item)}"
        case DictType():
            return "table"
    return "true or false"
