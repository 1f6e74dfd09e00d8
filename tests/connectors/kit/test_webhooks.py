"""Webhooks of one's own: signed so that the standard's own library believes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from fairlead.connectors.kit.acting import ActRequest, Acts
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.registry import actor
from fairlead.model.acts import Act, CallWebhook, Comment
from fairlead.model.errors import Abort, Denied, Retry, Skip

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACT = CallWebhook(hook="releases", event="release.announced", data={"version": "4.2.0"})


def _request(answer: Callable[[httpx.Request], httpx.Response], act: Act = ACT, **more: Any) -> ActRequest:
    return ActRequest(
        act=act,
        key="act:7",
        options=Options("webhook"),
        settings={"url": "https://hooks.harbor.example/in", "events": more.pop("events", [])},
        secrets={"secret": more.pop("secret", SECRET)},
        now=datetime(2026, 10, 2, 9, 0, tzinfo=UTC),
        client=httpx.Client(transport=httpx.MockTransport(answer)),
        sleep=lambda _: None,
        **more,
    )


def test_the_standards_own_library_believes_it_and_nothing_else() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, text="thanks")

    hook = actor("webhook")
    assert isinstance(hook, Acts)
    for tried in (False, True):
        assert hook.act(_request(answer, tried=tried)).done
    first, again = seen
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == "act:7"
    told = Webhook(SECRET).verify(first.content, dict(first.headers))
    [call] = hook.plan(_request(answer))
    assert told == call.body == {
        "type": "release.announced", "timestamp": "2026-10-02T09:00:00Z", "data": {"version": "4.2.0"},
    }  # fmt: skip
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(first.content.replace(b"4.2.0", b"4.2.1"), dict(first.headers))


@pytest.mark.parametrize(
    ("status", "fault"),
    [(500, Retry), (503, Retry), (429, Retry), (410, Skip), (404, Skip), (302, Skip), (401, Denied), (403, Denied)],
)
def test_each_refusal_by_its_remedy(status: int, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        actor("webhook").act(_request(lambda _: httpx.Response(status, headers={"location": "https://evil.example"})))


def test_a_lost_answer_is_asked_for_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    with pytest.raises(Retry):
        actor("webhook").act(_request(answer))


def test_what_may_not_be_sent_there_is_not() -> None:
    good = httpx.Response(200)
    with pytest.raises(Denied, match="is not sent"):
        actor("webhook").plan(_request(lambda _: good, events=["other"]))
    with pytest.raises(Denied, match="secret"):
        actor("webhook").act(_request(lambda _: good, secret="whsec_!"))
    with pytest.raises(Skip, match="bytes"):
        actor("webhook").act(_request(lambda _: good, CallWebhook(hook="x", event="y", data={"z": "x" * 300_000})))
    with pytest.raises(Skip):
        actor("webhook").plan(_request(lambda _: good, Comment(subject="github:a/b#1", body="x")))


def test_what_cannot_be_written_to_is_told_with_what_can() -> None:
    with pytest.raises(Abort) as told:
        actor("ics")
    assert "github" in told.value.hint and "webhook" in told.value.hint
