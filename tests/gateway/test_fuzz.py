"""Strange input: whatever comes, the server answers with a status that it documents, and loses nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks as known_checks
from starlette.testclient import TestClient
from tests.examples import examples
from tests.gateway.conftest import open_home

from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.gateway.app import create_apps
from fairlead.store import quarantine
from fairlead.wiring.services import Services

EVENTS = '[sources.factory]\ntool = "cdevents"\nwebhook_secrets = [{ env = "NEW_SECRET" }]\n'
BOUNDED = settings(
    max_examples=examples(8),
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def test_every_route_keeps_to_its_description(services: Services) -> None:
    app = create_apps(services).operator
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    checks = (
        known_checks.not_a_server_error,
        known_checks.status_code_conformance,
        known_checks.content_type_conformance,
        known_checks.response_schema_conformance,
    )
    walked = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @BOUNDED
        @given(case=operation.as_strategy())
        def walk(case: Any) -> None:
            case.call_and_validate(base_url="http://localhost/api/v1", checks=checks)

        walk()
        walked += 1
    assert walked > 15


@pytest.fixture
def api(services: Services) -> TestClient:
    return TestClient(create_apps(services).operator, base_url="http://localhost")


@settings(BOUNDED, max_examples=examples(3))
@given(
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).map("{}?".format), value=st.text(max_size=3)
)
def test_a_field_that_nobody_reads_is_refused_by_name(api: TestClient, name: str, value: str) -> None:
    """By every route that changes something, before anything else: `team` passed over would mute the asker alone."""
    walked = 0
    for path, operations in api.get("/api/v1/openapi.json").json()["paths"].items():
        for method in operations.keys() & {"post", "put", "patch", "delete"}:
            where = "/api/v1" + re.sub(r"\{act\}", "close", re.sub(r"\{(?!act)\w+\}", "1", path))
            told = api.request(method, where, json={name: value})
            assert told.status_code == 422, path
            # as Python writes it, where the room that reads the fields says so itself
            assert name in told.json()["title"] or repr(name) in told.json()["title"]
            walked += 1
    assert walked > 20
    inner = {"kind": "comment", "subject": "github:acme/pay#1", "body": "Look?", name: value}
    assert api.post("/api/v1/actions", json={"act": inner}).status_code == 422


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["\x00", "\u202e", "2026-13-41T99:00:00Z", "1700000000000", "👩‍🚀", "../../etc", "' or 1=1 --"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, part in inside for place in paths(part, (*at, key)))]


@st.composite
def mutated(draw: Any, bodies: list[bytes]) -> bytes:
    """A true payload with some places replaced or taken away, or with its bytes cut."""
    body = draw(st.sampled_from(bodies))
    if draw(st.integers(0, 9)) == 0:
        return body[: draw(st.integers(0, len(body)))] + draw(st.binary(max_size=4))
    payload = json.loads(body)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(paths(payload)))
        if not place:
            payload = draw(JSON)
            continue
        inside = payload
        for key in place[:-1]:
            inside = inside[key]
        if draw(st.booleans()):
            inside[place[-1]] = draw(JSON)
        elif isinstance(inside, dict):
            del inside[place[-1]]
    return json.dumps(payload).encode()


@pytest.fixture
def fresh(tmp_path: Path) -> Any:
    with open_home(tmp_path, EVENTS) as services:
        yield services


def survives(services: Services, send: Callable[[bytes, int], int], bodies: list[bytes]) -> None:
    """Sends mutations of these bodies; each is read, carries nothing, or lies in quarantine."""
    count = 0
    accepted = 0

    @settings(BOUNDED, max_examples=120)
    @given(body=mutated(bodies))
    def throw(body: bytes) -> None:
        nonlocal count, accepted
        count += 1
        status = send(body, count)
        assert status in (200, 202, 400), status
        accepted += status == 202

    throw()
    applied = services.catch_up()
    # what is sent again under one id is one event
    assert len(list(services.log.scan())) == applied.raw_events == accepted > 40
    with services.database.read() as tx:
        held = quarantine.rows(tx)
    assert len(held) == applied.quarantined
    assert held, "mutations that no reader minds prove nothing"
    assert all(row.error for row in held)


def test_signed_and_mutated_github_payloads(fresh: Services, acme: FakeGitHub) -> None:
    tool = TestClient(create_apps(fresh).network, base_url="http://localhost")
    kinds = {
        sent.body: {name.lower(): value for name, value in dict(sent.headers).items()} for sent in acme.hook.sent
    }
    events = sorted({found["x-github-event"] for found in kinds.values()})

    def send(body: bytes, count: int) -> int:
        headers = {
            "x-github-event": events[count % len(events)],
            "x-github-delivery": f"thrown-{count}",
            "x-hub-signature-256": "sha256=" + hmac.new(b"new", body, hashlib.sha256).hexdigest(),
            "content-type": "application/json",
        }
        return tool.post("/hooks/github", content=body, headers=headers).status_code

    survives(fresh, send, list(kinds))


def test_mutated_cloudevents(fresh: Services) -> None:
    raw = Path(__file__).parents[1] / "connectors" / "cdevents" / "raw"
    samples = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(raw.glob("*.json"))]
    tool = TestClient(create_apps(fresh).network, base_url="http://localhost")

    def send(body: bytes, count: int) -> int:
        headers = dict(samples[count % len(samples)]["headers"]) | {"authorization": "Bearer new"}
        # one id each, so that no mutation hides behind another's delivery
        if "ce-id" in headers:
            headers["ce-id"] = f"thrown-{count}"
        return tool.post("/events/factory", content=body, headers=headers).status_code

    survives(fresh, send, [json.dumps(sample["body"]).encode() for sample in samples])
