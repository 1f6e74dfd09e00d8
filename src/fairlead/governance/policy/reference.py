"""The page about policies, made from what it describes: the input, the shipped policies, the table of rights."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from fairlead.governance.policy import document, policies, telling
from fairlead.governance.policy.elements import OBLIGATIONS
from fairlead.governance.policy.rights import WHO

_HEAD = policies.SHIPPED / "head.md"
"""What is written by hand; the rest follows from the policies."""


def page() -> str:
    """`docs/policy.md`."""
    loaded = policies.load()
    lines = [_HEAD.read_text(encoding="utf-8").replace("OBLIGATIONS", ", ".join(f"`{one}`" for one in OBLIGATIONS))]
    lines += ["## Who may do what", "", *_rights(loaded.data["fairlead"]["rights"]), ""]
    lines += ["## Ours", ""]
    for told in telling.listed(loaded):
        says = ", ".join(f"`{one}`" for one in told.says)
        lines += [f"### {told.name}", "", f"**{told.title}.** {told.about}", ""]
        lines += [f"Says {says}; {told.tests} tests.", ""] if says else [f"{told.tests} tests.", ""]
    lines += ["## The input document", "", f"`input`, version {document.VERSION}; JSON Schema: [policy.schema.json]"]
    lines[-1] += "(policy.schema.json)."
    lines += ["", *_fields()]
    return "\n".join(lines)


def schema_text() -> str:
    """`docs/policy.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(document.json_schema()), indent=1).decode()


def _rights(table: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "What a role may do alone, what needs the word of others, what it may never do. No row: nobody may."
    yield ""
    yield "| act | " + " | ".join(WHO) + " |"
    yield "|---" * (len(WHO) + 1) + "|"
    for kind, row in table.items():
        yield f"| `{kind}` | " + " | ".join(_cell(row.get(who)) for who in WHO) + " |"


def _cell(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return "never"
    needs = " and ".join(f"{need['count']} {need['role']}" for need in entry["needs"])
    return needs or str(entry["may"])


def _fields() -> Iterator[str]:
    yield "| field | meaning |"
    yield "|---|---|"
    yield from _of(document.Input, "")


def _of(kind: type, before: str) -> Iterator[str]:
    meanings = _meanings()[kind.__name__]
    for field in msgspec.structs.fields(kind):
        yield f"| `{before}{field.name}` | {meanings[field.name].replace('|', chr(92) + '|')} |"
        inner, many = _inner(field.type)
        if inner is not None:
            yield from _of(inner, f"{before}{field.name}{'[]' if many else ''}.")


def _inner(hint: Any) -> tuple[type | None, bool]:
    if isinstance(hint, type) and issubclass(hint, document.Part):
        return hint, False
    many = getattr(hint, "__origin__", None) is tuple
    found = (one for one in getattr(hint, "__args__", ()) if isinstance(one, type) and issubclass(one, document.Part))
    return next(found, None), many


@cache
def _meanings() -> dict[str, dict[str, str]]:
    """Struct -> field -> the text below it, which Python itself forgets."""
    tree = ast.parse(inspect.getsource(document))
    found: dict[str, dict[str, str]] = {}
    for node in (one for one in tree.body if isinstance(one, ast.ClassDef)):
        held = found.setdefault(node.name, {})
        for field, below in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
            ):
                held[ast.unparse(field.target)] = inspect.cleandoc(str(below.value.value)).replace("\n", " ")
    return found
