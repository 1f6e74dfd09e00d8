"""When a message that was not taken is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenacity import RetryCallState, wait_random_exponential

from fairlead.store.outbox import Message

GIVEN_UP_AFTER = timedelta(hours=24)
"""A standup of the day before yesterday is no news: what nobody took for so long is told as failed."""
_LEAST_S = 20.0

# drawn from the whole span: what failed together with a server does not come back to it all at once
_backoff = wait_random_exponential(multiplier=30.0, max=3600.0)


def next_try(message: Message, now: datetime, after_s: float | None = None) -> datetime | None:
    """The moment of the next try after one that failed, `None` if there is none; the other side may name a wait."""
    at = now + timedelta(seconds=backoff_s(message.attempts, after_s))
    return at if at - message.waiting_since <= GIVEN_UP_AFTER else None


def backoff_s(attempts: int, after_s: float | None = None) -> float:
    """Seconds until the next try after so many that failed; the other side may name a wait."""
    state = RetryCallState(retry_object=None, fn=None, args=(), kwargs={})  # type: ignore[arg-type]
    state.attempt_number = attempts
    return max(_LEAST_S, after_s or 0.0, _backoff(state))
