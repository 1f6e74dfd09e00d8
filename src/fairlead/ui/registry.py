"""Finds the pages: a module in `fairlead/ui/pages/` that defines `PAGE` is enough to be routed, listed and tested."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import fairlead.ui.pages
from fairlead.model.errors import Abort
from fairlead.ui.page import Page


@cache
def pages() -> tuple[Page, ...]:
    """All pages by their order; two pages on one path are refused."""
    found: dict[str, Page] = {}
    for module in pkgutil.iter_modules(fairlead.ui.pages.__path__):
        page: Page = importlib.import_module(f"{fairlead.ui.pages.__name__}.{module.name}").PAGE
        # The second would be unreachable, and which it is would depend on the names of files.
        if page.path in found:
            raise Abort(f"two pages want `{page.path}`", hint=f"rename the one in ui/pages/{module.name}.py")
        found[page.path] = page
    return tuple(sorted(found.values(), key=lambda page: (page.order, page.path)))
