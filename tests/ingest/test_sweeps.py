"""Sweeps: what a full listing lacks was deleted, what it lists is there."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.ingest.notes import START, Bench, hour

from fairlead.bus.sql import SqlEventLog
from fairlead.ingest.replay import replay
from fairlead.store.database import Database

SCOPE = "github:acme/payments#"


def pull(number: int, at: float, born: float | None = 0, **values: Any) -> dict[str, Any]:
    """A payload about a pull request."""
    created = {} if born is None else {"created_at": hour(born)}
    return {"say": [["changes", hour(at), {"id": f"{SCOPE}{number}", "number": number, **created, **values}]]}


def sweep(at: float, *numbers: int) -> dict[str, Any]:
    """A full listing of the pull requests of the repository."""
    return {"sweep": [["changes", SCOPE, [f"{SCOPE}{number}" for number in numbers], hour(at)]]}


def deleted(bench: Bench, number: int) -> Any:
    """Hours after the start at which a pull request was deleted; `None` while it is there."""
    row = bench.row("changes", f"{SCOPE}{number}")
    assert row is not None
    return row["deleted_at"] and (row["deleted_at"] - START) / timedelta(hours=1)


def test_what_is_missing_gets_a_tombstone(bench: Bench) -> None:
    """But not what was born after the listing, what lies elsewhere, or what is listed."""
    bench.tell(*(pull(number, 1) for number in (1, 2)), pull(3, 8, born=8))
    bench.tell({"say": [["changes", hour(1), {"id": "github:acme/web#1", "created_at": hour(0)}]]})
    done = bench.tell(sweep(5, 1))
    assert [deleted(bench, number) for number in (1, 2, 3)] == [None, 5, None]
    assert done.tables["changes"] == {f"{SCOPE}2"}
    elsewhere = bench.row("changes", "github:acme/web#1")
    assert elsewhere is not None
    assert elsewhere["deleted_at"] is None


def test_what_is_listed_again_lives_again(bench: Bench) -> None:
    """Restored in the tool; and gone once more after that."""
    bench.tell(pull(1, 1), sweep(5), sweep(6))
    assert deleted(bench, 1) == 5
    bench.tell(sweep(7, 1))
    assert deleted(bench, 1) is None
    bench.tell(sweep(8, 1), sweep(9), sweep(10))
    assert deleted(bench, 1) == 9


def test_the_tools_own_word_about_a_deletion_counts(bench: Bench) -> None:
    """It knows the moment; a later listing that has the record shows that it was restored."""
    bench.tell(pull(1, 1), sweep(5), pull(1, 4, deleted_at=hour(4)))
    assert deleted(bench, 1) == 4
    bench.tell(sweep(9))
    assert deleted(bench, 1) == 4
    bench.tell(sweep(12, 1))
    assert deleted(bench, 1) is None
    bench.tell(sweep(14))
    assert deleted(bench, 1) == 14


def test_what_a_listing_restored_and_a_later_one_missed_is_alive_once_the_tool_speaks_of_it(bench: Bench) -> None:
    """The tool's word of life is the latest, whichever way they are heard."""
    bench.tell(pull(1, 2, deleted_at=hour(2)), sweep(3, 1), sweep(4))
    assert deleted(bench, 1) == 4
    bench.tell(pull(1, 9))
    assert deleted(bench, 1) is None
    bench.tell(pull(2, 9), pull(2, 2, deleted_at=hour(2)), sweep(5, 2), sweep(6))
    assert deleted(bench, 2) is None


def test_late_rows_meet_the_listing(bench: Bench) -> None:
    """The row comes after the sweep that should have listed it; one that the tool spoke of later is alive."""
    bench.tell(sweep(5), sweep(7))
    bench.tell(pull(1, 1), pull(2, 9), pull(3, 6, born=None), pull(4, 6, born=6))
    assert [deleted(bench, number) for number in (1, 2, 3, 4)] == [5, None, 7, 7]
    bench.tell(pull(1, 8, title="Still here"))
    assert deleted(bench, 1) is None


