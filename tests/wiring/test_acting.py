"""What an act is asked with: only where acts are switched on, and only to the hosts that are meant."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from fairlead.config.load import load
from fairlead.connectors.kit.outgoing import Guarded
from fairlead.model.acts import CallWebhook, Comment
from fairlead.model.errors import Abort, Denied
from fairlead.model.times import FixedClock
from fairlead.wiring.acting import WEBHOOKS, act_request, writer
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOML = """
[sources.github]
token = { env = "TOKEN" }
[sources.code]
tool = "gitlab"
url = "https://code.acme.example"
token = { env = "TOKEN" }
[sources.diary]
tool = "ics"
[actions]
sources = ["code"]
allowed_hosts = ["more.acme.example"]
[webhooks.releases]
url = "https://hooks.acme.example/in"
secret = { env = "HOOK" }
[webhooks.unsigned]
url = "https://hooks.acme.example/in"
"""
ACT = Comment(subject="code:acme/pay!1", body="Waits.")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    (tmp_path / "fairlead.toml").write_text(TOML)
    secrets = {"TOKEN": "t0ken", "HOOK": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    return Services(load(tmp_path / "fairlead.toml"), tmp_path / "home", FixedClock(NOW), environ=secrets)


def hosts(client: httpx.Client | None) -> frozenset[str]:
    assert client is not None
    guarded = client._transport  # no public name shows what carries a client
    assert isinstance(guarded, Guarded)
    assert not client.follow_redirects
    return guarded.ways.hosts


def test_a_source_that_is_read_is_not_written_to_before_somebody_says_so(services: Services) -> None:
    with pytest.raises(Denied) as told:
        act_request(services, "github", ACT, "act:1")
    assert '"github"' in told.value.hint
    request = act_request(services, "code", ACT, "act:1", tried=True)
    assert (request.key, request.tried, request.now) == ("act:1", True, NOW)
    assert request.secrets == {"token": "t0ken"}
    assert "t0ken" not in repr(request)
    # its own API and what is allowed besides: neither github.com nor a webhook's address
    assert hosts(request.client) == {"code.acme.example", "more.acme.example"}
    [call] = writer(services, "code").plan(request)
    assert call.url == "https://code.acme.example/api/v4/projects/acme%2Fpay/merge_requests/1/notes"


def test_a_webhook_goes_to_its_address_with_its_own_secret(services: Services) -> None:
    request = act_request(services, WEBHOOKS, CallWebhook(hook="releases", event="out"), "act:2")
    assert hosts(request.client) == {"hooks.acme.example", "more.acme.example"}
    assert list(request.secrets) == ["secret"]
    assert writer(services, WEBHOOKS).plan(request)[0].url == "https://hooks.acme.example/in"
    for hook, said in (("unsigned", "sign"), ("other", "no webhook")):
        with pytest.raises(Denied, match=said):
            act_request(services, WEBHOOKS, CallWebhook(hook=hook, event="out"), "act:3")


def test_what_cannot_be_written_to_says_so(services: Services) -> None:
    with pytest.raises(Abort):
        writer(services, "diary")
    with pytest.raises(Abort, match="no source"):
        act_request(services, "nowhere", ACT, "act:4")
