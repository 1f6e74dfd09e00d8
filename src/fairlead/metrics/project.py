"""Reads the dbt project of the models: renders SQL, finds what each model refers to and in which order they run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType

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
    parts_of: str | None
    """Table by whose rows a full run makes it in parts: the whole at once would take too much memory."""
    reads: frozenset[str]
    """Relations that it refers to."""


@dataclass
class _Rendering:
    """What is rendered now, and what the model says of itself meanwhile."""

    name: str
    incremental: bool
    part: tuple[int, int] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)


@dataclass
class _Rendered:
    """Models and SQL of a folder with certain variables: the same for every warehouse of a process."""

    models: Mapping[str, Model] = field(default_factory=dict)
    sql: dict[tuple[str, bool], str] = field(default_factory=dict)


class Project:
    """Models and macros of one dbt project folder; compiled once, rendered by one thread at a time."""

    def __init__(self, folder: Path = SHIPPED, variables: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.variables = dict(variables or {})
        self._rendering = _Rendering("", False)
        self._compiled: dict[str, jinja2.Template] = {}

    @cached_property
    def _templates(self) -> jinja2.Environment:
        """The words of dbt, answered for whatever is rendered now, and all macros, which may call each other."""
        templates = _environment()
        templates.globals |= {
            "ref": self._ref,
            "source": self._source,
            "config": self._config,
            "var": self._var,
            "is_incremental": lambda: self._rendering.incremental,
            "target": {"type": "duckdb"},
        }
        paths = sorted((self.folder / "macros").glob("*.sql"))
        module = self._template(templates, "".join(path.read_text(encoding="utf-8") for path in paths)).module
        templates.globals |= {name: found for name, found in vars(module).items() if not name.startswith("_")}
        return templates

    def _template(self, templates: jinja2.Environment, text: str) -> jinja2.Template:
        return templates.template_class.from_code(templates, _code(text), templates.make_globals(None))

    def _ref(self, model: str) -> str:
        self._rendering.reads.add(model)
        # With its schema, since a CTE of the same name would hide it.
        return f'main."{model}"'

    def _source(self, group: str, table: str) -> str:
        relation = f"delta_{table}" if group == "delta" else table
        self._rendering.reads.add(relation)
        return f'"{relation}"' if group == "delta" else f'main."{relation}"'

    def _var(self, name: str, default: Any = None) -> Any:
        # Which part is made is a matter of one rendering; dbt, which knows no parts, finds no such variable.
        return self._rendering.part if name == "part" else self.variables.get(name, default)

    def _config(self, **values: Any) -> str:
        self._rendering.config.update(values)
        return ""

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """Model by name, in no particular order."""
        if not self._rendered.models:
            paths = sorted((self.folder / "models").rglob("*.sql"))
            self._rendered.models = {path.stem: self._model(path) for path in paths}
        return self._rendered.models

    @cached_property
    def fingerprint(self) -> str:
        """Changes with any line of the project, so that marts made by older models are made anew."""
        return _fingerprint(self.folder)

    @cached_property
    def made_of(self) -> str:
        """Changes with any line of the SQL that the models become with these variables."""
        return f"{self.folder}.{self.fingerprint}.{sorted(self.variables.items())!r}"

    @cached_property
    def _rendered(self) -> _Rendered:
        return _rendered(self.made_of)

    def sql(self, name: str, *, incremental: bool, part: tuple[int, int] | None = None) -> str:
        """The SQL of a model as DuckDB runs it: all of it, or one part: its number from 0, and how many."""
        rendering = _Rendering(name, incremental, part)
        if part is not None:
            return self._render(name, self.models[name].text, rendering)
        if (name, incremental) not in self._rendered.sql:
            self._rendered.sql[name, incremental] = self._render(name, self.models[name].text, rendering)
        return self._rendered.sql[name, incremental]

    def _model(self, path: Path) -> Model:
        text = path.read_text(encoding="utf-8")
        whole, partly = _Rendering(path.stem, False), _Rendering(path.stem, True)
        for said in (whole, partly):
            self._render(path.stem, text, said)
        meta = whole.config.get("meta", {})
        return Model(
            name=path.stem,
            text=text,
            materialized=whole.config.get("materialized", "table"),
            key=whole.config.get("unique_key"),
            dirty=meta.get("dirty"),
            parts_of=meta.get("parts_of"),
            reads=frozenset((whole.reads | partly.reads) - {path.stem}),
        )

    def _render(self, name: str, text: str, said: _Rendering) -> str:
        if name not in self._compiled:
            self._compiled[name] = self._template(self._templates, text)
        self._rendering = said
        return self._compiled[name].render(this=f'main."{name}"')


def _environment() -> jinja2.Environment:
    # Imported here: a command that finds nothing new renders no model.
    import jinja2

    return jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - SQL


@cache
def _code(text: str) -> CodeType:
    """A template, compiled once a process: a plan or a look at the past makes one warehouse after the other."""
    return _environment().compile(text)


@cache
def _fingerprint(folder: Path) -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(folder.rglob("*.sql")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _rendered(_made_of: str) -> _Rendered:
    # A few, since a server that plans has the settings of today and those asked about; each takes half a megabyte.
    return _Rendered()
