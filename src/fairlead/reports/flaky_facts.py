"""Loads tests that speak against themselves: flaky ones, which of them fail together, and those that grow slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fairlead.metrics.segments import conditions
from fairlead.metrics.survey import moment
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.reports.scope import aware

MOST = 20
"""Tests listed; the figure counts all, and its rows name them."""
_TOGETHER = 2
"""Commits on which two tests must have been flaky side by side: once is chance."""
_RUNS = 5
"""Commits in each half of the window below which a median of seconds says nothing."""


@dataclass(frozen=True, slots=True)
class Flaky:
    """A test that failed and passed on one commit."""

    name: str
    suite: str | None
    repository: str
    commits: int
    """Those on which it did."""
    of: int
    """Those on which it ran."""
    last_at: datetime
    last_case: str
    """The result that failed there last."""
    beside: tuple[str, ...]
    """Tests of its suite that were flaky on the same commits more than once, most often first."""


@dataclass(frozen=True, slots=True)
class Slower:
    """A test that takes longer in the second half of a window than in the first."""

    name: str
    suite: str | None
    repository: str
    before_s: float
    now_s: float
    last_case: str


@dataclass(frozen=True, slots=True)
class Tests:
    """What is told of single tests; never whose they are."""

    flaky: tuple[Flaky, ...]
    slower: tuple[Slower, ...]


_SEEN = """
with seen as (
    select * from test_outcomes where "at" >= {start} and "at" < {end} and passed + failed > 0 and {limits}
)
"""
_FLAKY = """,
pairs as (
    select one.test, other.name, count(distinct one.place) as commits
    from seen one
    join seen other on other.place = one.place and other.repository = one.repository
        and other.suite = one.suite and other.environment = one.environment and other.flaky and other.test <> one.test
    where one.flaky
    group by all having commits >= {together}
),

beside as (
    select test, list(name order by commits desc, name)[1:3] as names from pairs group by test
)

select t.*, coalesce(b.names, []) as beside
from (
    select test, min(name) as name, min(suite) as suite, min(repository) as repository,
        count(distinct case when flaky then place end) as commits, count(distinct place) as of,
        max(case when flaky then "at" end) as last_at,
        arg_max(case_id, ("at", case_id)) filter (flaky) as last_case
    from seen group by test
) t
left join beside b on b.test = t.test
where t.commits > 0
order by t.commits desc, t.last_at desc, t.test
limit {most}
"""
# Half as long again and a second more: less than that is what a busy machine does to a test.
_SLOWER = """,
halves as (
    select test, min(name) as name, min(suite) as suite, min(repository) as repository,
        median(duration_s) filter ("at" < {middle}) as before_s,
        median(duration_s) filter ("at" >= {middle}) as now_s,
        count(duration_s) filter ("at" < {middle}) as before_n, count(duration_s) filter ("at" >= {middle}) as now_n,
        arg_max(case_id, ("at", case_id)) as last_case
    from seen group by test
)

select * from halves
where before_n >= {runs} and now_n >= {runs} and now_s >= before_s * 1.5 and now_s >= before_s + 1
order by now_s - before_s desc, test
limit {most}
"""


def load_tests(warehouse: Warehouse, window: Window, limits: Mapping[str, str]) -> Tests:
    """The tests of a window, limited like the figure `flaky_tests`, so that both speak of the same ones."""
    entry = warehouse.catalogue["flaky_tests"]
    segment = {key: value for key, value in limits.items() if key in entry.segments}
    said = {
        "start": moment(window.start), "end": moment(window.end), "most": MOST, "together": _TOGETHER, "runs": _RUNS,
        "middle": moment(window.start + (window.end - window.start) / 2),
        "limits": " and ".join(["true", *conditions(entry, segment)]),
    }  # fmt: skip
    flaky = tuple(
        Flaky(
            row["name"], row["suite"], row["repository"], row["commits"], row["of"], aware(row["last_at"]),
            row["last_case"], tuple(row["beside"]),
        )
        for row in warehouse.rows((_SEEN + _FLAKY).format(**said))
    )  # fmt: skip
    slower = tuple(
        Slower(row["name"], row["suite"], row["repository"], row["before_s"], row["now_s"], row["last_case"])
        for row in warehouse.rows((_SEEN + _SLOWER).format(**said))
    )
    return Tests(flaky, slower)
