"""What refers to a work item is found by it: an item that moves to another project takes its history along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import Id

revision = "0006"
down_revision = "0005"

_REFERRING = {
    "work_items": ("parent", "epic"),
    "work_item_transitions": ("work_item",),
    "work_item_changes": ("work_item",),
    "work_item_links": ("from_item", "to_item"),
    "messages": ("about", "thread"),
}


def upgrade() -> None:
    """Adds the indexes; where texts are compared by language, the columns are compared by bytes from now on."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, names in _REFERRING.items():
        for name in names:
            if postgres:
                op.alter_column(table, name, type_=Id(), existing_type=sa.Text())
            told = sa.column(name).isnot(None)
            op.create_index(f"{table}_{name}", table, [name], sqlite_where=told, postgresql_where=told)
