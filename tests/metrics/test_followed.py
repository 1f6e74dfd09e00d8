"""What a refresh keeps from delta to delta without asking all of history: newest records, lists of what is dirty."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tests.examples import examples

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.times import FixedClock, parse_time

START = datetime(2026, 5, 4, 8)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CLOCK = FixedClock(parse_time("2026-06-01T08:00:00Z") or START)

ASKED_OF_ALL = """
select source, max(seen_at) as seen_at from (
    select source, updated_at as seen_at from changes
    union all select source, coalesce(finished_at, updated_at) from builds
    union all select source, committed_at from commits
) where source is not null group by source order by source
"""


def test_the_newest_record_of_a_source_is_the_one_that_all_records_tell() -> None:
    draw, source = Random(20261121), MemorySource()
    held: list[tuple[str, str]] = []
    followed = Warehouse(None, source, clock=CLOCK)
    followed.refresh()
    for step in range(examples(18)):
        for _ in range(draw.randint(1, 3)):
            table, moment = draw.choice(
                [("changes", "updated_at"), ("builds", "finished_at"), ("commits", "committed_at")]
            )
            # Few ids and few moments, so that the newest is often written anew, put back, or gone.
            row_id = f"github:acme/till#{table}{draw.randint(1, 3)}"
            at = draw.choice([None, START + timedelta(hours=draw.randint(0, 6))])
            source.put(table, {"id": row_id, "source": draw.choice(["github", "jenkins"]), moment: at})
            held.append((table, row_id))
        if step % 3 == 2:
            table, row_id = draw.choice(held)
            source.remove(table, row_id)
            held = [known for known in held if known != (table, row_id)]
        followed.refresh()
        kept = followed.rows("select source, seen_at from newest_records order by source")
        assert kept == followed.rows(ASKED_OF_ALL), step


def test_what_one_delta_made_dirty_is_not_made_again_with_the_next() -> None:
    source = MemorySource()
    source.put("repositories", {"id": "github:acme/till", "default_branch": "main", "source": "github"})
    followed = Warehouse(None, source, clock=CLOCK)
    followed.refresh()
    source.put(
        "changes",
        {"id": "github:acme/till#8", "repository": "github:acme/till", "number": 8, "state": "open",
         "author": "github:@ines", "created_at": START, "source": "github"},
    )  # fmt: skip
    followed.refresh()
    assert followed.rows("select change from dirty_changes") == [{"change": "github:acme/till#8"}]
    source.put(
        "builds",
        {"id": "github:acme/till/run/5/1", "repository": "github:acme/till", "kind": "pipeline", "name": "ci",
         "branch": "main", "sha": "c0ffee", "result": "success", "started_at": START, "finished_at": START,
         "source": "github"},
    )  # fmt: skip
    followed.refresh()
    assert followed.rows("select change from dirty_changes") == []
    assert [row["why"] for row in followed.rows("select why from change_turns")] == ["no_events"]
    assert followed.rows("select build from build_runs") == [{"build": "github:acme/till/run/5/1"}]
