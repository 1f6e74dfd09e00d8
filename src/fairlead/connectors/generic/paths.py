"""JMESPath over strangers' payloads: any fault of an expression is told as `Unreadable`, with the expression."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from fairlead.model.errors import Unreadable
from fairlead.model.times import iso

_HOLE = re.compile(r"\{([^{}]*)\}")
SOURCE = "source"
"""The one word in a template that is no path: the name of the source."""


def fault_of(expression: str) -> str:
    """Why a text is no JMESPath; empty if it is one."""
    try:
        _compiled(expression)
    except (JMESPathError, RecursionError) as fault:
        # the parser draws an arrow below the expression, which does not survive one line
        return f"`{expression}` is no JMESPath: {str(fault).splitlines()[0]}"
    return ""


def template_fault(text: str) -> str:
    """What is wrong with a template like `{source}:run/{run.id}`; empty if nothing."""
    holes = [hole.strip() for hole in _HOLE.findall(text)]
    if "{" in _HOLE.sub("", text) or "}" in _HOLE.sub("", text):
        return f"`{text}`: a brace is not closed, or stands within braces"
    return next((said for hole in holes if hole != SOURCE and (said := fault_of(hole))), "")


def search(expression: str, scope: Any) -> Any:
    """What stands there; `None` if nothing does."""
    try:
        return _compiled(expression).search(scope)
    except (JMESPathError, ValueError, TypeError, ArithmeticError, RecursionError) as fault:
        # functions raise what Python raises: `ceil` of an endless number, `sort` of texts and numbers
        raise Unreadable(expression, str(fault).splitlines()[0][:200] if str(fault) else "cannot be found") from None


def filled(template: str, source: str, scope: Any) -> str | None:
    """A template with its values; `None` where one of them is missing, since half an id is another's id."""
    missing: list[str] = []

    def value(hole: re.Match[str]) -> str:
        name = hole[1].strip()
        found = source if name == SOURCE else search(name, scope)
        if found is None or found == "":
            missing.append(name)
            return ""
        return written(name, found)

    text = _HOLE.sub(value, template)
    return None if missing else text


def written(name: str, value: Any) -> str:
    """A plain value as text; lists and objects have no one way to be written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, datetime):
        return iso(value)
    got = "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "nothing"
    raise Unreadable(name, f"expected text or a number, got {got}")


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)
