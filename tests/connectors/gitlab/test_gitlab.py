"""GitLab: golden pairs, signatures, and random histories by webhook and by API."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.connectors.gitlab.histories import SECRET, START, history

from fairlead.connectors.gitlab.connector import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options, Page
from fairlead.connectors.kit.fake.tool import Json, Sent
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.connectors.kit.sync_suite import Reader, SyncSuite, World, said
from fairlead.ingest.aliases import Aliases
from fairlead.model.errors import Refused
from fairlead.model.times import epoch_us
from fairlead.store.aliases import Told

OPTIONS = Options(source="gitlab")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def signature(body: bytes, secret: str, at: datetime = NOW) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    made = hmac.new(key, f"msg-1.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": "msg-1",
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(made).decode(),
    }


class TestGitLab(ConnectorSuite):
    connector = CONNECTOR
    options = OPTIONS
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return signature(body, secret)


class TestSync(SyncSuite):
    connector = CONNECTOR

    def world(self, dice: random.Random) -> World:
        fake, end = history(dice)
        return World(
            fake,
            [
                Delivery(*CONNECTOR.envelope(sent.headers, sent.body)[:1], sent.headers, sent.body, str(n))
                for n, sent in enumerate(fake.sent)
            ],
            end,
            OPTIONS,
            {"token": fake.token},
            {"url": "https://gitlab.example", "organisations": ["harbor"]},
            refusable="/deployments",
            happens=lambda at: fake.open_issue(fake.projects[0], fake.users[0], at, "Leak"),
        )

    def live_only(self, key: tuple[str, str]) -> bool:
        # which files a commit touched stands in pushes; the API would have to be asked for each commit
        return key[0] == "commit_files"

    def synced_only(self, key: tuple[str, str]) -> bool:
        return key[0] in ("accounts", "change_commits", "memberships", "milestone_dates", "milestones", "teams")


def test_a_token_alone_is_trusted_less_and_never_instead_of_a_signature() -> None:
    body = b'{"object_kind": "push"}'
    assert CONNECTOR.verify({"x-gitlab-token": "tide"}, body, ["ebb", "tide"], NOW) == "token"
    signed = signature(body, SECRET)
    assert CONNECTOR.verify({**signed, "x-gitlab-token": "wrong"}, body, [SECRET], NOW) == "verified"
    for headers in ({"x-gitlab-token": "Tide"}, {"x-gitlab-token": "tide", "webhook-signature": "v1,AAAA"}, {}):
        with pytest.raises(Refused):
            CONNECTOR.verify(headers, body, ["tide"], NOW)
    with pytest.raises(Refused):
        CONNECTOR.verify(signature(body, SECRET, NOW - timedelta(minutes=6)), body, [SECRET], NOW)


def test_hooks_that_set_off_one_another_share_a_uuid_and_are_two_deliveries() -> None:
    shared = {"x-gitlab-event-uuid": "one"}
    first, second = (
        CONNECTOR.envelope(shared, body) for body in (b'{"object_kind": "push"}', b'{"object_kind": "note"}')
    )
    assert first[0] == "push"
    assert first[1] != second[1]
    assert CONNECTOR.envelope({"idempotency-key": "key"}, b"{}")[1] == "key"


def test_what_was_deleted_is_missing_in_a_full_run() -> None:
    fake, end = history(random.Random(11))
    settings = {"url": "https://gitlab.example/", "repositories": ["harbor/tides"]}
    reader = Reader(CONNECTOR, World(fake, (), end, OPTIONS, {"token": fake.token}, settings))
    reader.pages()
    gone = fake.lists["/projects/harbor/tides/issues"].pop(0)
    swept = [
        sweep
        for page in reader.pages(full=True)
        for sweep in CONNECTOR.read(Delivery(page.kind, page.headers, page.body), OPTIONS).sweeps
        if sweep.table == "work_items"
    ]
    assert [sweep.scope for sweep in swept] == ["gitlab:harbor/tides#"]
    assert f"gitlab:harbor/tides#{gone['iid']}" not in swept[0].ids


def test_a_limit_is_waited_for_until_it_resets() -> None:
    fake, end = history(random.Random(3), steps=12)
    fake.requests_a_minute = 40
    settings = {"url": "https://gitlab.example", "organisations": ["harbor"]}
    reader = Reader(CONNECTOR, World(fake, (), end, OPTIONS, {"token": fake.token}, settings))
    assert reader.pages()
    assert reader.slept
    assert max(reader.slept) <= 61
    assert not reader.left_out


def test_an_entry_that_changes_while_its_list_is_read_hides_no_other() -> None:
    fake = history(random.Random(1), steps=1)[0]
    project, kim = fake.projects[0], fake.users[0]
    issues = [fake.open_issue(project, kim, START + timedelta(minutes=n), f"Leak {n}") for n in range(150)]
    settings = {"url": "https://gitlab.example", "repositories": ["harbor/tides"]}
    reader = Reader(CONNECTOR, World(fake, (), START + timedelta(days=1), OPTIONS, {"token": fake.token}, settings))
    pages = []
    assert hasattr(CONNECTOR, "sync")
    for page in CONNECTOR.sync(reader.request()):
        if page.kind == "api:issues" and not pages:
            fake.label(issues[0], "wet", kim, START + timedelta(hours=20))
        if page.kind == "api:issues":
            pages.append(page)
    listed = {entry["iid"] for page in pages for entry in msgspec.json.decode(page.body)}
    assert listed >= {issue["iid"] for issue in issues}


@pytest.mark.parametrize("after", [1, 2])
def test_a_page_that_comes_once_more_hides_none(after: int) -> None:
    fake = history(random.Random(1), steps=1)[0]
    project, kim = fake.projects[0], fake.users[0]
    issues = [fake.open_issue(project, kim, START + timedelta(minutes=n), f"Leak {n}") for n in range(250)]
    settings = {"url": "https://gitlab.example", "repositories": ["harbor/tides"]}
    reader = Reader(CONNECTOR, World(fake, (), START + timedelta(days=1), OPTIONS, {"token": fake.token}, settings))
    fault = fake.faults.add("repeat", r"/issues\?", times=2, after=after)
    pages = reader.pages(full=True)
    assert not fault.times
    listed = {entry["iid"] for page in pages if page.kind == "api:issues" for entry in msgspec.json.decode(page.body)}
    assert listed >= {issue["iid"] for issue in issues}
    assert not reader.left_out


def test_what_belongs_to_a_renamed_project_follows_it() -> None:
    payload = {"event_name": "project_rename", "updated_at": "2026-09-07 08:00:00 UTC", "project_id": 31}
    paths = {"path_with_namespace": "harbor/moorings", "old_path_with_namespace": "harbor/berths"}
    body = msgspec.json.encode({**payload, **paths})
    (rename,) = CONNECTOR.read(Delivery("project_rename", {}, body), OPTIONS).renames
    known = Aliases([Told(rename.old, rename.new, rename.at)])
    before = epoch_us(rename.at) - 1
    for below in ("", "!7", "#7", "!7/merged", "/pipeline/9"):
        assert known.resolve(f"gitlab:harbor/berths{below}", before) == f"gitlab:harbor/moorings{below}"
    assert known.resolve("gitlab:harbor/berths-old!7", before) == "gitlab:harbor/berths-old!7"


def test_the_work_of_a_deleted_user_is_nobodys() -> None:
    ghost = {"id": 2, "username": "ghost1", "name": "Ghost User", "web_url": "https://gitlab.com/ghost1"}
    issue = {
        "id": 901, "iid": 7, "title": "Tide gauge", "state": "opened", "author": ghost, "assignees": [ghost],
        "created_at": "2026-09-07T08:00:00.000Z", "updated_at": "2026-09-07T08:00:00.000Z",
        "web_url": "https://gitlab.com/harbor/web/berths/-/issues/7",
    }  # fmt: skip
    page = Delivery("api:issues", {"project": "harbor/web/berths"}, msgspec.json.encode([issue]))
    said = {patch.table: patch.said() for patch in CONNECTOR.read(page, OPTIONS).patches}
    assert "accounts" not in said
    assert (said["work_items"]["author"], said["work_items"]["assignees"]) == (None, ())


def test_a_status_of_the_team_s_own_comes_by_graphql_and_no_edit_hides_it() -> None:
    fake = history(random.Random(1), steps=1)[0]
    project, kim = fake.projects[0], fake.users[0]
    issues = [fake.open_issue(project, kim, START + timedelta(minutes=n), f"Leak {n}") for n in range(130)]
    doing, dropped, plain = issues[3], issues[120], issues[5]
    fake.give_status(doing, "At the quay", "IN_PROGRESS", kim, START + timedelta(hours=5))
    fake.give_status(dropped, "Won't do", "CANCELED", kim, START + timedelta(hours=6))
    settings = {"url": "https://gitlab.example", "repositories": ["harbor/tides"]}
    world = World(fake, (), START + timedelta(days=1), OPTIONS, {"token": fake.token}, settings)
    reader = Reader(CONNECTOR, world)
    expired = fake.faults.add("expired-cursor", '"after":"')
    reader.pages()
    assert expired.hits

    def status(issue: Json) -> tuple[str, str]:
        found = said(CONNECTOR, OPTIONS, [*map(_delivery, reader.read), *map(_sent, fake.sent)])
        record = found["work_items", f"gitlab:harbor/tides#{issue['iid']}"]
        return record["status"], record["status_category"]

    assert status(doing) == ("At the quay", "in_progress")
    assert status(dropped) == ("Won't do", "canceled")
    assert status(plain) == ("opened", "todo")
    fake.label(doing, "wet", kim, START + timedelta(days=2))
    fake.comment(doing, "Still dripping", kim, START + timedelta(days=2, hours=1))
    assert status(doing) == ("At the quay", "in_progress")
    fake.close(doing, kim, START + timedelta(days=3))
    assert status(doing) == ("closed", "done")


def test_a_server_without_statuses_is_no_fault() -> None:
    fake, end = history(random.Random(3), steps=12)
    settings = {"url": "https://gitlab.example", "organisations": ["harbor"]}
    reader = Reader(CONNECTOR, World(fake, (), end, OPTIONS, {"token": fake.token}, settings))
    fake.faults.add("404", "/api/graphql", times=-1)
    assert reader.pages()
    assert not reader.left_out


def _delivery(page: Page) -> Delivery:
    return Delivery(page.kind, page.headers, page.body, page.delivery)


def _sent(sent: Sent) -> Delivery:
    return Delivery(CONNECTOR.envelope(sent.headers, sent.body)[0], sent.headers, sent.body)
