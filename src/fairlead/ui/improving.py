"""Better plans looked for while a page is open: one run for all who look at the same plan, which anybody may stop.

The solver is a process of its own; what waits for it here is a thread. A run ends when the plan is proven best, good
enough, stopped, or its time is up. What it found is kept until the plan itself changes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from fairlead.planning.answer import Answer
from fairlead.planning.answering import answer
from fairlead.planning.planfile import Plan
from fairlead.planning.watching import Best, watched

IMPROVES_S = 15.0
"""Time that the solver gets for one plan."""
_GOOD = 0.01
"""Share of its length by which a plan may be longer than any plan must be: then it is good enough."""
_MOST = 32
_lock = threading.Lock()
_turn = threading.Lock()
"""Whoever solves: two plans at once would both be found more slowly."""


class Run:
    """The search for better plans than the first ones of a page."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plans = tuple(plans)
        self._stopped = threading.Event()
        self._over = threading.Event()
        self._answers: list[Answer] = []
        self.waits = True
        """Whether another plan has its turn."""
        self.best: Best | None = None
        """So far."""

    @property
    def over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self._over.is_set()

    @property
    def stopped(self) -> bool:
        """Whether somebody has said that the plan will do."""
        return self._stopped.is_set()

    def begin(self) -> None:
        """Looks in a thread."""
        threading.Thread(target=self._look, name="plan", daemon=True).start()

    def stop(self) -> None:
        """Takes the best so far."""
        self._stopped.set()

    def wait(self, within_s: float) -> bool:
        """Whether it is over within that time."""
        return self._over.wait(within_s)

    def solve(self, plan: Plan) -> Answer:
        """What was found for a plan; its first plan, should it be another one by now."""
        for mine, found in zip(self._plans, self._answers, strict=False):
            if mine == plan:
                return found
        return answer(plan, within_s=0.0)

    def better(self, best: Best) -> None:
        """A better plan is there."""
        self.best = best

    def enough(self) -> bool:
        """Whether the best so far will do."""
        best = self.best
        good = best is not None and not best.late and best.length - best.least <= _GOOD * best.length
        return self.stopped or good

    def _look(self) -> None:
        try:
            with _turn, watched(self):
                self.waits = False
                for plan in self._plans:
                    self.best = None
                    self._answers.append(answer(plan, within_s=0.0 if self.stopped else IMPROVES_S))
        finally:
            self._over.set()


_runs: OrderedDict[str, Run] = OrderedDict()


def known(home: object, plans: Sequence[Plan]) -> Run | None:
    """The run for these plans, where somebody has begun one."""
    with _lock:
        return _runs.get(_key(home, plans))


def begun(home: object, plans: Sequence[Plan]) -> Run:
    """The run for these plans, begun if there is none yet."""
    key = _key(home, plans)
    with _lock:
        if run := _runs.get(key):
            return run
        run = _runs[key] = Run(plans)
        while len(_runs) > _MOST:
            _runs.popitem(last=False)[1].stop()
    run.begin()
    return run


def _key(home: object, plans: Sequence[Plan]) -> str:
    return hashlib.sha256(str(home).encode() + b"\0" + msgspec.json.encode(list(plans))).hexdigest()
