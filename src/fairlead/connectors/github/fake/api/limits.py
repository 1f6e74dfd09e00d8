"""Rate limits: the hourly budgets, and the secondary limit against bursts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fairlead.connectors.github.fake.api.call import Refusal
from fairlead.connectors.github.fake.names import epoch
from fairlead.connectors.github.fake.payloads.wire import Json


@dataclass(slots=True)
class Budget:
    """Requests (REST) or points (GraphQL) of an hour."""

    limit: int = 5000
    used: int = 0
    reset_at: datetime | None = None

    def renew(self, now: datetime) -> datetime:
        """Begins a new window once the old one is over; gives the present window's end."""
        if self.reset_at is None or now >= self.reset_at:
            self.used, self.reset_at = 0, now + timedelta(hours=1)
        return self.reset_at

    @property
    def remaining(self) -> int:
        """What is left in the window."""
        return max(0, self.limit - self.used)

    def exhaust(self, now: datetime, for_s: float = 60) -> None:
        """Spends everything, so that the next requests are refused until `for_s` seconds from now."""
        self.used, self.reset_at = self.limit, now + timedelta(seconds=for_s)

    def shown(self, now: datetime) -> Json:
        """One entry of `GET /rate_limit`."""
        reset = epoch(self.renew(now))
        return {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": reset}


@dataclass(slots=True)
class Limits:
    """All limits of one caller."""

    budgets: dict[str, Budget] = field(
        default_factory=lambda: {"core": Budget(), "graphql": Budget(), "search": Budget(30)}
    )
    secondary_left: int = 0
    """Requests that the secondary limit still refuses."""
    retry_after_s: int = 1

    def burst(self, times: int, retry_after_s: int = 1) -> None:
        """Switches the secondary limit on for the next requests."""
        self.secondary_left, self.retry_after_s = times, retry_after_s

    def admit(self, resource: str, now: datetime) -> None:
        """Lets a request in, or raises the refusals that GitHub answers with; costs nothing yet."""
        if self.secondary_left > 0:
            self.secondary_left -= 1
            text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            raise Refusal(403, text, {"retry-after": str(self.retry_after_s)})
        self.budgets[resource].renew(now)
        if self.budgets[resource].remaining < 1:
            raise Refusal(403, "API rate limit exceeded for installation.", self.headers(resource, now))

    def spend(self, resource: str, cost: int = 1) -> None:
        """Takes from a budget."""
        self.budgets[resource].used += cost

    def headers(self, resource: str, now: datetime) -> dict[str, str]:
        """The headers that come with every answer."""
        budget = self.budgets[resource]
        reset = budget.renew(now)
        return {
            "x-ratelimit-limit": str(budget.limit),
            "x-ratelimit-remaining": str(budget.remaining),
            "x-ratelimit-used": str(budget.used),
            "x-ratelimit-reset": str(epoch(reset)),
            "x-ratelimit-resource": resource,
        }
