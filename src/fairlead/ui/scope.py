"""The scope line: team, window and segment, all of it in the query string, so that a link shows the same to all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fairlead.metrics.segments import whole_id
from fairlead.model.figures import Window

WINDOWS: Mapping[str, int] = {"7d": 7, "30d": 30, "90d": 90}
"""Name in the query string -> days."""
SEGMENTS = ("repository", "service", "work_type", "author_kind")
"""What a figure may be limited to, beside the team."""
SCOPE_WORDS = ("team", "window", *SEGMENTS)
"""Words of the address that every page takes and every link carries on, whether or not they limit the page."""


@dataclass(frozen=True)
class Scope:
    """What the reader looks at."""

    team: str = ""
    """Team id; empty means all teams."""
    window: str = "30d"
    segment: tuple[tuple[str, str], ...] = ()
    """Further limits, like `(("service", "service:api"),)`."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Scope:
        """From a query string; unknown values count as not said."""
        window = query.get("window", "30d")
        return cls(
            team=_whole(query, "team"),
            # What is not known counts as not said; `misnamed` tells it before a page is made.
            window=window if window in WINDOWS else "30d",
            segment=tuple((name, _whole(query, name)) for name in SEGMENTS if query.get(name)),
        )

    def between(self, now: datetime) -> Window:
        """The stretch of time that ends now."""
        return Window(start=now - timedelta(days=WINDOWS[self.window]), end=now)

    @property
    def limits(self) -> dict[str, str]:
        """Segment of a figure."""
        return ({"team": self.team} if self.team else {}) | dict(self.segment)

    @property
    def query(self) -> dict[str, str]:
        """Only what differs from the default, for links."""
        # The default stays out of addresses, so that a link that somebody sends is short.
        window = {} if self.window == "30d" else {"window": self.window}
        return self.limits | window

    def link(self, path: str, **further: str | int | None) -> str:
        """A path with this scope and more; `None` and empty values are left out."""
        said = {name: str(value) for name, value in {**self.query, **further}.items() if value not in (None, "")}
        return f"{path}?{urlencode(said)}" if said else path


def _whole(query: Mapping[str, str], name: str) -> str:
    # People type the key of a team or service, as on the command line.
    return whole_id(name, query[name]) if query.get(name) else ""
