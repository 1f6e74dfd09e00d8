"""Signals, actions, approvals, decisions and risks: what Fairlead concludes and people decide."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import SQL_TYPE, Id

revision = "0007"
down_revision = "0006"

SHARED = "source url created_at:time updated_at:time deleted_at:time"

RECORDS = {
    "signals": (
        "rule rule_version monitored:flag subject_kind subject fingerprint team owner title severity "
        "urgency impact response blocker state reason values cause pending_at:time opened_at:time "
        "clearing_at:time resolved_at:time times_opened:whole acknowledged_at:time acknowledged_by "
        "snoozed_until:time snoozed_by snooze_reason level:whole chain next_level_at:time"
    ),
    "signal_events": ("signal at:time kind by detail"),
    "actions": (
        "kind tool subject team title arguments digest asked why signal opening:whole proposed_by proposed_at:time "
        "state needs reasons:texts policy_version expires_at:time not_before:time attempts:whole "
        "started_at:time finished_at:time result calls undo error undoes"
    ),
    "approvals": ("action digest person role on_behalf_of verdict reason how broke_glass:flag at:time"),
    "decisions": (
        "number:whole title state context options:texts rationale owner team links:texts decided_at:time "
        "review_at:time reviewed_at:time superseded_by"
    ),
    "risks": (
        "title category state likelihood:whole impact:whole score:number owner team service response "
        "mitigation signals:texts made_from scores:texts review_at:time reviewed_at:time "
        "accepted_until:time closed_at:time "
        "evidence:texts"
    ),
}

INDEXES = (
    ("signals", "state"),
    ("signal_events", "signal"),
    ("actions", "state"),
    ("actions", "signal"),
    ("approvals", "action"),
)


def upgrade() -> None:
    """Creates the tables, empty."""
    for table, words in RECORDS.items():
        named = [word.partition(":") for word in f"{SHARED} {words}".split()]
        # any field of a record may be unsaid
        own = [sa.Column(name, SQL_TYPE[kind or "text"](), nullable=True) for name, _, kind in named]  # type: ignore[index]
        op.create_table(
            table,
            sa.Column("id", Id(), nullable=False),
            *own,
            sa.Column("rev", sa.BigInteger(), nullable=False),
            sa.Column("raw_seq", sa.BigInteger(), nullable=True),
            sa.Column("versions", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
        )
        op.create_index(f"{table}_rev", table, ["rev"])
    for table, column in INDEXES:
        op.create_index(f"{table}_{column}", table, [column])
