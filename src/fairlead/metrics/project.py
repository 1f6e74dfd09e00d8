"""Reads the dbt project of the models: renders SQL, finds what each model refers to and in which order they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import jinja2

SHIPPED = Path(__file__).parent / "models"
"""The dbt project that comes with Fairlead."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the project."""

    name: str
    text: str
    materialized: str
    """`table`, `view` or `incremental`."""
    key: str | None
    """Column by which rows are replaced in an incremental run."""
    dirty: str | None
    """Model that lists the keys to replace."""
    reads: frozenset[str]
    """Relations that it refers to."""


@dataclass
class _Rendering:
    """What a model says of itself while it is rendered."""

    config: dict[str, Any] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)


class Project:
    """Models and macros of one dbt project folder."""

    def __init__(self, folder: Path = SHIPPED, variables: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.variables = dict(variables or {})
        self._templates = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - SQL

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """Model by name, in no particular order."""
        return {path.stem: self._model(path) for path in sorted((self.folder / "models").rglob("*.sql"))}

    @cached_property
    def fingerprint(self) -> str:
        """Changes with any line of the project, so that marts made by older models are made anew."""
        digest = blake2b(digest_size=16)
        for path in sorted(self.folder.rglob("*.sql")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def sql(self, name: str, *, incremental: bool) -> str:
        """The SQL of a model as DuckDB runs it."""
        return self._render(self.models[name].text, _Rendering(), name, incremental)

    def _model(self, path: Path) -> Model:
        text = path.read_text(encoding="utf-8")
        said = _Rendering()
        for incremental in (False, True):
            self._render(text, said, path.stem, incremental)
        meta = said.config.get("meta", {})
        return Model(
            name=path.stem,
            text=text,
            materialized=said.config.get("materialized", "table"),
            key=said.config.get("unique_key"),
            dirty=meta.get("dirty"),
            reads=frozenset(said.reads - {path.stem}),
        )

    def _render(self, text: str, said: _Rendering, name: str, incremental: bool) -> str:
        def ref(model: str) -> str:
            said.reads.add(model)
            # With its schema, since a CTE of the same name would hide it.
            return f'main."{model}"'

        def source(group: str, table: str) -> str:
            relation = f"delta_{table}" if group == "delta" else table
            said.reads.add(relation)
            return f'"{relation}"' if group == "delta" else f'main."{relation}"'

        def config(**values: Any) -> str:
            said.config.update(values)
            return ""

        context = {
            "ref": ref,
            "source": source,
            "config": config,
            "var": lambda key, default=None: self.variables.get(key, default),
            "is_incremental": lambda: incremental,
            "this": f'main."{name}"',
            "target": {"type": "duckdb"},
        }
        return self._templates.from_string(text, globals={**context, **self._macros(context)}).render()

    def _macros(self, context: Mapping[str, Any]) -> dict[str, Callable[..., str]]:
        module = self._templates.from_string(self._macro_text, globals=dict(context)).module
        return {key: value for key, value in vars(module).items() if not key.startswith("_")}

    @cached_property
    def _macro_text(self) -> str:
        """All macro files as one, since macros may call each other wherever they stand."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted((self.folder / "macros").glob("*.sql")))
