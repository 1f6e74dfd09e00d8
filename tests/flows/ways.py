"""Every way in that reads: found in the app's own table of routes, and walked with the eyes of a role."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import compile_path
from starlette.testclient import TestClient

EACH = 5
"""Addresses looked at for one route by the links of pages; values that are given are looked at all."""
_LINK = re.compile(r'(?:href|data-later)="(/[^"]+)"')


def templates(app: Any, under: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Path and methods of each route, however deep it is mounted or wrapped."""
    while not hasattr(app, "routes"):
        app = getattr(app, "app", None) or app._app
    yield from _of(app.routes, under)


def _of(routes: Sequence[Any], under: str) -> Iterator[tuple[str, frozenset[str]]]:
    for route in routes:
        if inner := getattr(route, "original_router", None):
            yield from _of(inner.routes, under)
        elif getattr(route, "methods", None):
            yield f"{under}{route.path}", frozenset(route.methods)
        else:
            yield from templates(route.app, f"{under}{route.path}")


@dataclass
class Walk:
    """What a reader has seen: route -> address -> answer."""

    client: TestClient
    values: Mapping[str, Sequence[str]]
    """Values of the parameters that no page links."""
    seen: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def walk(self, reading: Sequence[str]) -> Walk:
        """Opens each route: as it stands, by the links of pages, and with the known values of its parameters."""
        fits = {template: compile_path(template)[0] for template in reading}
        given = [path for template in reading if "{" in template for path in self._filled(template)]
        waiting = [*(path for path in reading if "{" not in path), *given]
        asked = len(waiting)
        while waiting:
            address = waiting.pop(0)
            path = address.partition("?")[0]
            # The first that fits answers, as in the app.
            template = next((name for name, fit in fits.items() if fit.match(path)), "")
            asked -= 1
            if not template or address in self.seen[template] or (asked < 0 and len(self.seen[template]) >= EACH):
                continue
            answer = self.seen[template][address] = self.client.get(address)
            if answer.headers.get("content-type", "").startswith("text/html"):
                waiting += [link.partition("#")[0].replace("&amp;", "&") for link in _LINK.findall(answer.text)]
        return self

    def answers(self) -> Iterator[tuple[str, Any]]:
        """All that was answered, by address."""
        for found in self.seen.values():
            yield from found.items()

    def _filled(self, template: str) -> Iterator[str]:
        names = re.findall(r"{(\w+)(?::\w+)?}", template)
        if all(f"{template} {name}" in self.values or name in self.values for name in names):
            choices = [self.values.get(f"{template} {name}", self.values.get(name, ())) for name in names]
            for chosen in zip(*choices, strict=False):
                path = template
                for name, value in zip(names, chosen, strict=True):
                    path = re.sub(rf"{{{name}(:\w+)?}}", value, path)
                yield path
