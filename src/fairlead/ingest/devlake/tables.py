"""The tables of DevLake's domain layer that are read, and a reader that tells all that is wrong in them.

Columns as in its published schema; those that came with later versions need not be there. Columns that nobody needs
are passed over, since DevLake's own plugins add some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from fairlead.ingest.cells import Into, cell_reader, did_you_mean
from fairlead.ingest.record_files import FORMATS, GivenFile, GivenRow
from fairlead.model.errors import Abort, ConfigFault
from fairlead.model.schema import Column, ColumnKind
from fairlead.store.foreign import ForeignDatabase

_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "project_mapping": "project_name! table! row_id!",
        "repos": "id! name url language created_date:time deleted:flag",
        "accounts": "id! user_name full_name email created_date:time",
        "users": "id! name email",
        "user_accounts": "user_id! account_id!",
        "teams": "id! name parent_id",
        "team_users": "team_id! user_id!",
        "commits": "sha! additions:whole deletions:whole message author_name author_email authored_date:time "
        "author_id committer_name committer_email committed_date:time committer_id",
        "commit_parents": "commit_sha! parent_commit_sha!",
        "repo_commits": "repo_id! commit_sha!",
        "pull_requests": "id! base_repo_id! head_repo_id status title description url author_id author_name "
        "merged_by_id pull_request_key:whole created_date:time merged_date:time closed_date:time merge_commit_sha "
        "head_ref base_ref base_commit_sha head_commit_sha additions:whole deletions:whole is_draft:flag",
        "pull_request_commits": "commit_sha! pull_request_id! commit_author_name commit_author_email "
        "commit_authored_date:time",
        "pull_request_comments": "id! pull_request_id! body account_id created_date:time commit_sha type status",
        "pull_request_reviewers": "pull_request_id! reviewer_id!",
        "pull_request_labels": "pull_request_id! label_name!",
        "cicd_pipelines": "id! name result status type environment created_date:time queued_date:time "
        "started_date:time finished_date:time cicd_scope_id",
        "cicd_pipeline_commits": "pipeline_id! commit_sha branch repo_id repo_url",
        "cicd_tasks": "id! name pipeline_id result status type environment created_date:time queued_date:time "
        "started_date:time finished_date:time",
        "cicd_deployments": "id! name result status environment url created_date:time started_date:time "
        "finished_date:time",
        "cicd_deployment_commits": "id! cicd_scope_id cicd_deployment_id! name result status environment "
        "created_date:time started_date:time finished_date:time commit_sha ref_name repo_id repo_url "
        "prev_success_deployment_commit_id url",
        "issues": "id! url issue_key title description epic_key type original_type status original_status "
        "story_point:number resolution_date:time created_date:time updated_date:time parent_issue_id priority "
        "creator_id assignee_id original_project",
        "issue_labels": "issue_id! label_name!",
        "issue_changelogs": "id! issue_id! author_id field_id field_name original_from_value original_to_value "
        "from_value to_value created_date:time",
        "sprints": "id! name url status started_date:time ended_date:time completed_date:time original_board_id",
        "sprint_issues": "sprint_id! issue_id!",
        "boards": "id! name",
        "board_issues": "board_id! issue_id!",
        "incidents": "id! url incident_key title description status resolution_date:time created_date:time "
        "updated_date:time priority severity",
        "project_pr_metrics": "id! project_name pr_coding_time:number pr_pickup_time:number pr_review_time:number "
        "pr_deploy_time:number pr_cycle_time:number deployment_commit_id deployment_id",
        "project_incident_deployment_relationships": "id! project_name deployment_id",
        "project_issue_metrics": "id! project_name deployment_id",
    }
)
"""Table -> columns; `!` marks those that no row may lack."""

READ = frozenset(_COLUMNS)
"""Tables that are read."""

_ORDER = list(_COLUMNS)


class Lake(Protocol):
    """Where the tables lie."""

    def tables(self) -> set[str]:
        """Names of all that is there."""
        ...

    def open(self, table: str) -> GivenFile:
        """One table."""
        ...


class LakeFolder:
    """Files named by table, as `SELECT ... INTO OUTFILE`, `mysql --batch` or any client exports them."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise Abort(f"{folder}: no such folder", hint="name a folder with files like pull_requests.csv")
        self._paths = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in FORMATS}

    def tables(self) -> set[str]:
        """Names of the files without their endings."""
        return set(self._paths)

    def open(self, table: str) -> GivenFile:
        """The file of a table."""
        path = self._paths[table]
        return FORMATS[path.suffix.lower()](path)


