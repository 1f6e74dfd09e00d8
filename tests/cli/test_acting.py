"""Whose word it is that is typed: the token's person, else the operator, who may say for whom and never as whom."""

from __future__ import annotations

import msgspec
import pytest
from tests.gateway.test_deciding import client, services  # noqa: F401 - a fixture

from fairlead.cli.acting import TOKEN, actor, enters, speaks
from fairlead.connectors.fairlead import signal_acknowledged
from fairlead.gateway.app import create_apps
from fairlead.gateway.minding import demand_member, demand_mute
from fairlead.governance import deciding, preferring
from fairlead.model.errors import Abort, Denied
from fairlead.store import ledger, notices, records
from fairlead.wiring.services import Services


def test_the_operator_enters_for_somebody_and_it_says_so(services: Services) -> None:  # noqa: F811
    assert speaks(services) == "operator"
    with pytest.raises(Abort, match="no person `person:nobody`"):
        speaks(services, "person:nobody")
    who = speaks(services, "person:noor")
    decision = deciding.add(services, {"title": "Use queues"}, who)
    preferring.prefer(services, who, {"budget": 2})
    services.log.append([signal_acknowledged("signal:late/x", who, services.clock.now())])
    services.catch_up()
    with services.database.read() as tx:
        entry = ledger.newest(tx, subject=decision, limit=1)[0]
        wish = notices.preferences(tx, ["person:noor"])["person:noor"]
        [happened] = records.rows(tx, "signal_events")
        owner = (records.get(tx, "decisions", decision) or {})["owner"]
    # noor answers for it and is told so; her word it is nowhere
    assert (owner, wish) == ("person:noor", {"budget": 2})
    assert (entry.by_whom, "noor" in entry.content.decode()) == ("operator", False)
    assert (happened["by"], msgspec.json.decode(happened["detail"])) == (None, {"how": who})


def test_a_token_speaks_for_its_own_person(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    lee = client(create_apps(services), "lee").headers["authorization"].removeprefix("Bearer ")
    monkeypatch.setenv(TOKEN, lee)
    assert speaks(services) == speaks(services, "person:lee") == "person:lee"
    with pytest.raises(Denied, match="speaks for person:lee alone"):
        speaks(services, "person:noor")


def test_a_token_says_of_signals_what_its_person_may(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    token = client(create_apps(services), "lee", "viewer").headers["authorization"].removeprefix("Bearer ")
    monkeypatch.setenv(TOKEN, token)
    viewer = actor(services)
    demand_mute(viewer, "person:lee")
    for whom, role in (("team:payments", "manager"), ("person:noor", "owner")):
        with pytest.raises(Denied, match=f"needs the role {role}"):
            demand_mute(viewer, whom)
    with pytest.raises(Denied, match="needs the role member"):
        enters(services)
    with pytest.raises(Denied, match="needs the role member"):
        demand_member(viewer, services.database, "signal:late/x")
