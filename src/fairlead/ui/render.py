"""Templates: everything is escaped, an unknown name is a fault, nothing is computed in them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from fairlead.reports.plain import harmless
from fairlead.ui.assets import STATIC, asset
from fairlead.ui.spark import spark

TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile(r"`([^`\n]+)`")


@cache
def environment() -> Environment:
    """The one template environment; compiled templates stay in memory."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        # A misspelt name would otherwise be an empty place on a page that looks fine.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Templates are part of the program: looking for changes costs a stat for each part of each page.
        auto_reload=False,
        cache_size=200,
        finalize=_readable,
    )
    made.globals.update(asset=asset, icon=icon, spark=spark)
    made.filters["coded"] = _coded
    return made


def prepare() -> None:
    """Compiles every template: its first reader would wait as long for that as for the data."""
    made = environment()
    for name in made.list_templates():
        made.get_template(name)


def _readable(value: Any) -> Any:
    """Each value on its way into a page: a title must not turn the line that it stands in."""
    # Here and not where rows are read: a template that somebody adds is safe without knowing of it.
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _coded(text: str) -> Markup:
    """A sentence of a report, in which commands and names of keys stand between backticks, as in a terminal."""
    # Escaped first, so that what stands between them is a text like any other.
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(harmless(text)))))  # noqa: S704


def render(template: str, /, **view: Any) -> str:
    """A template with its view as text."""
    return environment().get_template(template).render(view)


@cache
def icon(name: str) -> Markup:
    """An inline drawing; the files are ours, so they are trusted as markup."""
    return Markup((STATIC / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip())  # noqa: S704
