"""Moving in from Apache DevLake: which records its tables become, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.ingest import lake

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.ingest.devlake.importing import Moved, import_devlake
from fairlead.model.errors import Abort, ConfigFaults
from fairlead.store import quarantine, records
from fairlead.store.database import Database

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Home:
    """A store and a log that DevLake's tables are moved into."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.database = Database.open(f"sqlite:///{folder / 'facts.db'}")
        self.log = SqlEventLog.open(f"sqlite:///{folder / 'raw.db'}")
        self.ingest = Ingest(self.database, self.log, options=Options)

    def move_in(self, place: Path | str) -> Moved:
        """Imports and applies."""
        moved = import_devlake(str(place), self.log, NOW)
        while self.ingest.step().raw_events:
            pass
        with self.database.read() as tx:
            assert list(quarantine.rows(tx)) == []
        return moved

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        """Rows by id."""
        with self.database.read() as tx:
            return {row["id"]: row for row in records.rows(tx, table)}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An empty home."""
    opened = Home(tmp_path / "home")
    yield opened
    opened.log.close()
    opened.database.close()


def test_rows_go_by_the_ids_of_their_tools(home: Home, tmp_path: Path) -> None:
    """So that live sources meet them; what the tool's id cannot be told of keeps DevLake's."""
    moved = home.move_in(lake.write(tmp_path / "lake"))
    assert moved.summary.warnings == []
    change = home.rows("changes")["github:acme/payments#2"]
    assert (change["state"], change["merge_sha"], change["author"]) == ("merged", "m2", "github:@kim")
    assert change["source"] == "devlake"
    events = home.rows("change_events")
    assert events["github:acme/payments#2/review/900"]["kind"] == "approved"
    assert events["github:acme/payments#2/comment/901"]["kind"] == "commented"
    assert events["github:acme/payments#2/merged/2026-05-03T09:00:00Z"]["at"] == change["merged_at"]
    assert home.rows("commits")["github:acme/payments@m2"]["parents"] == ("m1",)
    assert home.rows("commits")["github:acme/payments@c0"]["parents"] == ()
    assert home.rows("change_commits")["github:acme/payments#2@h2"]["author"] == "email:kim@acme.example"
    deployment = home.rows("deployments")["devlake:github:GithubDeployment:1:D2"]
    assert (deployment["repository"], deployment["sha"], deployment["production"]) == (
        "github:acme/payments", "m2", True
    )  # fmt: skip
    assert home.rows("incidents")["pagerduty:Q4"]["resolved_at"] == datetime(2026, 5, 19, 10, tzinfo=UTC)
    assert home.rows("incidents")["pagerduty:Q4"]["caused_by_deployment"] is None


def test_work_keeps_its_history(home: Home, tmp_path: Path) -> None:
    """Statuses with their categories, the sprint as the list before and after."""
    home.move_in(lake.write(tmp_path / "lake"))
    item = home.rows("work_items")["jira:PAY-17"]
    assert (item["work_type"], item["points"], item["sprint"]) == ("feature", 3.0, "jira:sprint/12")
    assert (item["epic"], item["status_category"], item["project"]) == ("jira:PAY-1", "done", "PAY")
    step = home.rows("work_item_transitions")["jira:PAY-17/transition/70"]
    assert (step["from_category"], step["to_category"], step["to_status"]) == ("todo", "done", "Released")
    (entry,) = home.rows("work_item_changes").values()
    assert (entry["field"], entry["from_value"], entry["to_value"]) == ("sprint", None, "jira:sprint/12")


def test_people_are_who_the_administrator_says(home: Home, tmp_path: Path) -> None:
    """Accounts of one user are one person; teams are proposals."""
    home.move_in(lake.write(tmp_path / "lake"))
    (link,) = home.rows("identity_links").values()
    assert {link["account"], link["other"]} == {"github:@noor", "jira:@557058:ab"}
    assert link["status"] == "confirmed"
    assert set(home.rows("memberships")) == {
        "devlake:team/7/github:@noor",
        "devlake:team/7/jira:@557058:ab",
    }


def test_a_deployment_of_two_repositories_is_one_and_as_good_as_its_worst_part(home: Home, tmp_path: Path) -> None:
    """It is done when its last part is; an address may stand where DevLake knows no repository."""
    head, rows = lake.tables()["cicd_deployment_commits"]
    other = list(rows[0])
    other[0], other[4], other[9], other[11], other[12] = "x", "FAILURE", "2026-05-02 13:00:00", "", "https://git/web"
    home.move_in(lake.write(tmp_path / "lake", cicd_deployment_commits=(head, [*rows, tuple(other)])))
    deployment = home.rows("deployments")["devlake:github:GithubDeployment:1:D1"]
    assert (deployment["result"], deployment["sha"]) == ("failure", None)
    assert deployment["finished_at"] == datetime(2026, 5, 2, 13, tzinfo=UTC)
    parts = [row for row in home.rows("deployment_commits").values() if row["deployment"] == deployment["id"]]
    assert {part["repository"] for part in parts} == {"github:acme/payments", "devlake:https://git/web"}


def test_again_changes_nothing_and_a_second_connection_doubles_nothing(home: Home, tmp_path: Path) -> None:
    """The same rows make the same raw events; one repository may have been collected twice."""
    head, rows = lake.tables()["repos"]
    folder = lake.write(tmp_path / "lake", repos=(head, [*rows, ("github:GithubRepo:2:100", *rows[0][1:])]))
    assert home.move_in(folder).summary.new_events == 1
    before = home.log.latest()
    assert home.move_in(folder).summary.new_events == 0
    # the run of the same moment is there too
    assert home.log.latest() == before
    assert len(home.rows("repositories")) == 1
    assert len(home.rows("sync_runs")) == 1


def test_all_faults_of_all_tables_at_once(home: Home, tmp_path: Path) -> None:
    """With file, line and column; nothing is imported."""
    head, rows = lake.tables()["pull_requests"]
    broken = [*rows[:3], (*rows[3][:8], "yesterday", *rows[3][9:])]
    folder = lake.write(
        tmp_path / "lake",
        pull_requests=(head, broken),
        accounts=("id user_name", [("", "kim")]),
        repo_commits=("repo commit_sha", [(lake.REPO, "m1")]),
    )
    with pytest.raises(ConfigFaults) as told:
        home.move_in(folder)
    found = {(Path(one.path).name, one.line, one.column): one.message for one in told.value.faults}
    assert found[("pull_requests.csv", 5, 9)].startswith("`created_date`: `yesterday` is no time")
    assert found[("accounts.csv", 2, 1)] == "`id`: is empty"
    assert found[("repo_commits.csv", 1, 1)] == "there is no column `repo_id`; `repo_commits` needs it"
    assert home.log.latest() == 0


def test_hostile_cells(home: Home, tmp_path: Path) -> None:
    """NULL as MySQL writes it, times that Go never set, an older table without the newer columns."""
    head, rows = lake.tables()["pull_requests"]
    row = [*rows[0][:4], "Nul \x00 and \u202e", "", "\\N", "NULL", "0001-01-01 00:00:00", *rows[0][9:]]
    home.move_in(
        lake.write(
            tmp_path / "lake",
            pull_requests=(head, [tuple(row)]),
            issues=None,
            incidents=None,
            sprints=("id", [("jira:JiraSprint:1:12",)]),
        )
    )
    change = home.rows("changes")["devlake:github:GithubPullRequest:1:501"]
    assert (change["author"], change["created_at"]) == (None, None)
    assert change["title"] == "Nul \ufffd and \u202e"


def test_what_is_no_lake_is_named(home: Home, tmp_path: Path) -> None:
    """A folder of something else, no folder, an address nobody can read."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "pull_request.csv").write_text("id\n")
    with pytest.raises(Abort, match="did you mean `pull_requests`"):
        home.move_in(tmp_path / "other")
    with pytest.raises(Abort, match="no such folder"):
        home.move_in(tmp_path / "nowhere")
    with pytest.raises(Abort, match="cannot read from `oracle`"):
        home.move_in("oracle://lake")


