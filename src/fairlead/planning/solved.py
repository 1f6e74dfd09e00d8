"""What a solver answers, told apart from the solver, so that reading an answer does not load it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fairlead.planning.project import Schedule

Status = Literal["optimal", "feasible"]


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan with what is known of better ones."""

    schedule: Schedule
    makespan: int
    bound: int
    """No plan ends earlier."""
    status: Status
