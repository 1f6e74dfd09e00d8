"""All DORA figures with their rows at 177,462 deployment commits x 3,193 incidents, a size at which a rival takes 31.7 s.

python benchmarks/dora_page.py
"""  # noqa: E501

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from warehouse_history import MadeUpHistory, Size

from fairlead.metrics.figures import group
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.times import FixedClock

_DEPLOYMENTS, _INCIDENTS = 177_462, 3_193
_APART = 6.0
"""Minutes between two deployments: two years in all."""


def main() -> None:
    """Builds the warehouse, asks for the page eleven times, prints the median."""
    history = MadeUpHistory(
        Size(
            _DEPLOYMENTS,
            commits_per_change=2,
            changes_per_deployment=1,
            changes_per_repository=3000,
            incidents=_INCIDENTS,
            minutes_apart=_APART,
        )
    )
    end = datetime(2023, 1, 2, tzinfo=UTC) + timedelta(minutes=_APART * _DEPLOYMENTS)
    warehouse = Warehouse(None, history, clock=FixedClock(end), memory_limit="1GB")
    warehouse.refresh()
    counted = warehouse.rows("select count(*) as n from counted_deployments")[0]["n"]
    incidents = warehouse.rows("select count(*) as n from incident_causes")[0]["n"]
    window = Window(start=end - timedelta(days=90), end=end)
    spent, busy = [], []
    for _ in range(11):
        started, before = time.perf_counter(), time.process_time()
        page = group(warehouse, "dora", window)
        drilled = [warehouse.readonly(figure.rows.query, limit=50).rows for figure in page]
        spent.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - before) * 1000)
    assert all(drilled)
    print(f"{counted:,} deployments x {incidents:,} incidents: {statistics.median(spent):.0f} ms (mark: 300 ms), "
          f"{statistics.median(busy):.0f} ms of both cores")  # fmt: skip
    for figure in page:
        print(f"  {figure.name:<34} {figure.value!s:>22}  n={figure.n:,}  {figure.band or '-'}")


if __name__ == "__main__":
    main()