def test_a_database_says_the_same_as_its_files(home: Home, tmp_path: Path, postgres_url: str) -> None:
    """DevLake's tables in PostgreSQL, with times and numbers in their own types."""
    files = Home(tmp_path / "files")
    expected = files.move_in(lake.write(tmp_path / "lake"))
    address = postgres_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        for name, (head, rows) in lake.tables().items():
            columns = head.split()
            kinds = ", ".join(f'"{column}" {_kind(column)}' for column in columns)
            connection.execute(f'CREATE TABLE "{name}" ({kinds})'.encode())
            marks = ", ".join(["%s"] * len(columns))
            given = [[None if value == "" else value for value in row] for row in rows]
            connection.cursor().executemany(f'INSERT INTO "{name}" VALUES ({marks})'.encode(), given)
    moved = home.move_in(address)
    assert moved.summary.rows == expected.summary.rows
    assert moved.theirs == expected.theirs
    for table in expected.summary.rows:
        assert _said(home.rows(table)) == _said(files.rows(table)), table
    files.log.close()
    files.database.close()


def _kind(column: str) -> str:
    if column.endswith("_date"):
        return "timestamp"
    return "numeric" if column in ("story_point", "pr_cycle_time", "pull_request_key", "additions") else "text"


def _said(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one: {name: row[name] for name in row if name not in ("rev", "raw_seq")} for one, row in rows.items()}
