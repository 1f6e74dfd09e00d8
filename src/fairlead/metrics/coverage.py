"""How much of the world each source has told of: repositories, projects, services, sprints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COVERED = """
select source, what, count(*) as n from (
    select source, 'repository' as what, id from repositories where deleted_at is null
    union all select source, 'service', id from services where deleted_at is null
    union all select distinct source, 'project', project from work_items where deleted_at is null
    union all select source, 'sprint', id from sprints where deleted_at is null
) told where source is not null and id is not null group by source, what order by source, what
"""
Rows = Callable[[str], Sequence[Mapping[str, Any]]]


def covered(rows: Rows) -> dict[str, dict[str, int]]:
    """Source -> kind of thing -> how many of them it has told of."""
    found: dict[str, dict[str, int]] = {}
    for row in rows(_COVERED):
        found.setdefault(row["source"], {})[row["what"]] = row["n"]
    return found
