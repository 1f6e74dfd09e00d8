"""The file of the warehouse survives kills, older versions and strangers; it is made anew, never doubled."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Abort, Retry
from fairlead.model.times import FixedClock

COUNTED = ("changes", "commits", "change_turns", "change_lead_times", "counted_deployments", "first_deployments")


@pytest.fixture(scope="module")
def busy(shared_company: Any) -> Any:
    """Five changes, each deployed."""
    for day in range(1, 6):
        shared_company.change(day)
        shared_company.deployment(day, shared_company.merge(day), shared_company.at(day, 20))
    return shared_company


@pytest.fixture(scope="module")
def built(busy: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A file as a refresh leaves it, and how many rows its tables have."""
    path = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    return path, made(busy, path)


@pytest.fixture
def path(built: tuple[Path, dict[str, int]], tmp_path: Path) -> Path:
    """A copy of that file."""
    return Path(shutil.copy(built[0], tmp_path / "warehouse.duckdb"))


@pytest.fixture
def first(built: tuple[Path, dict[str, int]]) -> dict[str, int]:
    """Rows of its tables."""
    return built[1]


def opened(company: Any, path: Path) -> Warehouse:
    warehouse = Warehouse(path, company.source, company.setup, company.clock)
    warehouse.refresh()
    return warehouse


def counts(warehouse: Warehouse) -> dict[str, int]:
    return {name: warehouse.rows(f"select count(*) as n from {name}")[0]["n"] for name in COUNTED}


def made(company: Any, path: Path) -> dict[str, int]:
    warehouse = opened(company, path)
    found = counts(warehouse)
    warehouse.close()
    return found


def test_opening_again_changes_nothing(busy: Any, path: Path, first: dict[str, int]) -> None:
    warehouse = Warehouse(path, busy.source, busy.setup, busy.clock)
    assert warehouse.refresh().models == 0
    assert counts(warehouse) == first
    warehouse.close()


@pytest.mark.parametrize("harm", [
    "delete from warehouse_state",
    "delete from warehouse_state where key = 'rev'",
    "update warehouse_state set value = 'older' where key = 'models'",
    "drop table warehouse_shape",
    "update warehouse_shape set shape = 'older'",
    "insert into warehouse_shape values ('twice')",
])  # fmt: skip
def test_a_file_in_doubt_is_made_anew(harm: str, busy: Any, path: Path, first: dict[str, int]) -> None:
    con = duckdb.connect(str(path))
    con.execute(harm)
    con.close()
    assert made(busy, path) == first


def test_who_reads_after_an_upgrade_reads_what_the_new_models_make(busy: Any, path: Path) -> None:
    con = duckdb.connect(str(path))
    con.execute("update warehouse_state set value = 'older' where key = 'models'")
    con.execute("drop table change_lead_times")
    con.close()
    warehouse = Warehouse(path, busy.source, busy.setup, busy.clock)
    assert warehouse.rows("select count(*) as n from change_lead_times") == [{"n": 5}]
    warehouse.close()


def test_an_upgrade_may_make_a_view_of_what_was_a_table_and_the_other_way_round(busy: Any, path: Path) -> None:
    con = duckdb.connect(str(path))
    con.execute("update warehouse_state set value = 'older' where key = 'models'")
    con.execute("drop table open_change_turns")
    con.execute("create view open_change_turns as select 'older' as change, 'approved' as why")
    con.execute("drop view attention_conflicts")
    con.execute("create table attention_conflicts as select 'older' as change")
    con.close()
    warehouse = Warehouse(path, busy.source, busy.setup, busy.clock)
    for relation in ("open_change_turns", "attention_conflicts"):
        assert all(row["change"] != "older" for row in warehouse.rows(f"select * from {relation}"))
    warehouse.close()


def test_at_new_year_readers_take_what_is_there_and_a_refresh_makes_new_calendars(busy: Any, path: Path) -> None:
    def stamp(warehouse: Warehouse) -> str:
        [row] = warehouse.rows("select value from warehouse_state where key = 'models'")
        return str(row["value"])

    later = FixedClock(busy.clock.now() + timedelta(days=366))
    warehouse = Warehouse(path, busy.source, busy.setup, later)
    before = stamp(warehouse)
    assert warehouse.rows("select count(*) as n from change_lead_times") == [{"n": 5}]
    assert stamp(warehouse) == before, "a reader waited for a refresh"
    assert warehouse.refresh().full
    assert stamp(warehouse) != before
    warehouse.close()


