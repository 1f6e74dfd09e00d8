"""The suite on what people enter, and decisions that undo one another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from fairlead.connectors.fairlead import CONNECTOR, identity_decided, incident_attributed, role_given
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.kit.golden import merged
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.model.errors import Unreadable
from fairlead.model.raw import RawEvent
from fairlead.store.access import ROLES

AT = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
OPTIONS = Options(source="fairlead")


class TestFairlead(ConnectorSuite):
    connector = CONNECTOR
    options = OPTIONS
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> None:
        return None


def _status(entries: list[RawEvent]) -> object:
    patches = [
        patch
        for entry in entries
        for patch in CONNECTOR.read(Delivery(entry.kind, entry.headers, entry.body), OPTIONS).patches
    ]
    [link] = merged(patches).values()
    return link.values["status"]


def test_the_last_decision_holds_whatever_the_order() -> None:
    words = ("confirmed", "reverted", "refused")
    entries = [
        identity_decided(word, "github:@mira", "email:m@harbor.example", "person:jonas", AT + timedelta(hours=hours))
        for hours, word in enumerate(words)
    ]
    assert {_status(list(order)) for order in permutations(entries)} == {"refused"}


def test_the_same_entry_has_the_same_id() -> None:
    one, two = (identity_decided("confirmed", "a", "b", "person:mira", AT) for _ in range(2))
    assert one.delivery == two.delivery


def test_only_known_roles_are_given() -> None:
    """What is no role is quarantined; every role that the store knows can be given."""
    for role in ROLES:
        assert CONNECTOR.read(_delivery(role_given("*", "person:jonas", role, "person:mira", AT)), OPTIONS).events
    with pytest.raises(Unreadable, match="king"):
        CONNECTOR.read(_delivery(role_given("*", "person:jonas", "king", "person:mira", AT)), OPTIONS)


def _delivery(entry: RawEvent) -> Delivery:
    return Delivery(entry.kind, entry.headers, entry.body)


def test_no_deployment_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        incident_attributed("i", "person:mira", AT)
    with pytest.raises(ValueError, match="decision"):
        identity_decided("maybe", "a", "b", "person:mira", AT)
