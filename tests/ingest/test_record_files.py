"""Folders of record files: what is wrong is told at once, what is right comes in and goes out again."""

from __future__ import annotations

import json
import resource
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.ingest.record_files import FORMATS
from fairlead.ingest.records_export import Format, export_records
from fairlead.ingest.records_import import import_records
from fairlead.ingest.replay import replay
from fairlead.ingest.spool import ImportSummary
from fairlead.model.errors import Abort, ConfigFaults
from fairlead.model.schema import TABLES, columns
from fairlead.store import records
from fairlead.store.database import Database

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Home:
    """Store, log and ingest in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = Database.open(f"sqlite:///{folder / 'facts.db'}")
        self.log = SqlEventLog.open(f"sqlite:///{folder / 'raw.db'}")
        self.ingest = Ingest(self.database, self.log, options=Options)
        self.now = NOW

    def load(self, folder: Path) -> ImportSummary:
        self.now += timedelta(hours=1)
        done = import_records(folder, self.log, self.database, self.now)
        while self.ingest.step().raw_events:
            pass
        return done

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        with self.database.read() as tx:
            return {
                row["id"]: {name: value for name, value in row.items() if name not in ("rev", "raw_seq")}
                for row in records.rows(tx, table)
            }

    def close(self) -> None:
        self.log.close()
        self.database.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home(tmp_path / "home")
    yield opened
    opened.close()


def _write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(text, encoding="utf-8")
    return folder


def test_what_the_settings_state_is_there_without_a_record(home: Home, tmp_path: Path) -> None:
    folder = _write(tmp_path / "in", incidents_csv="id,service,team\nx:1,service:api,team:web\nx:2,service:ap,\n")
    known = {"services": {"service:api"}, "teams": {"team:web"}}
    done = import_records(folder, home.log, home.database, NOW, known=known)
    assert done.warnings == [
        "incidents.service: 1 id of services that no record has, like `service:ap` (incidents.csv:3)"
    ]


def test_a_few_columns_are_enough(home: Home, tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "in",
        changes_csv="id,repository,merge_sha,merged_at\nx:api#1,x:api,aa,2026-03-02T10:00:00+01:00\n",
        change_commits_csv="id;change;sha;authored_at\nx:api#1@aa;x:api#1;aa;1772400000\n",
        deployments_jsonl='{"id": "d1", "sha": "aa", "result": "success", "finished_at": "2026-03-03"}\n',
    )
    done = home.load(folder)
    assert done.rows == {"changes": 1, "change_commits": 1, "deployments": 1}
    assert done.warnings == [
        "changes.repository: 1 id of repositories that no record has, like `x:api` (changes.csv:2)"
    ]
    change = home.rows("changes")["x:api#1"]
    assert change["merged_at"] == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert change["source"] == "records"
    assert home.rows("deployments")["d1"]["finished_at"] == datetime(2026, 3, 3, tzinfo=UTC)
    assert home.rows("change_commits")["x:api#1@aa"]["authored_at"] == datetime.fromtimestamp(1772400000, UTC)
    (run,) = home.rows("sync_runs").values()
    assert (run["kind"], run["records"], run["result"]) == ("import", 3, "success")


def test_all_faults_of_all_files_at_once_and_nothing_imported(home: Home, tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "in",
        changes_csv='id,stat,number,merged_at\na#1,merged,1,\n"a\n#2",open,two,yesterday\na#1,open,3,\na#4,open\n,open,5,\n',
        builds_jsonl='{"id": "b1", "result": "sucess"}\n\n{"id": "b2", "brnch": "main"}\nnot json\n["b3"]\n'
        '{"id": "  "}\n',
        comits_csv="id\nc1\n",
        repositories_csv="id,name\nr1,ok\n",
    )
    (folder / "alerts.parquet").write_bytes(b"PAR")
    (folder / "milestones.csv").write_bytes(b"id,title\nm1,caf\xe9\n")
    with pytest.raises(ConfigFaults) as told:
        home.load(folder)
    found = {(Path(fault.path).name, fault.line, fault.column): fault.message for fault in told.value.faults}
    assert found["changes.csv", 1, 2] == "changes has no field `stat`; did you mean `state`?"
    assert found["changes.csv", 3, 3] == "`number`: `two` is not a number"
    assert found["changes.csv", 3, 4] == "`merged_at`: `yesterday` is no time, like 2026-03-14T09:30:00Z"
    assert found["changes.csv", 5, 1] == "`id`: `a#1` stands there twice"
    assert found["changes.csv", 6, 1] == "2 cells under 4 columns"
    assert found["changes.csv", 7, 1] == "`id`: is empty; every record needs one"
    assert found["builds.jsonl", 6, 1] == "`id`: is empty; every record needs one"
    assert "did you mean `success`?" in found["builds.jsonl", 1, 1]
    assert found["builds.jsonl", 3, 1] == "builds has no field `brnch`; did you mean `branch`?"
    assert found["builds.jsonl", 4, 1].startswith("not JSON")
    assert found["builds.jsonl", 5, 1] == "not a JSON object"
    assert found["comits.csv", 1, 1] == "no table `comits`; did you mean `commits`?"
    assert found["alerts.parquet", 1, 1].startswith("not Parquet")
    assert found["milestones.csv", 2, 1] == "is not written in UTF-8"
    assert len(found) == 14
    assert home.log.latest() == 0
    assert home.rows("repositories") == {}


def test_the_same_again_changes_nothing_and_newer_rows_win(home: Home, tmp_path: Path) -> None:
    first = _write(tmp_path / "a", repositories_csv="id,name,language\nr,old,Go\n")
    assert home.load(first).new_events == 1
    assert home.load(first).new_events == 0
    home.load(_write(tmp_path / "b", repositories_csv="id,name\nr,new\n"))
    assert (home.rows("repositories")["r"]["name"], home.rows("repositories")["r"]["language"]) == ("new", "Go")
    dated = "id,title,updated_at\nm,{},{}\n"
    home.load(_write(tmp_path / "c", milestones_csv=dated.format("later", "2026-05-01T00:00:00Z")))
    home.load(_write(tmp_path / "d", milestones_csv=dated.format("earlier", "2026-04-01T00:00:00Z")))
    assert home.rows("milestones")["m"]["title"] == "later"


def test_lists_numbers_and_flags_as_people_write_them(home: Home, tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "in",
        changes_csv="id,labels,draft,number,title\n1,bug; urgent ,no,7.0,42\n"
        '2,"[""a;b"", ""c""]",TRUE,,"x, ""y""\nz"\n',
    )
    home.load(folder)
    one, two = home.rows("changes").values()
    assert (one["labels"], one["draft"], one["number"], one["title"]) == (("bug", "urgent"), False, 7, "42")
    assert (two["labels"], two["draft"], two["number"], two["title"]) == (("a;b", "c"), True, None, 'x, "y"\nz')


def test_parquet_with_its_own_types(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    columns_ = {
        "id": ["d1", "d2"],
        "finished_at": [NOW, None],
        "production": [True, None],
    }
    pq.write_table(pa.table(columns_), folder / "deployments.parquet")
    pq.write_table(pa.table({"id": ["h"], "day": [date(2026, 12, 25)]}), folder / "holidays.parquet")
    home.load(folder)
    assert home.rows("deployments")["d1"]["finished_at"] == NOW
    assert home.rows("holidays")["h"]["day"] == date(2026, 12, 25)


def test_folders_that_hold_nothing(home: Home, tmp_path: Path) -> None:
    with pytest.raises(Abort):
        home.load(tmp_path / "gone")
    with pytest.raises(Abort):
        home.load(_write(tmp_path / "in", notes_txt="x"))


def test_what_was_imported_survives_a_replay(home: Home, tmp_path: Path) -> None:
    home.load(
        _write(tmp_path / "in", changes_csv="id,title,updated_at\nx#1,One,2026-01-01\n", services_csv="id\ns\n")
    )
    before = home.rows("changes")
    fresh = Home(tmp_path / "fresh")
    ingest = Ingest(fresh.database, home.log, options=Options)
    while ingest.step().raw_events:
        pass
    replay(ingest)
    assert fresh.rows("changes") == before
    assert set(fresh.rows("services")) == {"s"}
    fresh.close()


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
_VALUE: dict[str, st.SearchStrategy[Any]] = {
    "text": _TEXT,
    "whole": st.integers(-(2**63) + 1, 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "time": st.datetimes(datetime(1700, 1, 1), datetime(2400, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    "day": st.dates(),
    "texts": st.lists(_TEXT, max_size=3).map(tuple),
}
_CHOSEN = ("changes", "holidays", "deployments", "test_results", "commits", "sprints", "oncall_shifts")


@st.composite
def _tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for table in draw(st.lists(st.sampled_from(_CHOSEN), unique=True, min_size=1, max_size=3)):
        rows = {}
        # what is blank is no id, which an import says
        for identity in draw(st.lists(_TEXT.filter(str.strip), min_size=1, max_size=4, unique=True)):
            row = {"id": identity}
            for column in columns(table)[1:]:
                value = st.sampled_from(column.words) if column.words else _VALUE[column.kind]
                row[column.name] = draw(st.none() | value)
            rows[identity] = row
        found[table] = list(rows.values())
    return found


@settings(
    max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(_tables(), st.sampled_from(["csv", "jsonl", "parquet"]))
def test_what_goes_out_comes_back_the_same(tables: dict[str, list[dict[str, Any]]], form: Format) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        given_, out, again = Path(scratch, "given"), Path(scratch, "out"), Path(scratch, "again")
        given_.mkdir()
        for table, rows in tables.items():
            lines = [json.dumps(row, default=lambda value: value.isoformat(), ensure_ascii=False) for row in rows]
            (given_ / f"{table}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        first, second = Home(Path(scratch, "one")), Home(Path(scratch, "two"))
        first.load(given_)
        export_records(out, first.database, form, tuple(tables))
        second.load(out)
        export_records(again, second.database, form, tuple(tables))
        for table, rows in tables.items():
            expected = {row["id"]: {**row, "source": row["source"] or "records"} for row in rows}
            assert first.rows(table) == second.rows(table) == expected
            assert (out / f"{table}.{form}").read_bytes() == (again / f"{table}.{form}").read_bytes()
        first.close()
        second.close()


def test_every_table_can_be_opened_and_named() -> None:
    assert set(FORMATS) == {".csv", ".jsonl", ".ndjson", ".parquet"}
    assert set(_CHOSEN) <= set(TABLES)


def test_an_export_never_mixes_with_what_is_there(home: Home, tmp_path: Path) -> None:
    home.load(_write(tmp_path / "in", changes_csv="id,author,title\nx#1,a:@kim,One\n"))
    out = tmp_path / "out"
    assert export_records(out, home.database, "csv", ("changes",), {"changes": frozenset({"author"})}) == {
        "changes": 1
    }
    assert b"author" not in (out / "changes.csv").read_bytes()
    with pytest.raises(Abort):
        export_records(out, home.database, "jsonl")
    with pytest.raises(Abort):
        export_records(tmp_path / "other", home.database, "csv", ("chnges",))


def test_deep_json_is_a_fault_of_its_line(home: Home, tmp_path: Path) -> None:
    """And no stack that runs over."""
    deep = '{"id": "a#1", "labels": ' + "[" * 20_000 + "]" * 20_000 + "}\n"
    with pytest.raises(ConfigFaults) as told:
        home.load(_write(tmp_path / "in", changes_jsonl=deep + '{"id": "a#2", "title": "fine"}\n'))
    assert [(fault.line, fault.message) for fault in told.value.faults] == [(1, "nested too deeply")]


def test_no_room_for_what_is_imported(home: Home, tmp_path: Path) -> None:
    """The disk of temporary files is full: a clear word, and nothing is imported; with room it goes on."""
    lines = "".join(f"a#{number},{'x' * 200}\n" for number in range(1_000))
    folder = _write(tmp_path / "in", changes_csv="id,title\n" + lines)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # a file too large is a full disk for one process alone; without the signal the write fails as it does there
    held = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        with pytest.raises(Abort, match="no room for what is imported"):
            home.load(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, held)
    assert home.log.latest() == 0
    assert home.load(folder).rows == {"changes": 1_000}
