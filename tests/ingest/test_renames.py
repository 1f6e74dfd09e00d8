"""Renames: whenever they are heard of, the records are those of somebody who knew from the start."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.ingest.notes import START, Bench, hour, note

from fairlead.bus.sql import SqlEventLog
from fairlead.ingest import contests
from fairlead.ingest.aliases import Aliases
from fairlead.model.times import EPOCH, epoch_us
from fairlead.store import records
from fairlead.store.aliases import Seen, Told
from fairlead.store.database import Database
from fairlead.store.glance import glance

OLD, NEW = "github:acme/pay", "github:acme/payments"


def pull(repository: str, at: float, number: int = 1, **values: Any) -> dict[str, Any]:
    """A payload about a pull request, with all that hangs on it."""
    change = f"{repository}#{number}"
    return {
        "say": [
            ["changes", hour(at), {"id": change, "repository": repository, "number": number, **values}],
            ["change_events", hour(at), {"id": f"{change}/comment/7", "change": change, "repository": repository}],
            ["commits", hour(at), {"id": f"{repository}@abc", "repository": repository}],
            ["messages", hour(at), {"id": f"{repository}#9/comment/1", "about": f"{repository}#9", "body": OLD}],
        ]
    }


def repository(name: str, external_id: str, at: float) -> dict[str, Any]:
    """A payload about a repository with its immutable id."""
    return {"say": [["repositories", hour(at), {"id": f"github:{name}", "name": name, "external_id": external_id}]]}


def rename(old: str, new: str, at: float) -> dict[str, Any]:
    """The tool's word that a repository goes by another name."""
    return {"rename": [[old, new, hour(at)]]}


def test_everything_below_goes_along(bench: Bench) -> None:
    """Rows, references, lists of references, and the old id is told to incremental readers."""
    neighbour = f"{OLD}roll"
    bench.tell(pull(OLD, 1, title="Retry"), pull(neighbour, 1, title="Not ours"))
    with bench.database.read() as tx:
        before = records.revision(tx)
    bench.tell(rename(OLD, NEW, 5))
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert (row["title"], row["repository"]) == ("Retry", NEW)
    event = bench.row("change_events", f"{NEW}#1/comment/7")
    assert event is not None
    assert (event["change"], event["repository"]) == (f"{NEW}#1", NEW)
    message = bench.row("messages", f"{NEW}#9/comment/1")
    assert message is not None
    assert (message["about"], message["body"]) == (f"{NEW}#9", OLD), "text is not an id"
    assert bench.row("changes", f"{OLD}#1") is None
    assert bench.row("changes", f"{neighbour}#1") is not None
    with bench.database.read() as tx:
        assert [one for one, _ in records.removals(tx, "changes", before)] == [f"{OLD}#1"]


def test_late_payloads_land_under_the_new_name(bench: Bench) -> None:
    """And those of somebody else who took the name later do not."""
    bench.tell(rename(OLD, NEW, 5), pull(NEW, 6, title="Newer"), pull(OLD, 1, title="Older", body="Why"))
    bench.tell(pull(OLD, 8, title="Another repository"))
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert (row["title"], row["body"]) == ("Newer", "Why")
    other = bench.row("changes", f"{OLD}#1")
    assert other is not None
    assert (other["title"], other["body"]) == ("Another repository", None)


def test_rows_on_both_sides_become_one(bench: Bench) -> None:
    """The rename is heard of after both names were used: the newer value of each field counts."""
    bench.tell(pull(OLD, 1, title="Older", body="Why"), pull(NEW, 6, title="Newer"), rename(OLD, NEW, 5))
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert (row["title"], row["body"]) == ("Newer", "Why")


def test_a_name_taken_again_before_the_rename_is_heard_of(bench: Bench) -> None:
    """The value that the newer owner's overwrote is found again in the log."""
    bench.tell(pull(OLD, 1, title="Retry"), pull(OLD, 8, title="Of the new owner"))
    bench.tell(rename(OLD, NEW, 5))
    rows = [bench.row("changes", f"{name}#1") for name in (OLD, NEW)]
    assert [row["title"] for row in rows if row] == ["Of the new owner", "Retry"]


