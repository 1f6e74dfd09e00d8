"""Ids, hashes and node ids: all follow from content and counters, so that a seed gives the same bytes again."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections import defaultdict
from datetime import UTC, datetime

from fairlead.model.times import EPOCH

ZERO_SHA = "0" * 40
GHOST_ID = 10137
"""GitHub's own id of the account that stands in for deleted users."""


class Counter:
    """Numbers by kind that only grow, each kind in its own range as on GitHub."""

    _STARTS = {
        "user": 48_210_000,
        "app": 310_000,
        "installation": 51_200_000,
        "team": 9_140_000,
        "repository": 612_400_000,
        "pull": 1_840_000_000,
        "issue": 2_310_000_000,
        "review": 2_410_000_000,
        "comment": 2_480_000_000,
        "review_comment": 1_760_000_000,
        "label": 6_020_000_000,
        "milestone": 11_400_000,
        "check_run": 31_000_000_000,
        "check_suite": 29_500_000_000,
        "workflow_run": 11_300_000_000,
        "workflow": 98_400_000,
        "deployment": 1_930_000_000,
        "deployment_status": 3_150_000_000,
        "release": 181_000_000,
        "status": 28_000_000_000,
        "hook": 501_000_000,
        "delivery": 170_000_000_000,
        "push": 20_900_000_000,
        "event": 14_800_000_000,
    }

    def __init__(self) -> None:
        self._last: dict[str, int] = defaultdict(int, self._STARTS)

    def next(self, kind: str) -> int:
        """The next number of a kind."""
        # Steps of 7 look less made up than 1 and keep ids apart from numbers within a repository.
        self._last[kind] += 7
        return self._last[kind]


def node_id(prefix: str, number: int, repository: int = 0) -> str:
    """A global node id in the present form, like `PR_kwDOJH...`."""
    packed = repository.to_bytes(5, "big") + number.to_bytes(6, "big")
    return f"{prefix}_kwDO" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def guid(seed: int, number: int) -> str:
    """Delivery id of the n-th webhook."""
    digest = hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def sha_of(*parts: str) -> str:
    """A forty-digit hash of text."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def stamp(moment: datetime | None) -> str | None:
    """A time as most of GitHub's objects write it: whole seconds in UTC."""
    if moment is None:
        return None
    # `isoformat` takes a fifth of the time of `strftime`, and there are many stamps.
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()[:19] + "Z"


def epoch(moment: datetime) -> int:
    """Seconds since 1970, as repositories in push events carry them."""
    return int((moment - EPOCH).total_seconds())
