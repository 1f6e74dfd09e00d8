"""Charts as SVG and PNG, drawn once for each specification and kept; asking never waits longer than one wishes."""

from __future__ import annotations

import contextlib
import hashlib
import re
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO, Any

import msgspec

from fairlead.reports.drawing import Drawn, Form, Order
from fairlead.reports.palette import TOKENS

KEPT = 2_000
"""Drawings of a form in the cache folder; the oldest go first."""
_VERSION = "1"
"""Part of every key: raise it when `tidy` changes."""

Spec = dict[str, Any]


class Charts:
    """Draws specifications in a process that comes with the first order and goes when it is idle."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Condition()
        self._orders: deque[Order] = deque()
        self._pending: set[tuple[str, Form]] = set()
        self._faults: dict[str, str] = {}
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def svg(self, spec: Spec, wait_s: float = 0.0) -> str | None:
        """The drawing, or `None` while it is not ready; ordering it again costs nothing."""
        found = self._found(spec, "svg", wait_s)
        return None if found is None else found.decode()

    def png(self, spec: Spec, wait_s: float = 0.0) -> bytes | None:
        """The same as a picture on white at twice the size, for those who show no SVG, as mail readers do not."""
        return self._found(spec, "png", wait_s)

    def by_key(self, key: str) -> str | None:
        """A drawing that was ordered before."""
        found = self._kept(key, "svg")
        return None if found is None else found.decode()

    def _found(self, spec: Spec, form: Form, wait_s: float) -> bytes | None:
        key = chart_key(spec)
        if found := self._kept(key, form):
            return found
        with self._lock:
            # a specification that failed once fails again, in either form: it is not worth the process's time
            if key in self._faults:
                return None
            self._order(Order(key, spec, form))
            if wait_s > 0:
                self._lock.wait_for(lambda: (key, form) not in self._pending, wait_s)
        return self._kept(key, form)

    def _kept(self, key: str, form: Form) -> bytes | None:
        # the key comes in an address: anything else could name another file
        if not re.fullmatch(r"[0-9a-f]{24}", key):
            return None
        try:
            return (self._folder / f"{key}.{form}").read_bytes()
        except FileNotFoundError:
            return None

    def fault(self, spec: Spec) -> str:
        """Why a specification cannot be drawn; empty if it can or nobody knows yet."""
        return self._faults.get(chart_key(spec), "")

    def close(self) -> None:
        """Ends the process; what was not drawn is dropped."""
        with self._lock:
            self._closed = True
            self._orders.clear()
            self._pending.clear()
            self._lock.notify_all()
        # killed and not asked: it may be in the middle of a chart, and holds nothing that matters
        if self._process:
            self._process.kill()
        if self._thread:
            self._thread.join(timeout=5)

    def _order(self, order: Order) -> None:
        if (order.key, order.form) in self._pending or self._closed:
            return
        # kept until the drawing lies in the folder, so that nobody orders it twice meanwhile
        self._pending.add((order.key, order.form))
        self._orders.append(order)
        # The thread lives as long as there are orders; it ends under this lock, so that none is left behind.
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="charts", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._orders:
                    self._thread = None
                    return
                order = self._orders.popleft()
            # outside the lock: others may order and read while a chart is drawn
            drawn = self._draw(order)
            if drawn.picture:
                self._keep(order, drawn.picture)
            with self._lock:
                if not drawn.picture:
                    self._faults[order.key] = drawn.fault
                self._pending.discard((order.key, order.form))
                self._lock.notify_all()

    def _draw(self, order: Order) -> Drawn:
        """One chart; a process that ended while it was idle is started again, once."""
        for _ in range(2):
            inlet, outlet = self._pipes()
            with contextlib.suppress(BrokenPipeError, OSError):
                inlet.write(msgspec.json.encode(order) + b"\n")
                inlet.flush()
                if line := outlet.readline():
                    return msgspec.json.decode(line, type=Drawn)
            if self._process:
                self._process.kill()
                self._process.wait()
                self._process = None
        return Drawn(order.key, fault="the drawing process ends at once")

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fairlead.reports.drawing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout

    def _keep(self, order: Order, picture: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{order.key}.part"
        part.write_bytes(tidy(picture.decode()).encode() if order.form == "svg" else picture)
        # under its name only when whole: readers look without a lock
        part.rename(self._folder / f"{order.key}.{order.form}")
        kept = sorted(self._folder.glob(f"*.{order.form}"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-KEPT]:
            # another process on the home may have taken it away
            path.unlink(missing_ok=True)


def chart_key(spec: Spec) -> str:
    """Hash of a specification: the name of its drawing."""
    return hashlib.sha256(_VERSION.encode() + msgspec.json.encode(spec, order="sorted")).hexdigest()[:24]


_MARK = re.compile(r'<(path|circle|rect|text)((?: [\w:-]+="[^"]*")*?) aria-label="([^"]*)"((?: [\w:-]+="[^"]*")*)/>')
_ROLES = re.compile(r' (?:role|aria-[a-z]+|class)="[^"]*"')
_SIZE = re.compile(r'(<svg [^>]*?) width="[^"]*" height="[^"]*"')


def tidy(svg: str) -> str:
    """Takes out what a page says itself: roles and size go, what a mark says becomes the text on hover."""
    svg = _SIZE.sub(r"\1", svg, count=1)
    # a browser shows a `title` on hover, an `aria-label` never
    svg = _MARK.sub(r"<\1\2\4><title>\3</title></\1>", svg)
    return _ROLES.sub("", svg)


def themed(svg: str) -> str:
    """The drawing with the page's colour tokens instead of fixed colours, for light and dark."""
    return re.sub(r"#[0-9a-f]{6}", lambda found: TOKENS.get(found[0], found[0]), svg)
