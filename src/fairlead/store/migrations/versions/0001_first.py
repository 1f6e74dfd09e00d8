"""The first schema: every record type and what the store keeps beside them.

Frozen: it says what the tables were then. A later change of a record type gets a script of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import SQL_TYPE, Id, Plain

revision = "0001"
down_revision = None

SHARED = "source url created_at:time updated_at:time deleted_at:time"

RECORDS = {
    "people": ("name email kind time_zone calendar active:flag"),
    "accounts": ("person handle name email email_verified:flag external_id kind tool_kind"),
    "identity_links": ("account other method score:number reason status decided_by decided_at:time"),
    "teams": ("name parent time_zone calendar proposed:flag"),
    "memberships": ("team person account role valid_from:time valid_to:time"),
    "code_owners": ("repository path position:whole pattern owners:texts valid_from:time valid_to:time"),
    "calendars": ("name time_zone hours"),
    "holidays": ("calendar day:day name"),
    "absences": ("person account start_at:time end_at:time kind"),
    "repositories": (
        "name external_id default_branch team private:flag archived:flag fork:flag language pushed_at:time"
    ),
    "services": ("name repository paths:texts team criticality"),
    "commits": (
        "repository sha parents:texts author committer author_name author_email authored_at:time "
        "committed_at:time message co_authors:texts trailers:texts additions:whole deletions:whole "
        "files:whole branch"
    ),
    "commit_files": ("commit repository path previous_path additions:whole deletions:whole"),
    "changes": (
        "repository number:whole external_id title body author state draft:flag base_branch base_sha "
        "head_branch head_repository head_sha merge_sha merged_at:time merged_by closed_at:time "
        "additions:whole deletions:whole changed_files:whole commit_count:whole mergeable labels:texts "
        "assignees:texts requested_reviewers:texts requested_teams:texts milestone auto_merge:flag"
    ),
    "change_commits": (
        "change commit sha position:whole author author_email authored_at:time committed_at:time message"
    ),
    "change_events": ("change repository kind at:time actor subject subject_team review sha body detail"),
    "change_files": ("change repository path previous_path status additions:whole deletions:whole"),
    "work_items": (
        "key external_id repository project team title body type work_type status status_category priority "
        "author assignee assignees:texts labels:texts points:number parent epic sprint milestone due_at:time "
        "started_at:time closed_at:time resolution flagged:flag"
    ),
    "work_item_transitions": ("work_item at:time from_status to_status from_category to_category actor"),
    "work_item_links": ("from_item to_item kind"),
    "work_item_changes": ("work_item at:time field from_value to_value actor"),
    "sprints": ("name project team state goal start_at:time end_at:time completed_at:time"),
    "milestones": ("repository number:whole title body state due_at:time closed_at:time"),
    "team_dependencies": ("from_team to_team work_item title agreed_at:time due_at:time delivered_at:time"),
    "builds": (
        "repository kind parent name workflow_path number:whole attempt:whole trigger branch sha change state "
        "result queued_at:time started_at:time finished_at:time actor app required:flag"
    ),
    "test_results": ("build repository sha suite name result duration_s:number at:time message"),
    "coverage": ("build repository sha branch at:time lines_covered:whole lines_total:whole"),
    "artifacts": ("repository build name version digest sha published_at:time"),
    "deployments": (
        "repository service environment production:flag sha ref version state result started_at:time "
        "finished_at:time actor description task unplanned:flag made_from"
    ),
    "deployment_commits": ("deployment repository commit sha environment result finished_at:time"),
    "releases": ("repository tag name body sha target author draft:flag prerelease:flag published_at:time kind"),
    "incidents": (
        "key title body service repository team severity status environment started_at:time "
        "acknowledged_at:time resolved_at:time caused_by_deployment caused_by_sha caused_by_version "
        "not_deployment root_cause labels:texts work_item made_from"
    ),
    "incident_events": ("incident at:time kind actor body"),
    "alerts": (
        "repository service incident number:whole kind title rule severity state started_at:time ended_at:time path"
    ),
    "oncall_shifts": ("person account team service schedule level:whole start_at:time end_at:time"),
    "slos": ("service name target:number window_days:number indicator"),
    "slo_windows": ("slo start_at:time end_at:time good:number total:number"),
    "messages": ("about channel thread author body at:time"),
    "documents": ("repository path title body author owners:texts"),
    "sources": ("tool name last_event_at:time last_sync_at:time"),
    "sync_runs": (
        "of kind started_at:time finished_at:time result scope pages:whole records:whole left_out:texts error"
    ),
}
"""Record table -> its own columns; a column without a kind is text."""

BESIDE = {
    "counters": ("name:id value:whole", "name"),
    "removed": ("record_table:id id:id rev:whole", "record_table id"),
    "renames": ("old:id new:id at:time", "old new at"),
    "names": ("source:id external_id:id id:id first_at:time last_at:time", "source external_id id"),
    "sweeps": ("record_table:id scope:id at:time content:bytes", "record_table scope"),
    "events": ("position:number_by_itself id:id type source subject time:time data raw_seq:whole?", "position"),
    "offsets": ("consumer:id position:whole", "consumer"),
    "quarantine": (
        "raw_seq:whole source tool kind delivery error field first_at:time last_at:time attempts:small state",
        "raw_seq",
    ),
    "intake": ("source:id kind:id outcome:id count:whole reason last_at:time", "source kind outcome"),
    "state": ("key:id value:json", "key"),
    "schedules": (
        "name:id what rule zone arguments:json next_at:time started_at:time? finished_at:time? error",
        "name",
    ),
    "users": ("person:id created_at:time disabled_at:time? seen_at:time?", "person"),
    "grants": ("person:id team:id role granted_at:time granted_by", "person team"),
    "links": ("hash:id person purpose created_at:time expires_at:time used_at:time?", "hash"),
    "sessions": ("hash:id person created_at:time seen_at:time expires_at:time", "hash"),
    "tokens": (
        "hash:id id person name scopes:json created_at:time expires_at:time? used_at:time? revoked_at:time?",
        "hash",
    ),
    "access_log": (
        "position:number_by_itself at:time who how what columns:json row_count:whole allowed:flag",
        "position",
    ),
}
"""Other table -> its columns (`?` may be empty) and its key."""

INDEXES = (
    ("repositories", "external_id"),
    ("accounts", "email"),
    ("accounts", "handle"),
    ("removed", "rev"),
    ("schedules", "next_at"),
)


def upgrade() -> None:
    """Creates all tables."""
    for table, words in RECORDS.items():
        # any field of a record may be unsaid: one payload seldom knows it all
        own = [_column(word, may_be_empty=True) for word in f"{SHARED} {words}".split()]
        beside = [_column(word) for word in ("rev:whole", "raw_seq:whole?", "versions")]
        op.create_table(table, sa.Column("id", Id(), nullable=False), *own, *beside, sa.PrimaryKeyConstraint("id"))
        op.create_index(f"{table}_rev", table, ["rev"])
    for table, (words, key) in BESIDE.items():
        # both are found by another value than the one that orders or guards them
        unique = {"events": [sa.UniqueConstraint("id")], "tokens": [sa.UniqueConstraint("id")]}.get(table, [])
        parts = [_column(word) for word in words.split()]
        op.create_table(table, *parts, sa.PrimaryKeyConstraint(*key.split()), *unique)
    for table, column in INDEXES:
        op.create_index(f"{table}_{column}", table, [column])


def _column(word: str, may_be_empty: bool = False) -> sa.Column[object]:
    name, _, kind = word.rstrip("?").partition(":")
    return sa.Column(name, _type(kind), nullable=may_be_empty or word.endswith("?"))


def _type(kind: str) -> sa.types.TypeEngine[object]:
    others = {
        "id": Id(),
        "json": Plain(),
        "bytes": sa.LargeBinary(),
        "small": sa.Integer(),
        "number_by_itself": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    }
    return others[kind] if kind in others else SQL_TYPE[kind or "text"]()  # type: ignore[index]
