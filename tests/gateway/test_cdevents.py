"""CDEvents over HTTP, in every form that CloudEvents allow: a build, a deployment and an incident become rows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.gateway.app import create_apps
from fairlead.wiring import verbs
from fairlead.wiring.services import Services

CDEVENTS = """
[sources.factory]
tool = "cdevents"
webhook_secrets = [{ env = "NEW_SECRET" }]
"""
SHA = "9c41d0f0a5b7b1f6a1a55c8f0d0f4c4a4b7f2e11"
TOKEN = {"authorization": "Bearer new"}


def told(noun: str, verb: str, subject: str, at: str, /, **content: Any) -> dict[str, Any]:
    """One CDEvent as a structured CloudEvent."""
    kind = f"dev.cdevents.{noun}.{verb}.0.3.0"
    identity = f"{noun}-{verb}-{subject}"
    context = {"specversion": "0.5.0", "id": identity, "source": "/acme/ci", "type": kind, "timestamp": at}
    custom = {"repository": "acme/payments", "sha": SHA, "branch": "main"}
    data = {"context": context, "subject": {"id": subject, "content": content}, "customData": custom}
    return {"specversion": "1.0", "id": identity, "source": "/acme/ci", "type": kind, "time": at, "data": data}


HISTORY = (
    told("pipelinerun", "started", "17", "2026-03-02T10:00:00Z", pipelineName="main"),
    told("pipelinerun", "finished", "17", "2026-03-02T10:09:00Z", pipelineName="main", outcome="success"),
    told(
        "service", "deployed", "payments-api", "2026-03-02T10:20:00Z",
        environment={"id": "production"}, artifactId="pkg:oci/payments?tag=2.0.1",
    ),
    told("incident", "detected", "inc-3", "2026-03-02T10:40:00Z", description="Slow", service={"id": "payments-api"}),
    told("incident", "resolved", "inc-3", "2026-03-02T11:40:00Z", description="Slow", service={"id": "payments-api"}),
)  # fmt: skip

Form = Callable[[TestClient], list[int]]


def send(tool: TestClient, body: Any, kind: str, headers: Mapping[str, str] | None = None) -> int:
    sent = {"content-type": kind, **TOKEN, **(headers or {})}
    return tool.post("/events/factory", content=json.dumps(body), headers=sent).status_code


def structured(tool: TestClient) -> list[int]:
    return [send(tool, event, "application/cloudevents+json") for event in HISTORY]


def packed(tool: TestClient) -> list[int]:
    """The data in base64, as producers of binary payloads write it."""
    found = []
    for event in HISTORY:
        data = base64.b64encode(json.dumps(event["data"]).encode()).decode()
        whole = {key: value for key, value in event.items() if key != "data"} | {"data_base64": data}
        found.append(send(tool, whole, "application/cloudevents+json"))
    return found


def binary(tool: TestClient) -> list[int]:
    return [
        send(tool, event["data"], "application/json", {
            f"ce-{name}": event[name] for name in ("specversion", "id", "source", "type", "time")
        })
        for event in HISTORY
    ]  # fmt: skip


def batch(tool: TestClient) -> list[int]:
    return [send(tool, list(HISTORY), "application/cloudevents-batch+json")]


def bare(tool: TestClient) -> list[int]:
    """Without CloudEvents around it."""
    return [send(tool, event["data"], "application/json") for event in HISTORY]


def rows(services: Services, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(verbs.ask(services, "sql", {"query": query, "form": "json"}).text)
    return found


@pytest.mark.parametrize("form", [structured, packed, binary, batch, bare])
def test_a_build_a_deployment_and_an_incident_become_rows(home: Callable[..., Services], form: Form) -> None:
    services = home(CDEVENTS)
    tool = TestClient(create_apps(services).network, base_url="http://localhost")
    assert set(form(tool)) == {202}
    assert set(form(tool)) == {200}
    services.catch_up()
    [build] = rows(services, "select id, state, result, repository, branch, sha from builds")
    assert build == {
        "id": "factory:acme/ci/run/17",
        "state": "finished",
        "result": "success",
        "repository": "github:acme/payments",
        "branch": "main",
        "sha": SHA,
    }
    [deployment] = rows(services, "select state, result, environment, service, sha from deployments")
    assert (deployment["environment"], deployment["sha"]) == ("production", SHA)
    assert (deployment["state"], deployment["result"]) == ("finished", "success")
    [incident] = rows(
        services, "select status, date_diff('second', started_at, resolved_at) as lasted_s from incidents"
    )
    assert incident == {"status": "resolved", "lasted_s": 3600}
    assert rows(services, "select count(*) as n from counted_deployments") == [{"n": 1}]


def test_one_bad_event_of_a_batch_is_kept_and_seen(home: Callable[..., Services]) -> None:
    services = home(CDEVENTS)
    tool = TestClient(create_apps(services).network, base_url="http://localhost")
    assert send(tool, [HISTORY[0], {"specversion": "1.0"}], "application/cloudevents-batch+json") == 202
    assert services.catch_up().quarantined == 1
    assert send(tool, HISTORY[2], "application/cloudevents+json") == 202
    services.catch_up()
    assert rows(services, "select count(*) as n from deployments") == [{"n": 1}]
