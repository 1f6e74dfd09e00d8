"""A random history in random deltas leaves the same marts as all of it at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from fairlead.metrics import barren
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import Incidents, ServiceSetup, Setup, TeamSetup
from fairlead.model.times import FixedClock, parse_time

START = datetime(2026, 3, 2, 8)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
REPOSITORIES = ("github:acme/pay", "github:acme/web")
ACCOUNTS = ("github:@kim", "github:@lee", "github:@rita[bot]", "github:@coder", "email:agent@coder.example")
SHAS = tuple(f"{number:040x}" for number in range(12))
CHANGES = tuple(range(1, 8))
CLOCK = FixedClock(parse_time("2026-04-01T08:00:00Z") or START)
SETUP = Setup(
    services={
        "api": ServiceSetup(
            repository="github:acme/pay", paths=("api/**",), team="core", environments=("production-api",)
        ),
        "jobs": ServiceSetup(repository="github:acme/pay", paths=("jobs",), team="night"),
        "web": ServiceSetup(repository="github:acme/web"),
    },
    teams={"core": TeamSetup(members=("github:@kim",)), "night": TeamSetup(repositories=("github:acme/w*",))},
    incidents=Incidents(attribution_threshold=0.4),
)

Operation = tuple[str, dict[str, Any]]


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


hours = st.integers(0, 400)
repository = st.sampled_from(REPOSITORIES)
account = st.sampled_from(ACCOUNTS)
sha = st.sampled_from(SHAS)
maybe_deleted = st.sampled_from([None, None, None, None, START])


@st.composite
def commits(draw: st.DrawFn) -> Operation:
    number = draw(st.integers(0, len(SHAS) - 1))
    place = draw(repository)
    parents = draw(st.lists(st.sampled_from(SHAS[:number] or SHAS[:1]), max_size=2, unique=True)) if number else []
    when = at(number * 10)
    return "commits", {
        "id": f"{place}@{SHAS[number]}", "repository": place, "sha": SHAS[number], "parents": parents,
        "authored_at": when, "committed_at": draw(st.sampled_from([when, None])), "author": draw(account),
        "co_authors": draw(st.sampled_from([None, ["Coder <agent@coder.example>"]])),
        "deleted_at": draw(maybe_deleted), "source": "github",
    }  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> Operation:
    place, number, opened = draw(repository), draw(st.sampled_from(CHANGES)), draw(hours)
    state = draw(st.sampled_from(["open", "merged", "merged", "closed"]))
    merged = at(opened + draw(st.integers(0, 60))) if state == "merged" else None
    return "changes", {
        "id": f"{place}#{number}", "repository": place, "number": number, "state": state, "author": draw(account),
        "title": draw(st.sampled_from(["feat: a", "fix: b", "hotfix c", 'Revert "feat: a"'])),
        "created_at": at(opened), "merged_at": merged, "closed_at": merged, "draft": draw(st.booleans()),
        "base_branch": draw(st.sampled_from(["main", "dev"])), "head_branch": draw(st.sampled_from(["f", "dev", "revert-1-f"])),  # noqa: E501
        "merge_sha": draw(st.one_of(st.none(), sha)), "head_sha": draw(st.one_of(st.none(), sha)),
        "labels": draw(st.sampled_from([None, [], ["hotfix"]])), "deleted_at": draw(maybe_deleted),
        "additions": 3, "deletions": 4, "source": "github",
    }  # fmt: skip


@st.composite
def change_rows(draw: st.DrawFn) -> Operation:
    place, number = draw(repository), draw(st.sampled_from(CHANGES))
    change = f"{place}#{number}"
    match draw(st.integers(0, 4)):
        case 0:
            hashed = draw(sha)
            return "change_commits", {
                "id": f"{change}@{hashed}", "change": change, "commit": f"{place}@{hashed}", "sha": hashed,
                "authored_at": draw(st.one_of(st.none(), hours.map(at))), "deleted_at": draw(maybe_deleted),
            }  # fmt: skip
        case 1:
            path = draw(st.sampled_from(["api/a.py", "jobs/b.py", "README.md"]))
            return "change_files", {
                "id": f"{change}:{path}", "change": change, "repository": place, "path": path,
                "deleted_at": draw(maybe_deleted),
            }  # fmt: skip
        case 2:
            hashed, path = draw(sha), draw(st.sampled_from(["api/a.py", "jobs/b.py"]))
            return "commit_files", {
                "id": f"{place}@{hashed}:{path}", "commit": f"{place}@{hashed}", "path": path,
                "deleted_at": draw(maybe_deleted),
            }  # fmt: skip
        case 3:
            item = f"github:acme/pay#{draw(st.integers(90, 92))}"
            return "work_item_links", {
                "id": f"{change}>{item}",
                "from_item": change,
                "to_item": item,
                "kind": "closes",
            }
        case _:
            kind = draw(st.sampled_from(
                ["approved", "changes_requested", "commented", "ready", "drafted", "pushed", "review_requested"]
            ))  # fmt: skip
            return "change_events", {
                "id": f"{change}/{kind}/{draw(st.integers(0, 5))}", "change": change, "repository": place, "kind": kind,  # noqa: E501
                "at": at(draw(hours)), "actor": draw(account), "subject": draw(account), "deleted_at": draw(maybe_deleted),  # noqa: E501
            }  # fmt: skip


@st.composite
def deliveries(draw: st.DrawFn) -> Operation:
    place, number = draw(repository), draw(st.integers(0, 5))
    deployment = f"{place}/deployment/{number}"
    match draw(st.integers(0, 3)):
        case 0:
            hashed = draw(sha)
            return "deployment_commits", {
                "id": f"{deployment}@{hashed}", "deployment": deployment, "repository": draw(repository), "sha": hashed,  # noqa: E501
                "finished_at": draw(st.one_of(st.none(), hours.map(at))),
                "result": draw(st.sampled_from(["success", "failure", None])),
            }  # fmt: skip
        case 1:
            return "builds", {
                "id": f"{place}/run/{number}", "repository": place, "kind": draw(st.sampled_from(["pipeline", "check"])),  # noqa: E501
                "name": draw(st.sampled_from(["ci", "deploy"])), "branch": "main", "sha": draw(sha),
                "result": draw(st.sampled_from(["success", "failure"])), "started_at": at(3), "finished_at": at(draw(hours)),  # noqa: E501
                "deleted_at": draw(maybe_deleted), "source": "github",
            }  # fmt: skip
        case _:
            return "deployments", {
                "id": deployment, "repository": draw(st.sampled_from([place, place, None])),
                "environment": draw(st.sampled_from(["production", "production-api", "staging", None])),
                "sha": draw(st.one_of(st.none(), sha)), "result": draw(st.sampled_from(["success", "success", "failure"])),  # noqa: E501
                "finished_at": at(draw(hours)), "started_at": at(1), "deleted_at": draw(maybe_deleted), "source": "github",  # noqa: E501
                "ref": draw(st.sampled_from([None, "v1", "v2"])),
                "service": draw(st.sampled_from([None, None, "service:api", "service:jobs"])),
            }  # fmt: skip


@st.composite
def releases(draw: st.DrawFn) -> Operation:
    place, tag, kind = (
        draw(repository),
        draw(st.sampled_from(["v1", "v2"])),
        draw(st.sampled_from(["release", "tag"])),
    )
    return "releases", {
        "id": f"{place}/{kind}/{tag}", "repository": place, "tag": tag, "kind": kind, "sha": draw(st.one_of(st.none(), sha)),  # noqa: E501
        "published_at": at(draw(hours)), "deleted_at": draw(maybe_deleted), "source": "github",
    }  # fmt: skip


@st.composite
def people(draw: st.DrawFn) -> Operation:
    who = draw(account)
    match draw(st.integers(0, 3)):
        case 0:
            return "people", {"id": "person:kim", "kind": draw(st.sampled_from(["human", "coding_agent"]))}
        case 1:
            team = draw(st.sampled_from(["team:core", "team:away"]))
            return "memberships", {
                "id": f"{team}/{who}",
                "team": team,
                "account": who,
                "deleted_at": draw(maybe_deleted),
            }
        case 2:
            return "repositories", {
                "id": draw(repository), "default_branch": draw(st.sampled_from(["main", "dev", None])),
                "team": draw(st.sampled_from(["team:core", None])),
            }  # fmt: skip
        case _:
            return "accounts", {
                "id": who, "person": draw(st.sampled_from([None, "person:kim"])),
                "kind": draw(st.sampled_from([None, "human", "bot", "coding_agent", "review_agent"])),
            }  # fmt: skip


@st.composite
def troubles(draw: st.DrawFn) -> Operation:
    number = draw(st.integers(90, 93))
    if draw(st.integers(0, 3)) == 0:
        return "alerts", {
            "id": f"alert:{number}", "kind": "monitoring", "started_at": at(draw(hours)),
            "incident": draw(st.sampled_from([None, f"pager:{number}"])),
            "service": draw(st.sampled_from(["service:web", "service:api"])), "source": "pager",
        }  # fmt: skip
    if draw(st.integers(0, 2)) == 0:
        return "work_items", {
            "id": f"github:acme/pay#{number}", "repository": "github:acme/pay", "labels": draw(st.sampled_from([None, ["incident"]])),  # noqa: E501
            "created_at": at(draw(hours)), "work_type": draw(st.sampled_from(["bug", None])), "source": "github",
        }  # fmt: skip
    return "incidents", {
        "id": f"pager:{number}", "started_at": at(draw(hours)), "resolved_at": draw(st.one_of(st.none(), hours.map(at))),  # noqa: E501
        "service": draw(st.sampled_from(["service:web", "service:api", None])), "repository": draw(st.one_of(st.none(), repository)),  # noqa: E501
        "caused_by_sha": draw(st.sampled_from([None, None, *SHAS])),
        "caused_by_version": draw(st.sampled_from([None, None, "1", "v2"])),
        "caused_by_deployment": draw(st.sampled_from([None, None, "github:acme/pay/deployment/1"])), "source": "pager",  # noqa: E501
    }  # fmt: skip


operations = st.one_of(
    commits(),
    commits(),
    changes(),
    changes(),
    change_rows(),
    change_rows(),
    deliveries(),
    people(),
    troubles(),
    releases(),
)
deltas = st.lists(st.tuples(st.lists(operations, min_size=1, max_size=25), st.booleans()), min_size=2, max_size=4)


def contents(warehouse: Warehouse) -> dict[str, list[str]]:
    tables = warehouse.rows(
        "select table_name as name from information_schema.tables where table_schema = 'main' order by name"
    )
    kept = [row["name"] for row in tables if not row["name"].startswith(("warehouse_", "dirty_", "delta_", "stale_"))]
    temporary = {
        row["name"] for row in warehouse.rows("select table_name as name from duckdb_tables() where temporary")
    }
    return {
        name: sorted(map(repr, warehouse.rows(f'select * from main."{name}"')))
        for name in kept
        if name not in temporary
    }


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(deltas)
def test_incremental_equals_full(history: list[tuple[list[Operation], bool]]) -> None:
    source = MemorySource()
    source.put("repositories", {"id": "github:acme/pay", "default_branch": "main", "source": "github"})
    followed = Warehouse(None, source, SETUP, CLOCK)
    followed.refresh()
    for group, removes in history:
        for table, row in group:
            source.put(table, row)
        if removes:
            table, row = group[0]
            source.remove(table, row["id"])
        assert not followed.refresh().full or any(
            table in ("people", "accounts", "memberships") for table, _ in group
        )
    anew = Warehouse(None, source, SETUP, CLOCK)
    anew.refresh(full=True)
    mine, theirs = contents(followed), contents(anew)
    assert mine.keys() == theirs.keys()
    for name in theirs:
        assert mine[name] == theirs[name], name


@settings(max_examples=examples(2), deadline=None, suppress_health_check=list(HealthCheck))
@given(deltas)
def test_what_nothing_makes_is_not_asked_twice_and_all_the_same(history: list[tuple[list[Operation], bool]]) -> None:
    source = MemorySource()
    Warehouse(None, source, SETUP, CLOCK).refresh(full=True)
    for group, _ in history:
        for table, row in group:
            source.put(table, row)
    knowing = Warehouse(None, source, SETUP, CLOCK)
    knowing.refresh(full=True)
    barren.learned.cache_clear()
    ignorant = Warehouse(None, source, SETUP, CLOCK)
    ignorant.refresh(full=True)
    assert contents(knowing) == contents(ignorant)
    columns = "select table_name, column_name, data_type from duckdb_columns() where not internal order by all"
    assert knowing.rows(columns) == ignorant.rows(columns)


def test_accounts_that_are_joined_or_taken_apart_have_their_turns_made_anew() -> None:
    source, change = MemorySource(), "github:acme/pay#1"
    source.put("repositories", {"id": "github:acme/pay", "default_branch": "main", "source": "github"})
    row = {"id": change, "repository": "github:acme/pay", "author": "github:@ann", "state": "open"}
    source.put("changes", row | {"created_at": at(0)})
    for hours, kind, actor, asked in (
        (0, "opened", "ann", None), (1, "review_requested", "ann", "kim"), (2, "reviewed", "kim.old", None),
        (3, "commented", "ann.old", None),
    ):  # fmt: skip
        said = {"id": f"{change}/{kind}", "change": change, "kind": kind, "at": at(hours)}
        source.put("change_events", said | {"actor": f"github:@{actor}", "subject": asked and f"github:@{asked}"})
    followed = Warehouse(None, source, SETUP, CLOCK)

    def awaited(whose: dict[str, str]) -> list[tuple[str, str]]:
        for name, person in whose.items():
            source.put("accounts", {"id": f"github:@{name}", "handle": name, "kind": "human", "person": person})
        followed.refresh()
        sql = "select account, why from change_turns where until is null order by party"
        return [(row["account"], row["why"]) for row in followed.rows(sql)]

    apart = [("github:@ann", "comments")]
    assert awaited({name: f"person:{name}" for name in ("ann", "ann.old", "kim", "kim.old")}) == apart
    # the author's other account has answered, and the one who was asked has spoken by another
    assert awaited({"kim.old": "person:kim", "ann.old": "person:ann"}) == [("github:@kim", "answered")]
    assert awaited({"ann.old": "person:ann.old"}) == apart