def test_a_listing_goes_along_with_a_rename(bench: Bench) -> None:
    """Swept under the old name, spoken of under both."""
    bench.tell(pull(1, 1), sweep(5, 2))
    bench.tell({"rename": [["github:acme/payments", "github:acme/pay", hour(6)]]})
    row = bench.row("changes", "github:acme/pay#1")
    assert row is not None
    assert row["deleted_at"] == START + timedelta(hours=5)
    bench.tell(pull(3, 2), pull(2, 2))
    rows = [bench.row("changes", f"github:acme/pay#{number}") for number in (2, 3)]
    assert [row["deleted_at"] is None for row in rows if row] == [True, False]


def test_a_replay_of_old_sweeps_changes_nothing(bench: Bench) -> None:
    """They are heard of a second time, after newer ones."""
    bench.tell(pull(1, 1), pull(2, 1), sweep(5, 1), sweep(6, 1, 2), sweep(7, 2))
    before = bench.content()
    assert replay(bench.ingest).changed == 0
    assert bench.content() == before
    assert [deleted(bench, number) for number in (1, 2)] == [7, None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stores of the examples lie."""
    return tmp_path_factory.mktemp("sweeps")


payloads = st.lists(
    st.one_of(
        st.builds(pull, st.integers(1, 3), st.integers(1, 9), st.sampled_from([None, 0, 1])),
        st.builds(lambda number, at: pull(number, at, deleted_at=hour(at)), st.integers(1, 3), st.integers(1, 9)),
        st.builds(lambda number, at: pull(number, at, deleted_at=None), st.integers(1, 3), st.integers(1, 9)),
        st.builds(lambda at, numbers: sweep(at + 0.5, *numbers), st.integers(1, 9), st.sets(st.integers(1, 3))),
    ),
    max_size=8,
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payloads, st.randoms(use_true_random=False), st.integers(1, 4))
def test_rows_and_sweeps_may_come_in_any_order(
    sqlite_template: Path, folder: Path, told: list[dict[str, Any]], chance: Any, size: int
) -> None:
    """Sweeps too: a captured history or a second process may bring an older one after a newer one."""

    def rows(contents: list[dict[str, Any]], size: int) -> dict[str, Any]:
        for path in folder.glob("*"):
            path.unlink()
        shutil.copy(sqlite_template, folder / "facts.db")
        database = Database.open(f"sqlite:///{folder / 'facts.db'}")
        log = SqlEventLog.open(f"sqlite:///{folder / 'raw.db'}")
        try:
            bench = Bench(database, log)
            for start in range(0, len(contents), size):
                bench.tell(*contents[start : start + size])
            return {one: row["deleted_at"] for one, row in bench.content().get("changes", {}).items()}
        finally:
            log.close()
            database.close()

    in_order = sorted(told, key=_moment)
    mixed = list(told)
    chance.shuffle(mixed)
    assert rows(mixed, size) == rows(in_order, 1)


def _moment(content: dict[str, Any]) -> str:
    return str(content["sweep"][0][3] if "sweep" in content else content["say"][0][1])


def test_what_only_some_may_see_is_not_missed(bench: Bench) -> None:
    """A comment for a role, and all that was said of an issue for a few, whichever is heard of first."""
    items, said = "jira:QUAY-", "jira:QUAY-1/comment/"
    issue = {"say": [["work_items", hour(1), {"id": f"{items}1", "created_at": hour(0)}]]}
    comments = [
        {"say": [["messages", hour(1), {"id": f"{said}{n}", "about": f"{items}1", "restricted": n == 2}]]}
        for n in (1, 2)
    ]
    empty = {"sweep": [[table, items, [], hour(5)] for table in ("work_items", "messages")]}
    bench.tell(issue, *comments, empty)
    gone = [bench.row("messages", f"{said}{n}") for n in (1, 2)]
    assert [row and row["deleted_at"] is None for row in gone] == [False, True]
    bench.tell({"say": [["work_items", hour(4), {"id": f"{items}1", "restricted": True}]]})
    rows = [bench.row("work_items", f"{items}1"), *(bench.row("messages", f"{said}{n}") for n in (1, 2))]
    assert [row and row["deleted_at"] for row in rows] == [None, None, None]
    bench.tell({"sweep": [["work_items", items, [], hour(9)]]})
    assert (bench.row("work_items", f"{items}1") or {})["deleted_at"] is None
