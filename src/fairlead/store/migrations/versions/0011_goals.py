"""Objectives, key results and their values, dates that milestones had, and forecasts that were given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import SQL_TYPE, Id

revision = "0011"
down_revision = "0010"

SHARED = "source url created_at:time updated_at:time deleted_at:time"

RECORDS = {
    "milestone_dates": "milestone at:time due_at:time state",
    "objectives": (
        "title body team owner parent state starts_at:time due_at:time ended_at:time epics:texts "
        "labels:texts rule milestones:texts path"
    ),
    "key_results": (
        "objective title owner value_from metric segment span query unit baseline:number target:number "
        "due_at:time stale_after_days:whole"
    ),
    "check_ins": "key_result at:time value:number note confidence:number by",
    "objective_links": "objective work_item state reason by at:time",
    "forecasts": (
        "kind subject milestone team given_at:time items:whole until:time ends_50:time ends_85:time "
        "ends_95:time count_50:whole count_85:whole count_95:whole method basis_days:whole "
        "basis_done:whole scored_at:time came_at:time came_items:whole reason"
    ),
}

INDEXES = (
    ("milestone_dates", "milestone"),
    ("key_results", "objective"),
    ("check_ins", "key_result"),
    ("objective_links", "objective"),
    ("objective_links", "work_item"),
    ("forecasts", "given_at"),
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
    for name, kind in (("waiting_item", "text"), ("dates", "texts")):
        op.add_column("team_dependencies", sa.Column(name, SQL_TYPE[kind](), nullable=True))  # type: ignore[index]