def test_the_second_owner_of_a_name_may_have_been_renamed_too(bench: Bench) -> None:
    """Nothing stays under the name; yet what its first owner said was hidden and is found again."""
    third = "github:acme/pay-legacy"
    bench.tell(pull(OLD, 1, title="Retry"), pull(OLD, 8, title="Of the second owner"))
    bench.tell(rename(OLD, third, 10), rename(OLD, NEW, 5))
    rows = [bench.row("changes", f"{name}#1") for name in (third, NEW)]
    assert [row["title"] for row in rows if row] == ["Of the second owner", "Retry"]
    assert bench.row("changes", f"{OLD}#1") is None


def test_the_later_rename_of_a_name_may_be_heard_of_first(bench: Bench) -> None:
    """What it took along of the first owner's is taken back; what its second owner said stays, synced history too."""
    third = "github:acme/pay-legacy"
    bench.tell(pull(OLD, 1, title="Retry"), pull(OLD, 8, number=2, title="Of the second owner"))
    bench.tell(rename(OLD, third, 10))
    bench.tell(pull(third, 2, number=3, title="Old, and read again under the last name"))
    bench.tell(rename(OLD, NEW, 5))
    titles = {one: row["title"] for one, row in bench.content()["changes"].items()}
    assert titles == {
        f"{NEW}#1": "Retry",
        f"{third}#2": "Of the second owner",
        f"{third}#3": "Old, and read again under the last name",
    }


def test_what_the_log_no_longer_has_is_not_taken_back(bench: Bench) -> None:
    """Its first owner cannot be told any more: better under an id that it once had than lost."""
    third = "github:acme/pay-legacy"
    bench.tell(pull(OLD, 1, title="Retry"))
    bench.tell(rename(OLD, third, 10))
    bench.log.expire(START + timedelta(days=1), bench.log.latest())
    bench.tell(rename(OLD, NEW, 5))
    assert set(bench.content()["changes"]) == {f"{third}#1"}


def test_a_login_taken_again_before_its_rename_is_heard_of(bench: Bench) -> None:
    """Both people are members: the second one's row did not swallow the first one's."""
    team, old, new = "github:@acme/core", "github:@kim", "github:@kim-lee"

    def member(at: float, role: str) -> dict[str, Any]:
        return {"say": [["memberships", hour(at), {"id": f"{team}/{old}", "account": old, "role": role}]]}

    bench.tell(member(1, "maintainer"), member(8, "member"))
    bench.tell(rename(old, new, 5))
    rows = [bench.row("memberships", f"{team}/{login}") for login in (old, new)]
    assert [(row["account"], row["role"]) for row in rows if row] == [(old, "member"), (new, "maintainer")]


def test_what_a_killed_process_owed_the_next_one_does(bench: Bench, tmp_path: Path) -> None:
    """The batch with the late rename is committed, and then nothing more of that process; a third adds another."""
    bench.tell(pull(OLD, 1, title="Retry"), pull(OLD, 8, title="Of the new owner"))
    bench.tell(pull(NAMES[0], 1, title="First"), pull(NAMES[0], 8, title="Second"))
    die_after_commit(bench, [rename(OLD, NEW, 5)])
    with bench.database.read() as tx:
        seen = contests.owed(tx)
    if bench.database.dialect == "sqlite":
        found = glance(tmp_path / "facts.db")
        assert found is not None
        assert found.owed, "a command that only looks at the files must not take them for finished"
    die_after_commit(bench, [rename(NAMES[0], NAMES[1], 5)])
    with bench.database.begin() as tx:
        contests.settle(tx, seen)
        assert contests.owed(tx) > seen, "what came meanwhile is not taken back by who did not read it again"
    bench.apply()
    rows = [bench.row("changes", f"{name}#1") for name in (OLD, NEW, *NAMES[:2])]
    assert [row["title"] for row in rows if row] == ["Of the new owner", "Retry", "Second", "First"]
    with bench.database.read() as tx:
        assert contests.owed(tx) == 0


def listing(repository: str, at: float, *numbers: int) -> dict[str, Any]:
    """A payload with a full listing of the pull requests of a repository."""
    return {"sweep": [["changes", f"{repository}#", [f"{repository}#{one}" for one in numbers], hour(at)]]}


