"""Counts of what passed the edge, in the Prometheus text format."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress

from fairlead.model.errors import Fault

Labels = tuple[tuple[str, str], ...]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Counters:
    """Counters and gauges of one process. Labels come from configuration and code, never from a request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, dict[Labels, float]] = defaultdict(lambda: defaultdict(float))
        self._help: dict[str, tuple[str, str]] = {}
        self._gauges: dict[str, Callable[[], Mapping[Labels, float]]] = {}

    def describe(self, name: str, text: str) -> None:
        """Says what a counter counts."""
        self._help[name] = ("counter", text)

    def add(self, name: str, by: float = 1.0, **labels: str) -> None:
        """Counts."""
        with self._lock:
            self._values[name][tuple(sorted(labels.items()))] += by

    def gauge(self, name: str, text: str, read: Callable[[], Mapping[Labels, float]]) -> None:
        """A value that is read when somebody asks."""
        self._help[name] = ("gauge", text)
        self._gauges[name] = read

    def value(self, name: str, **labels: str) -> float:
        """What a counter stands at."""
        with self._lock:
            return self._values[name].get(tuple(sorted(labels.items())), 0.0)

    def render(self) -> str:
        """All of it as text."""
        with self._lock:
            read: dict[str, Mapping[Labels, float]] = {name: dict(values) for name, values in self._values.items()}
        # Outside the lock: a gauge asks a database, and webhooks count under this lock.
        for name, gauge in self._gauges.items():
            # A store that is down takes its own numbers away, not the others.
            with suppress(Fault):
                read[name] = gauge()
        lines = []
        for name, values in sorted(read.items()):
            kind, text = self._help.get(name, ("counter", name))
            lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{_braces(labels)} {value:g}" for labels, value in sorted(values.items())]
        return "\n".join(lines) + "\n"


def _braces(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
