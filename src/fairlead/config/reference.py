"""`docs/configuration.md` and the JSON Schema for editors, made from the settings types."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from fairlead.config.meanings import MOST_KPIS
from fairlead.config.settings import Settings, SourceSetup
from fairlead.model.setup import Section, Setup


def json_schema(reports: Collection[str], figures: Collection[str]) -> dict[str, Any]:
    """JSON Schema of `fairlead.toml`, for editors that check while one types: with the names that it may name."""
    schema = msgspec.json.schema(Settings)
    parts = schema["$defs"]
    parts["DeliverySetup"]["properties"]["report"]["enum"] = sorted(reports)
    # The types stay plain texts: what the names are is told by higher floors, and a team adds figures of its own.
    parts["Kpi"]["properties"]["on"] |= {
        "items": {"type": "string", "enum": sorted(figures)},
        "maxItems": MOST_KPIS,
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fairlead.toml", **schema}


def page() -> str:
    """The reference page: each section with its keys, defaults and meaning."""
    lines = [
        "# Configuration",
        "",
        "`fairlead.toml` is looked for in the working directory and upwards, then in the home; or by `--config`.",
        "Each key can be overridden by the environment: `FAIRLEAD_SERVER__PORT=9000` sets `port` of `[server]`.",
        'Secrets never stand in the file: `{ env = "NAME" }` or `{ file = "PATH" }` says where one is kept,',
        'as do `{ sops = "secrets.yaml", key = "github.token" }` and `{ vault = "fairlead/github", key = "token" }`',
        "([security](security.md#secrets-by-reference)).",
        "`fairlead config check` tells every fault with its place; the SQL of your own figures and counts is tried.",
        "`fairlead config plan` tells what applying an edited file would do: settings, sources read again, marts,",
        "and every figure that would say something else, before and after, made on a copy; nothing is applied.",
        "`fairlead init` puts a JSON Schema beside the file, named in its first line (`#:schema`), by which editors",
        "check and complete while you type; `fairlead config schema > fairlead.schema.json` writes it anew,",
        "as after adding figures of your own.",
        "",
    ]
    for name, section in _sections():
        lines += [f"## {name}", "", _about(section), "", "| key | default | meaning |", "|---|---|---|"]
        lines += [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _keys(section)]
        lines.append("")
    return "\n".join(lines)


@cache
def meanings() -> dict[str, dict[str, str]]:
    """Section -> key -> what it means, for the page that shows what is configured."""
    classes: dict[str, ast.ClassDef] = {}
    # Each module is read once: asking for the source of one class after the other takes seconds.
    for module in (inspect.getmodule(Setup), inspect.getmodule(Settings)):
        assert module is not None
        found = (node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef))
        classes |= {node.name: node for node in found}
    hints = get_type_hints(Settings)
    kinds = {name: get_args(hint)[1] if get_origin(hint) is dict else hint for name, hint in hints.items()}
    return {name: dict(_docs_in(classes[kind.__name__])) for name, kind in kinds.items()}


def _sections() -> Iterator[tuple[str, type[Section]]]:
    for name, hint in get_type_hints(Settings).items():
        if get_origin(hint) is dict:
            section = get_args(hint)[1]
            yield f"[{name}.{'<name>' if section is SourceSetup else '<key>'}]", section
        else:
            yield f"[{name}]", hint
            yield from _inside(name, hint)


def _inside(name: str, section: type[Section]) -> Iterator[tuple[str, type[Section]]]:
    """Tables of tables that a section holds."""
    for field, hint in get_type_hints(section).items():
        if get_origin(hint) is dict and inspect.isclass(kind := get_args(hint)[1]) and issubclass(kind, Section):
            yield f"[{name}.{field}.<key>]", kind


def _about(section: type[Section]) -> str:
    text = inspect.getdoc(section) or ""
    return text.partition(":")[2].strip().capitalize() if text.startswith("`[") and ":" in text else ""


def _keys(section: type[Section]) -> Iterator[tuple[str, str, str]]:
    docs = dict(_docs(section))
    for field in msgspec.structs.fields(section):
        yield field.encode_name, _default(field.default), docs.get(field.name, "").replace("|", "\\|")


def _default(value: object) -> str:
    if value is msgspec.NODEFAULT or value is None or value in ("", (), {}):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value).replace("|", "\\|")
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _docs(section: type[Section]) -> Iterator[tuple[str, str]]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(section))).body
    assert isinstance(tree, ast.ClassDef)
    yield from _docs_in(tree)


def _docs_in(tree: ast.ClassDef) -> Iterator[tuple[str, str]]:
    # A text below a field is no docstring to Python; only the source still has it.
    for field, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            yield ast.unparse(field.target), inspect.cleandoc(str(below.value.value)).replace("\n", " ")