@pytest.mark.parametrize("size", [0, 4096, 20_000])
def test_a_file_cut_short_is_made_anew(size: int, busy: Any, path: Path, first: dict[str, int]) -> None:
    path.write_bytes(path.read_bytes()[:size])
    assert made(busy, path) == first


def test_a_kill_in_mid_refresh_leaves_the_state_before(busy: Any, path: Path, first: dict[str, int]) -> None:
    # What a refresh does until it commits, and then the process is gone.
    half = (
        "import duckdb, os, signal, sys\n"
        "con = duckdb.connect(sys.argv[1])\n"
        "con.begin()\n"
        "con.execute('insert into changes from changes')\n"
        "con.execute('delete from change_lead_times')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", half, str(path)], check=False).returncode == -9
    assert made(busy, path) == first


def test_the_second_process_is_told_who_has_the_file(busy: Any, path: Path) -> None:
    holding = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(Abort) as alone:
            opened(busy, path)
        assert "wait" in (alone.value.hint or "")
        (path.parent / "fairlead.sock").touch()
        with pytest.raises(Abort) as served:
            opened(busy, path)
        assert str(path.parent / "fairlead.sock") in (served.value.hint or "")
        other.communicate()


class Torn(MemorySource):
    """A store that fails while it is read."""

    def deltas(self, table: str, after_rev: int) -> Iterator[pa.RecordBatch]:
        yield from super().deltas(table, after_rev)
        if table == "changes":
            raise OSError("the disk went away")


def test_a_source_that_fails_in_mid_load_says_so_itself_and_leaves_nothing(tmp_path: Path) -> None:
    source = Torn()
    source.put("changes", {"id": "github:acme/pay#1", "repository": "github:acme/pay", "state": "open"})
    warehouse = Warehouse(tmp_path / "warehouse.duckdb", source)
    with pytest.raises(OSError, match="the disk went away"):
        warehouse.refresh()
    warehouse.close()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as beside:
        assert beside.execute("select count(*) from changes").fetchall() == [(0,)]


def test_the_past_is_kept_for_its_moment_and_for_what_the_store_held(tmp_path: Path) -> None:
    source, (monday, friday) = MemorySource(), (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (2, 6))

    def opens(number: int, at: datetime) -> None:
        told = at.replace(tzinfo=None)
        source.put("changes", {"id": f"github:acme/pay#{number}", "state": "open", "created_at": told})

    def known(then: datetime) -> tuple[bool, bool, list[int]]:
        with closing(Warehouse(tmp_path / "past.duckdb", source, clock=FixedClock(then), then=then)) as past:
            done = past.refresh()
            found = past.rows("select id from changes order by id")
            return done.models > 0, past.rewound, [int(row["id"].partition("#")[2]) for row in found]

    opens(1, monday - timedelta(days=1))
    opens(2, friday - timedelta(days=1))
    assert known(monday) == (True, True, [1])
    assert known(monday) == (False, True, [1])
    opens(3, monday - timedelta(hours=1))
    assert known(monday) == (True, True, [1, 3])
    assert known(friday) == (True, False, [1, 2, 3])
    assert known(friday) == (False, False, [1, 2, 3])


def test_a_full_disk_is_told_as_such_and_passes_by(busy: Any, tmp_path: Path) -> None:
    path, before = tmp_path / "warehouse.duckdb", resource.getrlimit(resource.RLIMIT_FSIZE)
    warehouse = Warehouse(path, busy.source, busy.setup, busy.clock)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        # a limit on the size of files stands for the disk: writing ends with an error, and nothing else does
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
        with pytest.raises(Retry, match="marts cannot be brought up to date") as fault:
            warehouse.refresh()
        assert "disk space" in fault.value.hint
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    warehouse.refresh()
    assert warehouse.rows("select count(*) as n from changes") == [{"n": 5}]
    warehouse.close()


def test_the_solver_brings_pandas_which_a_warehouse_does_not_load() -> None:
    code = (
        "import sys; from fairlead.metrics.warehouse import _open; _open(None, '64MB', 1)\n"
        "import pyarrow; pyarrow.array(['a']); print('pandas' in sys.modules)\n"
        "import pandas; print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
