"""Names of yesterday lead to what bears them no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fairlead.store import aliases
from fairlead.store.aliases import Told
from fairlead.store.database import Database

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_a_name_has_become(database: Database) -> None:
    moves = (
        ("jira:ACME-9", "jira:WEB-7"), ("jira:WEB-7", "jira:SHOP-1"), ("github:acme/pricing", "github:acme/fares"),
        ("gitlab:a_b", "gitlab:c"), ("jira:RING-1", "jira:RING-2"), ("jira:RING-2", "jira:RING-1"),
        # the name was given anew and left again: the later time counts
        ("jira:ACME-9", "jira:OPS-4"),
    )  # fmt: skip
    with database.begin() as tx:
        aliases.tell(tx, [Told(old, new, START + timedelta(days=day)) for day, (old, new) in enumerate(moves)])
    words = (
        "acme-9", "WEB-7", "jira:WEB-7", "acme/pricing#12", "acme/pricing", "acme/fares", "RING-1", "a%b", "axb", "9",
        "#12", "fees", "E-9",
    )  # fmt: skip
    with database.read() as tx:
        found = aliases.called_now(tx, words)
    assert found == {
        "acme-9": ("jira:OPS-4",), "WEB-7": ("jira:SHOP-1",), "jira:WEB-7": ("jira:SHOP-1",),
        "acme/pricing#12": ("github:acme/fares#12",), "acme/pricing": ("github:acme/fares",),
        # back where it was
        "RING-1": ("jira:RING-1",),
    }  # fmt: skip
