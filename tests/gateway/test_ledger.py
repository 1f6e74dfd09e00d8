"""The ledger on page, API, metrics and in `doctor`: what the workers saw, what owners see and managers do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.gateway.test_api import person
from tests.governance.ledger.conftest import tamper
from tests.ui.sites import Site

from fairlead.gateway.app import create_apps
from fairlead.governance.ledger.entries import Entry
from fairlead.model.errors import Skip
from fairlead.wiring import ledgering
from fairlead.wiring.checkup import checkup
from fairlead.wiring.services import Services


@pytest.fixture
def services(home: Callable[..., Services]) -> Services:
    """A home in which Kim approved something and gave a reason."""
    return approved(home())


def approved(found: Services) -> Services:
    found.catch_up()
    with found.database.begin() as tx:
        found.ledger.record(
            tx,
            Entry("action.approved", "act:7", "person:kim", {"digest": "ab" * 32}, {"reason": "<b>Noor</b> is away"}),
        )
    return found


def told(services: Services) -> dict[str, Any]:
    """What `doctor` says of the ledger."""
    return {found.detail: found.ok for found in checkup(services) if found.what == "ledger"}


def test_owners_see_who_and_others_that_somebody_did(services: Services) -> None:
    apps = create_apps(services)
    owner, manager = TestClient(apps.operator, base_url="http://localhost"), person(apps, "person:noor", "manager")
    ledgering.watch(services)
    entries = owner.get("/api/v1/ledger?kind=action.approved").json()["entries"]
    [index] = [one["index"] for one in entries]
    whole = owner.get(f"/api/v1/ledger/{index}").json()
    assert (whole["by"], whole["personal"]["reason"]["text"]) == ("person:kim", "<b>Noor</b> is away")
    hidden = manager.get(f"/api/v1/ledger/{index}").json()
    assert hidden["by"].startswith("who:") and hidden["personal"]["reason"]["state"] == "withheld"
    assert "kim" not in str(hidden) and "Noor" not in str(hidden)
    # who may not see people does not find out by asking for one
    assert len(owner.get("/api/v1/ledger?person=person:kim").json()["entries"]) == 1
    assert manager.get("/api/v1/ledger?person=person:kim").json()["entries"] == []
    assert manager.get(f"/api/v1/ledger/proof/{index}").json()["holds"]
    assert person(apps, "person:noor", "viewer").get("/api/v1/ledger").status_code == 403
    # that owners read it is in the ledger itself
    read = owner.get("/api/v1/ledger?kind=access.read").json()["entries"]
    assert read and read[0]["by"] == "operator" and "ledger_people.name" in read[0]["said"]["columns"]
    assert owner.get("/api/v1/ledger?kind=config.applied").json()["entries"][0]["said"]["version"] == 1


def test_the_page_shows_entry_and_proof_and_verifies(services: Services) -> None:
    ledgering.watch(services)
    client = Site(services).signed_in()
    page = client.get("/audit?kind=action.approved").text
    entry = re.search(r"/audit\?entry=(\d+)", page)
    assert entry and "action.approved" in page and "person:kim" in page
    one = client.get(f"/audit?entry={entry[1]}").text
    assert "&lt;b&gt;Noor&lt;/b&gt; is away" in one and "proof holds" in one
    assert client.get("/audit?entry=99999").status_code == 404
    assert client.get("/audit?subject=nothing").text.count("No entry is like that") == 1
    csrf = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert csrf and client.post("/audit/verify", data={"csrf": csrf[1]}).status_code == 200


def test_what_was_changed_shows_everywhere(home: Callable[..., Services], database_url: str) -> None:
    """A metric of 0, a word in `doctor`, a notice on the page; nothing is signed over it. On both databases."""
    on_postgresql = database_url.startswith("postgresql")
    services = approved(home(f'[store]\nurl = "{database_url}"\n' if on_postgresql else ""))
    ledgering.watch(services)
    apps = create_apps(services)
    client = TestClient(apps.operator, base_url="http://localhost")
    network = TestClient(apps.network, base_url="http://localhost")
    assert "fairlead_ledger_ok 1\n" in network.get("/metrics").text
    assert list(told(services).values()) == [True]
    tamper(services.database, "UPDATE ledger_entries SET subject = 'act:8' WHERE kind = 'action.approved'")
    with pytest.raises(Skip, match="not what was written"):
        ledgering.watch(services)
    assert "fairlead_ledger_ok 0\n" in network.get("/metrics").text
    assert False in told(services).values()
    assert "The ledger is not what was written" in Site(services).signed_in().get("/audit").text
    tamper(services.database, "UPDATE ledger_entries SET subject = 'act:7' WHERE kind = 'action.approved'")
    # found good again only by a look at all of it
    with pytest.raises(Skip):
        ledgering.watch(services)
    assert client.post("/api/v1/ledger/verify").json()["ok"]
    ledgering.watch(services)
    assert "fairlead_ledger_ok 1\n" in network.get("/metrics").text
    with services.database.begin() as tx:
        on = ("_kept", " ON ledger_anchors") if on_postgresql else ("_no_update", "")
        tx.execute(text(f"DROP TRIGGER ledger_anchors{on[0]}{on[1]}"))
    [loose] = [found for found in checkup(services) if found.what == "ledger"]
    assert not loose.ok and "ledger_anchors" in loose.detail and "fairlead ledger protect" in loose.remedy
    assert len(services.ledger.protect("operator")) == 1
    assert list(told(services).values()) == [True]


def test_a_lost_key_is_told_by_doctor(services: Services) -> None:
    """And the workers go on recording."""
    ledgering.watch(services)
    (services.home / "keys" / "ledger.pem").unlink()
    assert any("not signed" in detail for detail in told(services))
