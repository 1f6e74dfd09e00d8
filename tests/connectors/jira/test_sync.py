"""Jira's sync against a fake of it: random histories by webhook and by API, moves, deletions, lost permissions."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from fairlead.connectors.jira.connector import CONNECTOR
from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.connector import Delivery, Options, Syncs
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json
from fairlead.connectors.kit.fake.tool import said as tell
from fairlead.connectors.kit.sync_suite import Reader, SyncSuite, World, said
from fairlead.model.errors import Abort

START = datetime(2026, 9, 7, 8, 0, 0, 250_000, tzinfo=UTC)
OPTIONS = Options(source="jira")
USER = "bot@tern.example"


def world_of(fake: FakeJira, end: datetime) -> World:
    deliveries = [
        Delivery(CONNECTOR.envelope({}, sent.body)[0], {}, sent.body, str(n)) for n, sent in enumerate(fake.sent)
    ]
    signed = {"token": fake.token, "user": USER} if fake.cloud else {"token": fake.token}
    settings = {"url": fake.base}
    return World(
        fake,
        deliveries,
        end + timedelta(hours=1),
        OPTIONS,
        signed,
        settings,
        refusable="/versions",
        cursor="nextPageToken" if fake.cloud else "",
        happens=lambda at: fake.create("DOCK", "Crane", fake.users[0], at),
    )


class JiraSuite(SyncSuite):
    connector = CONNECTOR

    def live_only(self, key: tuple[str, str]) -> bool:
        # the webhook of a link names issues by number, which ingestion turns into the link that the API tells;
        # of a version's dates the API knows the present one alone
        return key[0] == "milestone_dates" or (key[0] == "work_item_links" and ":issue/" in key[1])

    def synced_only(self, key: tuple[str, str]) -> bool:
        # the list of versions dates them by the day
        return key[0] == "milestone_dates"


class TestCloud(JiraSuite):
    def world(self, dice: random.Random) -> World:
        return world_of(*history(dice))


class TestDataCenter(JiraSuite):
    def world(self, dice: random.Random) -> World:
        return world_of(*history(dice, cloud=False))


def history(dice: random.Random, *, cloud: bool = True) -> tuple[FakeJira, datetime]:
    fake = FakeJira(secret="s3cret", user=USER, token="t0ken", cloud=cloud, embedded=3, most=4)
    people = [fake.add_user(name, f"{name.lower()}@tern.example") for name in ("Ingrid", "Liv", "Are")]
    for key in ("QUAY", "DOCK"):
        fake.add_project(key)
    sprints = [
        fake.add_sprint(
            "QUAY", f"Quay {n}", START + timedelta(weeks=2 * n), START + timedelta(weeks=2 * n + 2), START
        )
        for n in range(3)
    ]
    versions = [fake.add_version("QUAY", "2026.10", START)]
    at, held = START, list[Json]()
    for _ in range(60):
        at += timedelta(seconds=dice.randint(1, 9000), milliseconds=dice.randint(0, 999))
        who, step = dice.choice(people), dice.random()
        if step < 0.2 or len(held) < 2:
            held.append(fake.create(dice.choice(("QUAY", "DOCK")), "Tide tables", who, at))
        elif step < 0.3:
            sprint = dice.choice(sprints)
            state = {"future": "active", "active": "closed", "closed": "active"}[sprint["state"]]
            fake.sprint_state(sprint, state, at)
        else:
            _step(fake, dice, held, who, at, sprints, versions, people)
    return fake, at


def _step(
    fake: FakeJira,
    dice: random.Random,
    held: list[Json],
    who: Json,
    at: datetime,
    sprints: list[Json],
    versions: list[Json],
    people: list[Json],
) -> None:
    issue, other = dice.sample(held, 2)
    match dice.randrange(9):
        case 0 | 1:
            fake.change(issue, who, at, status=dice.choice(("To Do", "In Progress", "In Review", "Done")))
        case 2:
            fake.change(issue, who, at, points=dice.choice((1, 2.5, 8)), flagged=dice.random() < 0.5)
        case 3:
            fake.change(issue, who, at, sprint=dice.choice((*sprints, None)))
        case 4:
            fake.change(issue, who, at, assignee=dice.choice((*people, None)), labels=dice.sample(("a", "b", "c"), 2))
        case 5:
            fake.comment(issue, "the gauge hangs", who, at)
        case 6:
            linked = other["key"] in str(issue["fields"]["issuelinks"])
            (fake.unlink if linked else fake.link)(issue, other, who, at)
        case 7:
            fake.change(issue, who, at, parent=other)
        case 8 if not issue["fields"]["fixVersions"]:
            fake.change(issue, who, at, version=versions[0])


def _small() -> tuple[FakeJira, Json, list[Json]]:
    fake = FakeJira(secret="s3cret", user=USER, token="t0ken")
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    for key in ("QUAY", "DOCK"):
        fake.add_project(key)
    issues = [fake.create("QUAY", f"Berth {n}", ingrid, START + timedelta(minutes=n)) for n in range(3)]
    return fake, ingrid, issues


def test_a_move_to_another_project_is_a_rename() -> None:
    fake, ingrid, issues = _small()
    fake.move(issues[0], "DOCK", ingrid, START + timedelta(hours=1))
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    readings = [CONNECTOR.read(Delivery(page.kind, page.headers, page.body), OPTIONS) for page in reader.pages()]
    told = {(each.old, each.new) for reading in readings for each in reading.renames}
    live = {
        (each.old, each.new)
        for delivery in reader.world.deliveries
        for each in CONNECTOR.read(delivery, OPTIONS).renames
    }
    assert told == live == {("jira:QUAY-1", f"jira:{issues[0]['key']}")}


def test_what_was_deleted_is_missing_in_a_full_run() -> None:
    fake, ingrid, issues = _small()
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    reader.pages()
    fake.delete(issues[1], ingrid, START + timedelta(hours=3), silent=True)
    found = [page for page in reader.pages(full=True) if page.kind == "api:ids"]
    listed = {
        one for page in found for sweep in CONNECTOR.read(Delivery(page.kind, {}, page.body), OPTIONS).sweeps
        for one in sweep.ids
    }  # fmt: skip
    assert listed == {"jira:QUAY-1", "jira:QUAY-3"}


def test_a_project_out_of_sight_is_told_and_buries_nothing() -> None:
    fake, _, _ = _small()
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    reader.pages()
    fake.projects = [one for one in fake.projects if one["key"] != "QUAY"]
    pages = reader.pages(full=True)
    assert [line for line in reader.left_out if line.startswith("QUAY")]
    assert not [page for page in pages if page.kind == "api:ids" and b"QUAY-" in page.body]


def test_an_issue_that_changes_while_the_list_is_read_pushes_none_out() -> None:
    fake = FakeJira(secret="s3cret", user=USER, token="t0ken", cloud=False)
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    issues = [fake.create("QUAY", "Berth", ingrid, START + timedelta(minutes=n)) for n in range(250)]
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(days=1)))
    assert isinstance(CONNECTOR, Syncs)
    found = []
    for page in CONNECTOR.sync(reader.request()):
        found.append(page)
        if len(found) < 4:
            fake.change(issues[len(found)], ingrid, START + timedelta(hours=10, minutes=len(found)), points=3)
    records = reader.records(found)
    assert len([key for key in records if key[0] == "work_items"]) == 250


def test_the_search_goes_by_the_zone_of_whoever_asks() -> None:
    fake, ingrid, issues = _small()
    fake.zone = "America/Los_Angeles"
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    reader.pages()
    reader.now += timedelta(minutes=10)
    fake.change(issues[2], ingrid, reader.now - timedelta(minutes=5), status="Done")
    new = reader.pages()
    changed = [page for page in new if page.kind == "api:issues"]
    assert len(changed) == 1
    assert b"QUAY-3" in changed[0].body
    assert b"QUAY-1" not in changed[0].body


def test_doctor_shows_what_was_found_for_confirmation() -> None:
    fake, _, _ = _small()
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    assert isinstance(CONNECTOR, Syncs)
    said = {one.what: one.detail for one in CONNECTOR.check(reader.request())}
    assert "points is customfield_10016" in said["fields"]
    assert "not found: epic" in said["fields"]


def test_a_search_whose_token_has_expired_goes_on_from_the_last_issue() -> None:
    fake = FakeJira(secret="s3cret", user=USER, token="t0ken")
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    for n in range(250):
        fake.create("QUAY", "Berth", ingrid, START + timedelta(minutes=n))
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(days=1)))
    fake.faults.add("404", "nextPageToken")
    records = reader.records(reader.pages())
    assert not reader.left_out
    assert len([key for key in records if key[0] == "work_items"]) == 250


def test_a_permission_lost_in_the_middle_is_told_and_the_rest_is_read() -> None:
    fake, ingrid, _ = _small()
    fake.create("DOCK", "Crane", ingrid, START + timedelta(hours=1))
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    fake.faults.add("403", 'jql=project = "QUAY"', times=-1)
    records = reader.records(reader.pages())
    assert [line for line in reader.left_out if line.startswith("QUAY: issues")]
    assert ("work_items", "jira:DOCK-1") in records


@pytest.mark.parametrize(
    ("cloud", "mark"),
    [(True, ("x-seraph-loginreason", "AUTHENTICATED_FAILED")), (False, ("x-ausername", "anonymous"))],
)
def test_a_token_that_ends_half_way_is_told_and_buries_nothing(cloud: bool, mark: tuple[str, str]) -> None:
    class Lapsing(FakeJira):
        lapsed = False

        def answer(self, request: Request) -> Response:
            found = super().answer(request)
            if self.lapsed and "/search" in request.path:
                # what everybody may see of it: nothing, and all is well
                found = tell({"startAt": 0, "total": 0, "isLast": True, "issues": []})
                found.headers[mark[0]] = mark[1]
            return found

    fake = Lapsing(secret="s3cret", user=USER, token="t0ken", cloud=cloud)
    fake.add_project("QUAY")
    fake.create("QUAY", "Berth", fake.add_user("Ingrid", "ingrid@tern.example"), START)
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    reader.pages()
    fake.lapsed = True
    with pytest.raises(Abort, match="token has ended"):
        reader.pages(full=True)
    assert not [page for page in reader.read if page.kind == "api:ids"]


def test_a_page_that_is_repeated_as_the_last_one_loses_and_buries_nothing() -> None:
    class Repeating(FakeJira):
        def __init__(self, **given: str) -> None:
            super().__init__(**given)
            self.first: dict[str, Json] = {}

        def answer(self, request: Request) -> Response:
            found = super().answer(request)
            if request.path.endswith("/search/jql"):
                page = json.loads(found.body)
                if "nextPageToken" in request.query:
                    return tell({**self.first[request.query["jql"]], "isLast": True})
                self.first[request.query["jql"]] = {"issues": page["issues"]}
            return found

    fake = Repeating(secret="s3cret", user=USER, token="t0ken")
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    for n in range(150):
        fake.create("QUAY", "Berth", ingrid, START + timedelta(minutes=n))
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(days=1)))
    pages = reader.pages(full=True)
    assert len([key for key in reader.records(pages) if key[0] == "work_items"]) == 150
    assert [line for line in reader.left_out if "deleted issues" in line]
    assert not [page for page in pages if page.kind == "api:ids"]


def test_an_issue_deleted_while_the_list_is_read_pulls_none_over_the_edge_of_a_page() -> None:
    class Shrinking(FakeJira):
        def answer(self, request: Request) -> Response:
            listing = "ORDER BY key" in request.query.get("jql", "")
            if listing and request.query.get("startAt") not in ("0", None) and issues[0] in self.issues:
                self.delete(issues[0], ingrid, START + timedelta(hours=9), silent=True)
            return super().answer(request)

    fake = Shrinking(secret="s3cret", user=USER, token="t0ken", cloud=False)
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    issues = [fake.create("QUAY", "Berth", ingrid, START + timedelta(minutes=n)) for n in range(150)]
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(days=1)))
    assert not [page for page in reader.pages(full=True) if page.kind == "api:ids"]
    assert [line for line in reader.left_out if "149 of 150 issues" in line]


def test_versions_and_sprints_that_are_gone_are_said_to_be() -> None:
    fake, _, _ = _small()
    kept, dropped = (fake.add_version("QUAY", name, START) for name in ("1.0", "1.1"))
    week = timedelta(days=7)
    running, cancelled = (fake.add_sprint("QUAY", name, START, START + week, START) for name in ("Ebb", "Flood"))
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    first = reader.pages()
    reader.now += timedelta(hours=1)
    fake.versions.remove(dropped)
    fake.sprints.remove(cancelled)
    records = reader.records([*first, *reader.pages()])
    gone = {key for key, said in records.items() if said.get("deleted_at")}
    assert gone == {
        ("milestones", f"jira:version/{dropped['id']}"), ("sprints", f"jira:sprint/{cancelled['id']}"),
    }  # fmt: skip
    assert ("milestones", f"jira:version/{kept['id']}") in records
    assert ("sprints", f"jira:sprint/{running['id']}") in records
    reader.now += timedelta(hours=1)
    assert not [page for page in reader.pages() if page.kind == "api:gone"]


@pytest.mark.parametrize("cloud", [True, False])
def test_comments_that_are_gone_are_missing_in_a_full_run(cloud: bool) -> None:
    fake = FakeJira(secret="s3cret", user=USER, token="t0ken", cloud=cloud)
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    issue = fake.create("QUAY", "Berth", ingrid, START)
    # more than come along with an issue of a search
    said = [fake.comment(issue, f"Tide {n}", ingrid, START + timedelta(minutes=n)) for n in range(24)]
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    reader.pages()
    issue["fields"]["comment"].remove(said[3])
    pages = reader.pages(full=True)
    sweeps = [
        sweep for page in pages if page.kind == "api:ids"
        for sweep in CONNECTOR.read(Delivery(page.kind, {}, page.body), OPTIONS).sweeps
    ]  # fmt: skip
    (messages,) = [sweep for sweep in sweeps if sweep.table == "messages"]
    assert messages.scope == "jira:QUAY-"
    assert messages.ids == {f"jira:QUAY-1/comment/{one['id']}" for one in said if one is not said[3]}


@pytest.mark.parametrize("cloud", [True, False])
def test_what_the_account_may_not_see_is_told_to_be_restricted_and_its_text_kept_out(cloud: bool) -> None:
    fake = FakeJira(secret="s3cret", user=USER, token="t0ken", cloud=cloud)
    ingrid = fake.add_user("Ingrid", "ingrid@tern.example")
    fake.add_project("QUAY")
    open_one, secret_one = (fake.create("QUAY", title, ingrid, START) for title in ("Berth", "Breach"))
    whisper = fake.comment(
        open_one, "the key lies below the mat", ingrid, START + timedelta(minutes=5), role="Admins"
    )
    fake.restrict(secret_one, "Security team", ingrid, START + timedelta(minutes=9))
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    live = said(CONNECTOR, OPTIONS, reader.world.deliveries)
    assert live["messages", f"jira:QUAY-1/comment/{whisper['id']}"]["restricted"] is True
    assert live["messages", f"jira:QUAY-1/comment/{whisper['id']}"].get("body") is None
    assert live["work_items", "jira:QUAY-2"]["restricted"] is True
    seen = reader.records(reader.pages(full=True))
    assert ("work_items", "jira:QUAY-2") not in seen
    assert not [key for key in seen if key[0] == "messages"]


def test_a_project_whose_issues_hide_their_comments_buries_none() -> None:
    fake, ingrid, issues = _small()
    fake.comment(issues[0], "Tide", ingrid, START + timedelta(minutes=30))
    fake.hide_comments = True
    reader = Reader(CONNECTOR, world_of(fake, START + timedelta(hours=2)))
    tables = {
        sweep.table for page in reader.pages(full=True) if page.kind == "api:ids"
        for sweep in CONNECTOR.read(Delivery(page.kind, {}, page.body), OPTIONS).sweeps if sweep.scope == "jira:QUAY-"
    }  # fmt: skip
    assert tables == {"work_items"}
    assert any("comments" in line for line in reader.left_out)
