"""One line about long work on standard error: count, time left; without a terminal a plain line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fairlead.connectors.kit.connector import Progress as Step

_PLAIN_EVERY_S = 10.0


class ProgressLine:
    """Shows the steps of one long piece of work."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True)
        self._live = self._console.is_terminal and not quiet
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None)
        self._last_plain = time.monotonic()

    def __enter__(self) -> ProgressLine:
        if self._live:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._bar.stop()

    def report(self, step: Step) -> None:
        """Takes one step of the work."""
        if self._quiet:
            return
        if step.left_out:
            self._console.print(f"left out: {escape(step.left_out)}", highlight=False)
        words = step.what
        if step.waiting_until:
            words += f", waits for the rate limit until {step.waiting_until:%H:%M:%S} UTC"
        if self._live:
            self._bar.update(self._task, description=escape(words), completed=step.done, total=step.total)
        # In a log each step on a line of its own would bury what matters; a wait is always said.
        elif time.monotonic() - self._last_plain > _PLAIN_EVERY_S or step.waiting_until:
            self._last_plain = time.monotonic()
            print(f"{words}: {step.done}{f' of {step.total}' if step.total else ''}", file=sys.stderr)  # noqa: T201