class LakeDatabase:
    """DevLake's own database."""

    def __init__(self, database: ForeignDatabase) -> None:
        self._database = database

    def tables(self) -> set[str]:
        """Its tables; those of the tools and of the raw layer too."""
        return self._database.tables()

    def open(self, table: str) -> GivenFile:
        """A table, of which only what is read is fetched."""
        fields = [name for name in self._database.fields(table) if name in _kinds(table)]

        def rows() -> Iterator[GivenRow]:
            for number, row in enumerate(self._database.rows(table, fields), start=1):
                # MySQL counts with decimals where an expression or a plugin made the column
                plain = {name: float(one) if isinstance(one, Decimal) else one for name, one in row.items()}
                yield GivenRow(number, plain)

        return GivenFile(Path(table), fields, rows)


@dataclass(slots=True)
class Reader:
    """Rows in their types; what is wrong is gathered, with file, line and column."""

    lake: Lake
    faults: list[ConfigFault] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """Table -> rows read."""

    def __post_init__(self) -> None:
        there = self.lake.tables()
        if not there & READ:
            near = [f"`{name}`{did_you_mean(name, READ)}" for name in sorted(there)[:3]]
            raise Abort(
                f"no table of DevLake's domain layer, only {', '.join(near)}" if near else "there are no tables",
                hint=f"needed are tables like {', '.join(_ORDER[7:11])}",
            )

    def has(self, table: str) -> bool:
        """Whether a table was given."""
        return table in self.lake.tables()

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Its rows; none if it was not given. Every column that is known is there, empty or not."""
        if not self.has(table):
            return
        # a table is read once for its ids and once for its rows: its faults are told the first time
        again = table in self.counts
        self.counts[table] = 0
        given, kinds = self.lake.open(table), _kinds(table)
        into = {name: cell_reader(Column(name, kind, None, (), False, table)) for name, kind in kinds.items()}
        needed = _needed(table)
        if given.fields is not None and (lacking := [name for name in needed if name not in given.fields]):
            if not again:
                self._fault(given.path, 1, 1, f"there is no column `{lacking[0]}`; `{table}` needs it")
            return
        places = {name: place for place, name in enumerate(given.fields or (), start=1)}
        for row in given.rows():
            found = _typed(row, into, needed)
            self.counts[table] += 1
            if isinstance(found, dict):
                yield found
            elif not again:
                name, problem = found
                self._fault(given.path, row.line, places.get(name, 1), problem)

    def _fault(self, path: Path, line: int, column: int, problem: str) -> None:
        self.faults.append(ConfigFault(str(path), line, column, problem))


def _typed(row: GivenRow, into: Mapping[str, Into], needed: tuple[str, ...]) -> dict[str, Any] | tuple[str, str]:
    """Values of a row, or the column that is wrong and why."""
    if row.problem:
        return "", row.problem
    values: dict[str, Any] = {}
    for name, read in into.items():
        value = row.values.get(name)
        # exports write NULL as \N (MySQL) or as the word
        if value is None or value in ("", "\\N", "NULL"):
            values[name] = None
            continue
        try:
            found = read(value)
        except ValueError as fault:
            return name, f"`{name}`: {fault}"
        # Go writes a time that was never set as the first day of the year 1
        values[name] = None if isinstance(found, datetime) and found.year < 1970 else found
    lacking = next((name for name in needed if values[name] is None), "")
    return (lacking, f"`{lacking}`: is empty") if lacking else values


def _needed(table: str) -> tuple[str, ...]:
    return tuple(word[:-1] for word in _COLUMNS[table].split() if word.endswith("!"))


def _kinds(table: str) -> dict[str, ColumnKind]:
    kinds: dict[str, ColumnKind] = {}
    for word in _COLUMNS[table].split():
        name, _, kind = word.removesuffix("!").partition(":")
        kinds[name] = kind or "text"  # type: ignore[assignment]
    return kinds
