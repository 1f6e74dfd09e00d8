"""Who reads a week's facts: which chapters in which order, how deep, and whether in words of no trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DELIVERY = ("deployment_frequency", "lead_time", "change_failure_rate", "failed_deployment_recovery_time")
FLOW = ("throughput", "cycle_time", "wip", "work_item_age")
RELIABILITY = ("incidents", "time_to_resolve", "incident_recurrence", "pages_outside_hours", "slo_attainment")
QUALITY = ("build_success_rate", "flaky_builds", "coverage")
REVIEWS = ("time_to_first_review", "review_latency", "review_coverage")
FIGURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"delivery": DELIVERY, "flow": FLOW, "reliability": RELIABILITY, "quality": QUALITY, "reviews": REVIEWS}
)
"""Chapter -> the figures that are talked about."""


@dataclass(frozen=True)
class View:
    """A selection of a week's facts."""

    audience: str
    """For whom it is an update; empty for the weekly."""
    chapters: tuple[str, ...]
    """In the order in which they are read: what to decide, what to watch, how it went, what is not known."""
    concerns: int = 3
    """Risks and decisions that are told; of more only how many."""
    lines: int = 8
    """Lines of a list."""
    plain: bool = False
    """Without words of the trade: what has no plain words is left to those who know them."""
    deep: bool = False
    """Every figure of a chapter with all that is to be known of it, instead of those that are talked about."""

    @property
    def kind(self) -> str:
        """Kind of the report."""
        return f"update-{self.audience}" if self.audience else "weekly"


WEEKLY = View(
    "",
    (
        "decide", "risks", "wins", "shipped", "goals", "sprints", "delivery", "flow", "reliability", "quality",
        "reviews", "unknown",
    ),
)  # fmt: skip
"""Ten minutes with a coffee: everything once, nothing in full."""
AUDIENCES: Mapping[str, View] = MappingProxyType(
    {
        view.audience: view
        for view in (
            View("executive", ("decide", "risks", "goals", "dates", "shipped", "wins", "unknown"), lines=5,
                 plain=True),
            View("product", ("decide", "risks", "goals", "dates", "shipped", "scope", "unknown"), concerns=5,
                 lines=15),
            View(
                "team",
                (
                    "risks", "blocked", "waiting", "shipped", "scope", "old", "delivery", "flow", "reviews",
                    "quality", "reliability", "unknown",
                ),
                concerns=8, lines=20, deep=True,
            ),
        )
    }
)  # fmt: skip
"""Audience -> what it is told of the same facts."""
