"""HTTP of syncs: an answer lives as long as whoever asked for it holds it."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import httpx

from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.connectors.kit.http import Http


def test_nothing_of_an_answer_waits_for_the_collector() -> None:
    """Pages are megabytes, and cycles among old objects are looked for rarely."""
    fake = FakeJira(secret="s3cret", user="bot@tern.example", token="t0ken", cloud=False)
    signed = {"authorization": "Bearer t0ken"}
    with httpx.Client(transport=FakeTransport(fake)) as client:
        http = Http(client, fake.base, lambda: signed, lambda _: None, lambda _: None, datetime.now(UTC))
        gc.collect()
        gc.disable()
        try:
            path = "/rest/api/2/status"
            assert [len(http.get(path).value) for _ in range(5)] == [4] * 5
            left = [one for one in gc.get_objects() if isinstance(one, httpx.Response) and one.url.path == path]
        finally:
            gc.enable()
    assert left == []