def test_a_listing_that_moves_meets_rows_that_stay(bench: Bench) -> None:
    """The pull request goes by the last name already; only the listing that missed it was under another one."""
    bench.tell(listing(OLD, 5))
    bench.tell(pull(NEW, 1, title="Retry"))
    bench.tell(rename(OLD, NEW, 6))
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert row["deleted_at"] == START + timedelta(hours=5)


def test_a_listing_that_moves_falls_between_those_of_the_new_name(bench: Bench) -> None:
    """It was the first that missed the pull request, which a listing before it still had."""
    bench.tell(listing(OLD, 5))
    bench.tell(pull(NEW, 0, title="Retry"), listing(NEW, 1, 1), listing(NEW, 8))
    bench.tell(rename(OLD, NEW, 6))
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert row["deleted_at"] == START + timedelta(hours=5)


def test_one_immutable_id_under_two_names_is_a_rename(bench: Bench) -> None:
    """No rename was told, as after a sync that lost a webhook."""
    bench.tell(repository("acme/pay", "71", 1), pull(OLD, 1, title="Retry"))
    bench.tell(repository("acme/payments", "71", 4), repository("acme/web", "72", 4))
    assert bench.row("repositories", OLD) is None
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert row["title"] == "Retry"
    bench.tell(pull(OLD, 3, body="Late"), repository("acme/pay", "99", 9), pull(OLD, 10, title="Of the new owner"))
    row = bench.row("changes", f"{NEW}#1")
    assert row is not None
    assert (row["title"], row["body"]) == ("Retry", "Late")
    row = bench.row("changes", f"{OLD}#1")
    assert row is not None
    assert row["title"] == "Of the new owner"


def test_memberships_and_links_follow_an_account(bench: Bench) -> None:
    """Somebody changes the login."""
    team, old, new = "github:@acme/core", "github:@kim", "github:@kim-lee"
    bench.tell(
        {"say": [["memberships", hour(1), {"id": f"{team}/{old}", "team": team, "account": old}]]},
        {"say": [["changes", hour(1), {"id": f"{NEW}#1", "author": old, "assignees": [old, f"{old}ber"]}]]},
        rename(old, new, 3),
    )
    row = bench.row("memberships", f"{team}/{new}")
    assert row is not None
    assert row["account"] == new
    change = bench.row("changes", f"{NEW}#1")
    assert change is not None
    assert (change["author"], change["assignees"]) == (new, (new, f"{old}ber"))


def report(name: str, at: float, **values: Any) -> dict[str, Any]:
    """What a CI script hands over about a repository, by the name that stands in the script."""
    alert = f"{name}/alert/code_scanning/{'c0ffee' * 3}00"
    mirrored = (EPOCH - (START + timedelta(hours=at) - EPOCH)).isoformat()
    return {
        "say": [
            ["coverage", hour(at), {"id": f"{name}@beef123/coverage/unit", "repository": name, **values}],
            ["test_results", hour(at), {"id": f"{name}@beef123/test/unit/9a", "repository": name, "sha": "beef123"}],
            ["alerts", hour(at), {"id": f"{alert}/1f", "repository": name, "state": "open"}],
            # the first sighting wins by a version that is mirrored at 1970
            [
                "alerts",
                mirrored,
                {"id": f"{alert}/1f", "url": hour(at)},
            ],
            ["builds", hour(at), {"id": "ci:build/7", "repository": name}],
        ],
        "sweep": [["alerts", f"{alert}/", [f"{alert}/1f"], hour(at)]],
    }


@pytest.mark.parametrize("late", [False, True])
def test_what_is_handed_over_under_a_name_that_was_left_is_meant_for_the_new_one(bench: Bench, late: bool) -> None:
    """Before, after and by mapping; heard of the rename first or last: one record each."""
    handed = [report(OLD, 2, branch="main"), report(OLD, 9, url="https://ci.example/9")]
    payloads = [*handed, rename(OLD, NEW, 5)] if late else [rename(OLD, NEW, 5), *handed]
    for payload in payloads:
        bench.tell(payload)
    found = bench.content()
    for table in ("coverage", "test_results", "alerts", "builds"):
        assert [row["repository"] for row in found[table].values()] == [NEW], table
    (alert,) = found["alerts"].values()
    assert (alert["state"], alert["url"], alert["deleted_at"]) == ("open", hour(2), None)
    # the tool itself calls its things by their present names
    bench.tell(pull(OLD, 9, title="Another repository"))
    assert bench.row("changes", f"{OLD}#1") is not None


