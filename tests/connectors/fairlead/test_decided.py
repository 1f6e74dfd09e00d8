"""Decisions, risks and wishes as people enter them: field by field, in any order, and nothing that is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.fairlead import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.decided import decision_entered, notices_preferred, risk_entered
from fairlead.connectors.kit.entered import entered
from fairlead.ingest.apply import Ingest
from fairlead.model.errors import Unreadable
from fairlead.model.raw import RawEvent
from fairlead.store import notices, records
from fairlead.store.database import Database

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read(event: RawEvent) -> Reading:
    return CONNECTOR.read(Delivery(event.kind, event.headers, event.body), Options(source="fairlead"))


def test_what_an_entry_leaves_out_stays_and_what_it_empties_is_empty(database: Database, tmp_path: Any) -> None:
    """Two entries of one decision, also read the other way round."""
    first = decision_entered(
        "decision:1", {"number": 1, "title": "Use queues", "state": "accepted", "links": ["a", "b"], "review_at": AT},
        "person:kim", AT,
    )  # fmt: skip
    second = decision_entered(
        "decision:1", {"review_at": "", "state": "withdrawn"}, "person:lee", AT + timedelta(days=1)
    )
    log = SqlEventLog.open(f"sqlite:///{tmp_path}/raw.db")
    ingest = Ingest(database, log, options=lambda source: Options(source=source))
    log.append([second, first, notices_preferred({"budget": 1}, "person:kim", AT + timedelta(hours=1)),
                notices_preferred({"budget": 9}, "person:kim", AT)])  # fmt: skip
    ingest.step()
    log.close()
    with database.read() as tx:
        found = records.get(tx, "decisions", "decision:1")
        wishes = notices.preferences(tx)
    assert found is not None
    assert (found["title"], found["state"], found["review_at"], found["links"]) == (
        "Use queues", "withdrawn", None, ("a", "b")
    )  # fmt: skip
    assert wishes == {"person:kim": {"budget": 1}}


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (decision_entered("decision:1", {"state": "perhaps"}, "person:kim", AT), "state"),
        (decision_entered("decision:1", {"number": "seven"}, "person:kim", AT), "number"),
        (decision_entered("decision:1", {"colour": "red"}, "person:kim", AT), "colour"),
        (decision_entered("decision:1", {}, "person:kim", AT), "said"),
        (risk_entered("risk:1", {"likelihood": 6}, "person:kim", AT), "likelihood"),
        (risk_entered("risk:1", {"impact": True}, "person:kim", AT), "impact"),
        (risk_entered("risk:1", {"review_at": "soon"}, "person:kim", AT), "review_at"),
        (risk_entered("risk:1", {"signals": 5}, "person:kim", AT), "signals"),
        (entered("notices.preferred", {}, "person:kim", AT), "wish"),
    ],
)
def test_what_is_no_field_is_told_by_name(event: RawEvent, field: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read(event)
    assert field in f"{fault.value.field} {fault.value}"