@pytest.mark.parametrize("late", [False, True])
def test_a_name_that_somebody_else_bears_again_leads_no_further(bench: Bench, late: bool) -> None:
    """From the first time that its new bearer was seen; alerts stay whole, though one of their times is mirrored."""
    payloads = [rename(OLD, NEW, 5), repository("acme/pay", "99", 8), report(OLD, 6), report(OLD, 9)]
    for payload in reversed(payloads) if late else payloads:
        bench.tell(payload)
    alerts = {row["repository"]: row["url"] for row in bench.content()["alerts"].values()}
    assert alerts == {NEW: hour(6), OLD: hour(9)}


NAMES = ("github:acme/a", "github:acme/b", "github:acme/c")


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A repository that goes by several names, and another one that may take a name that was left."""
    payloads: list[dict[str, Any]] = []
    path = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4))
    told = draw(st.booleans())
    now = 0.0
    for place, name in enumerate(path):
        for _ in range(draw(st.integers(1, 3))):
            now += 1
            values = draw(st.dictionaries(st.sampled_from(["title", "body", "url"]), st.sampled_from("xyz")))
            payloads.append(pull(name, now, draw(st.integers(1, 2)), **values))
            if not told:
                payloads.append(repository(name.removeprefix("github:"), "71", now))
        now += 1
        if told and path[place + 1 : place + 2] not in ([], [name]):
            payloads.append(rename(name, path[place + 1], now))
    if told and (left := sorted(set(path[:-1]) - {path[-1]})):
        for _ in range(draw(st.integers(0, 2))):
            now += 1
            values = dict.fromkeys(["title", "body"], draw(st.sampled_from("uvw")))
            payloads.append(pull(draw(st.sampled_from(left)), now, draw(st.integers(1, 2)), **values))
    for _ in range(draw(st.integers(0, 2))):
        # scripts know nothing of renames
        payloads.append(report(draw(st.sampled_from(path)), draw(st.integers(0, int(now) + 2)) + 0.25))
    return payloads


@st.composite
def reuse(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Several repositories that leave, take and delete names of a few; each name has one owner at a time."""
    payloads: list[dict[str, Any]] = []
    holds: dict[str, str] = {}
    # some are known by their immutable id alone, as after lost webhooks
    told = draw(st.booleans())
    for place in range(draw(st.integers(4, 10))):
        now = place * 3.0
        free = [name for name in NAMES if name not in holds.values()]
        owner = draw(st.sampled_from(["71", "72", "73"]))
        if owner not in holds:
            if not free:
                continue
            holds[owner] = draw(st.sampled_from(free))
        elif free and (what := draw(st.sampled_from(["rename", "delete", "stay"]))) != "stay":
            left = holds.pop(owner)
            if what == "delete":
                continue
            holds[owner] = draw(st.sampled_from(free))
            if told:
                payloads.append(rename(left, holds[owner], now + 0.5))
        name = holds[owner]
        if not told:
            payloads.append(repository(name.removeprefix("github:"), owner, now + 1))
        title = f"{owner} at {now}"
        payloads.append(pull(name, now + 1, draw(st.integers(1, 2)), title=title))
        if draw(st.booleans()):
            payloads.append(pull(name, now + 2, draw(st.integers(1, 2)), body=title))
        if draw(st.booleans()):
            listed = draw(st.lists(st.sampled_from([1, 2]), unique=True))
            payloads.append(listing(name, now + 2, *listed))
        if draw(st.booleans()):
            payloads.append(report(draw(st.sampled_from(NAMES)), now + 2.5, branch=title))
    return payloads


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stores of the examples lie."""
    return tmp_path_factory.mktemp("renames")


def content_after(template: Path, folder: Path, batches: Iterable[Sequence[dict[str, Any]]]) -> Any:
    """Everything in a new store after these batches."""
    with bench_in(template, folder) as bench:
        for batch in batches:
            bench.tell(*batch)
        return bench.content()


@contextmanager
def bench_in(template: Path, folder: Path) -> Iterator[Bench]:
    """A bench over a new store."""
    for path in folder.glob("*"):
        path.unlink()
    shutil.copy(template, folder / "facts.db")
    database, log = (
        Database.open(f"sqlite:///{folder / 'facts.db'}"),
        SqlEventLog.open(f"sqlite:///{folder / 'raw.db'}"),
    )
    try:
        yield Bench(database, log)
    finally:
        log.close()
        database.close()


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_a_rename_may_be_heard_of_at_any_time(
    sqlite_template: Path, folder: Path, payloads: list[dict[str, Any]], chance: Any, size: int
) -> None:
    """Any order, any batches: the same store."""
    expected = content_after(sqlite_template, folder, [payloads])
    shuffled = list(payloads)
    chance.shuffle(shuffled)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert content_after(sqlite_template, folder, batches) == expected


# An example makes two stores and reads its log again where names were shared. A failure is told as it was found: to
# shrink one took more than five minutes.
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(reuse(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_names_that_many_had_may_be_heard_of_in_any_order(
    sqlite_template: Path, folder: Path, payloads: list[dict[str, Any]], chance: Any, size: int
) -> None:
    """The records are those of somebody who knew every rename from the start."""
    renames_first = sorted(payloads, key=lambda payload: "rename" not in payload)
    expected = content_after(sqlite_template, folder, [renames_first])
    shuffled = list(payloads)
    chance.shuffle(shuffled)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert content_after(sqlite_template, folder, batches) == expected


def die_after_commit(bench: Bench, payloads: Sequence[dict[str, Any]]) -> None:
    """One batch is committed, and its process does nothing any more."""
    after = bench.log.latest()
    bench.log.append([note(f"n{after}-{place}", payload) for place, payload in enumerate(payloads)])
    bench.ingest.put(bench.ingest.read(bench.log.read(after, len(payloads))), after)
    bench.ingest = bench.another()


def die_reading_again(bench: Bench, count: int) -> None:
    """The next process is killed once it has read so many events again."""
    bench.ingest.again(bench.log.read(0, count))
    bench.ingest = bench.another()


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.randoms(use_true_random=False), st.integers(1, 5), st.data())
def test_killed_after_any_batch(
    sqlite_template: Path, folder: Path, payloads: list[dict[str, Any]], chance: Any, size: int, data: st.DataObject
) -> None:
    """Any order, any batches, killed between a commit and what it owes or in the midst of that: the same store."""
    expected = content_after(sqlite_template, folder, [payloads])
    shuffled = list(payloads)
    chance.shuffle(shuffled)
    with bench_in(sqlite_template, folder) as bench:
        for start in range(0, len(shuffled), size):
            batch = shuffled[start : start + size]
            if data.draw(st.booleans()):
                die_after_commit(bench, batch)
                if count := data.draw(st.integers(0, start)):
                    die_reading_again(bench, count)
            else:
                bench.tell(*batch)
        bench.apply()
        assert bench.content() == expected


def at(hours: float) -> int:
    """Microseconds of an hour after the start."""
    return epoch_us(START) + int(hours * 3_600_000_000)


def told(*renames: tuple[str, str, float]) -> list[Told]:
    """Renames at hours after the start."""
    return [Told(old, new, START + timedelta(hours=hours)) for old, new, hours in renames]


def test_names_there_and_back() -> None:
    """`a` became `b`, then `a` again."""
    aliases = Aliases(told(("s:a", "s:b", 5), ("s:b", "s:a", 9)))
    assert [aliases.resolve("s:a#1", at(hours)) for hours in (1, 7, 12)] == ["s:a#1", "s:a#1", "s:a#1"]
    assert [aliases.resolve("s:b#1", at(hours)) for hours in (1, 7, 12)] == ["s:a#1", "s:a#1", "s:b#1"]


def test_an_undated_inference_ends_where_the_name_was_taken_again() -> None:
    """Before that everything under the old name is meant for the new one, after it nothing."""

    def seen(external_id: str, name: str, first: float, last: float) -> Seen:
        return Seen("s", external_id, name, START + timedelta(hours=first), START + timedelta(hours=last))

    aliases = Aliases((), [seen("1", "s:a", 0, 4), seen("1", "s:b", 6, 20), seen("2", "s:a", 9, 30)])
    assert [aliases.resolve("s:a@f00", at(hours)) for hours in (1, 8, 10)] == ["s:b@f00", "s:b@f00", "s:a@f00"]
    assert aliases.resolve("s:ab#1", at(1)) == "s:ab#1"
