"""The sync on bad days: killed, limited, refused, lied to."""

from __future__ import annotations

import random
from datetime import timedelta

import httpx
import pytest
from tests.connectors.github.histories import ACTS, OPTIONS, PEOPLE, Team, reader_of, told_by, world_of

from fairlead.connectors.github.check import check
from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.api.signin import key_pair
from fairlead.connectors.kit.connector import Delivery, Page
from fairlead.connectors.kit.http import Answer, place_of
from fairlead.connectors.kit.sync_suite import SyncSuite, World, held
from fairlead.model.errors import Abort


class TestSync(SyncSuite):
    """On lists of many pages; where webhook and API tell different things, docs/connectors/github.md says so."""

    connector = CONNECTOR

    def world(self, dice: random.Random) -> World:
        team = Team()
        for _ in range(60):
            dice.choice(ACTS)(team, dice.choice(PEOPLE), dice.randrange(12))
        # an Enterprise Server may refuse our query, and then all comes by REST
        return world_of(team, Desk(team.fake, most=3, graphql=dice.random() < 0.6))

    def live_only(self, key: tuple[str, str]) -> bool:
        # only the checks of present heads are asked for, and which files a commit touches would be a question each;
        # of the dates of a milestone the API knows the present one alone
        return (
            key[0] in ("accounts", "commit_files", "milestone_dates") or "/check/" in key[1] or "/status/" in key[1]
        )

    def synced_only(self, key: tuple[str, str]) -> bool:
        return key[0] in ("change_commits", "change_files", "code_owners")

    def one_way(self, table: str, name: str) -> bool:
        return (table, name) in ONE_WAY


ONE_WAY = {
    ("commits", "branch"), ("commits", "committed_at"), ("commits", "created_at"), ("commits", "parents"),
    ("releases", "published_at"), ("releases", "deleted_at"), ("changes", "mergeable"),
    ("change_events", "updated_at"), ("builds", "actor"), ("change_events", "detail"),
}  # fmt: skip


@pytest.fixture(scope="module")
def team() -> Team:
    team = Team()
    for number in range(90):
        ACTS[number % len(ACTS)](team, PEOPLE[number % 3], number)
    return team


def whole(team: Team) -> set[str]:
    return lists(reader_of(team).pages())


def lists(pages: list[Page]) -> set[str]:
    """Ids of the pages without those that hold the time of asking."""
    return {page.delivery for page in pages if page.kind != "api:ids"}


@pytest.mark.parametrize("budget", ["core", "graphql"])
def test_primary_limit_is_waited_for_and_shown(team: Team, budget: str) -> None:
    reader = reader_of(team)
    reader.world.desk.limits.budgets[budget].exhaust(reader.now, for_s=120)
    assert lists(reader.pages()) == whole(team)
    assert not reader.left_out
    waits = [progress.waiting_until for progress in reader.said if progress.waiting_until]
    assert waits
    assert 100 < sum(reader.slept) < 200


def test_secondary_limit_is_waited_for(team: Team) -> None:
    reader = reader_of(team)
    reader.world.desk.limits.burst(times=3, retry_after_s=7)
    assert lists(reader.pages()) == whole(team)
    assert reader.slept[:3] == [7, 7, 7]


def test_a_hidden_repository_is_named(team: Team) -> None:
    reader = reader_of(team)
    reader.world.desk.faults.deny("harbor-co/tides")
    assert {page.kind for page in reader.pages()} <= {"api:teams", "api:members", "api:ids"}
    assert any("harbor-co/tides" in words for words in reader.left_out)


def test_no_credentials() -> None:
    with pytest.raises(Abort, match="no credentials"):
        reader_of(Team()).pages(credentials={})


def test_app_signs_in_and_renews_its_token(team: Team) -> None:
    reader = reader_of(team)
    private, public = key_pair()
    reader.world.desk.sign_in.register(77, "fairlead", public)
    more = {"settings": {"app_id": "77"}, "credentials": {"private_key": private}}
    assert lists(reader.pages(**more)) >= whole(team)
    reader.now += timedelta(hours=2)
    reader.pages(**more)
    assert len(reader.world.desk.sign_in.minted) == 2


def test_missed_deliveries_come_under_their_own_id(team: Team) -> None:
    reader = reader_of(team)
    reader.now = team.fake.now + timedelta(hours=1)
    private, public = key_pair()
    reader.world.desk.sign_in.register(77, "fairlead", public)
    missed = [sent for sent in team.fake.hook.sent if sent.event == "pull_request"][:2]
    for sent in missed:
        sent.status_code = 503
    try:
        pages = reader.pages(settings={"app_id": "77"}, credentials={"private_key": private})
    finally:
        for sent in missed:
            sent.status_code = 200
    found = {page.delivery: page for page in pages if page.kind == "pull_request"}
    assert set(found) == {sent.guid for sent in missed}
    for sent in missed:
        page = found[sent.guid]
        again = CONNECTOR.read(Delivery(page.kind, page.headers, page.body), OPTIONS)
        assert again.patches == CONNECTOR.read(Delivery(sent.event, {}, sent.body), OPTIONS).patches


def test_full_sync_sweeps_for_what_was_deleted(team: Team) -> None:
    reader = reader_of(team)
    kinds = [page for page in reader.pages(full=True) if page.kind == "api:ids"]
    swept = {
        sweep.table
        for page in kinds
        for sweep in CONNECTOR.read(Delivery(page.kind, page.headers, page.body), OPTIONS).sweeps
    }
    assert swept == {"changes", "work_items", "releases", "milestones", "memberships"}


def test_a_renamed_repository_is_read_under_its_new_name() -> None:
    team = Team()
    team.fake.open_issue(team.repo, "Old name", by="mira", at=team.later())
    team.fake.rename_repository("tides", "tidal", by="mira", at=team.later())
    found = held(told_by(reader_of(team).pages()))
    assert ("work_items", "github:harbor-co/tidal#1") in found
    assert not any("tides#" in identity for _, identity in found)


def test_check_tells_what_is_there_and_what_is_missing(team: Team) -> None:
    reader = reader_of(team)
    findings = {found.what: found for found in check(reader.request())}
    assert findings["signed in"].ok
    assert findings["harbor-co/tides"].ok
    assert findings["webhooks at GitHub"].ok is None
    reader.world.desk.sign_in.scopes = "public_repo"
    reader.world.desk.faults.add("403", "/deployments", times=-1)
    findings = {found.what: found for found in check(reader.request())}
    assert findings["scopes"].ok is False
    assert "deployments" in findings["harbor-co/tides"].detail
    assert not all(found.ok for found in check(reader.request(credentials={"token": "stolen"})))


def test_a_quiet_repository_costs_next_to_nothing_to_poll() -> None:
    team = Team()
    for number in range(60):
        ACTS[number % len(ACTS)](team, PEOPLE[number % 3], number)
    reader = reader_of(team)
    for _ in range(3):
        reader.pages()
    spent = reader.world.desk.limits.budgets["core"].used + reader.world.desk.limits.budgets["graphql"].used
    reader.pages()
    assert (
        reader.world.desk.limits.budgets["core"].used + reader.world.desk.limits.budgets["graphql"].used - spent <= 12
    )


def test_an_organisation_that_does_not_exist_is_named() -> None:
    reader = reader_of(Team())
    reader.pages(settings={"organisations": ["nobody-here"]})
    assert any("nobody-here" in words for words in reader.left_out)


def test_ignored_revisions_come_as_a_document_and_go_with_their_file() -> None:
    team = Team()
    name, text = ".git-blame-ignore-revs", f"# reformatted\n{'a1' * 20}\n"
    team.repo.contents[name] = text
    reader = reader_of(team)
    pages = reader.pages()
    document = f"github:{team.repo.full_name}/file/{name}"
    assert held(told_by(pages))["documents", document]["body"] == text
    assert not [page for page in reader.pages() if page.headers["path"].endswith(name)], "once is enough"
    del team.repo.contents[name]
    lists = [page for page in reader.pages() if page.kind == "api:ids"]
    told = [CONNECTOR.read(Delivery(page.kind, page.headers, page.body, page.delivery), OPTIONS) for page in lists]
    (sweep,) = (sweep for reading in told for sweep in reading.sweeps if sweep.table == "documents")
    assert document.startswith(sweep.scope)
    assert not sweep.ids


@pytest.mark.parametrize("full", [False, True])
def test_progress_knows_its_end_and_never_goes_back(team: Team, full: bool) -> None:
    reader = reader_of(team)
    reader.world.desk.limits.budgets["core"].exhaust(reader.now, for_s=120)
    reader.pages(full=full, settings={"repositories": ["harbor-co/tides", "harbor-co/not-there"]})
    known = [progress for progress in reader.said if progress.total is not None]
    assert len({progress.total for progress in known}) == 1
    done = [progress.done for progress in known]
    assert done == sorted(done)
    assert any(progress.waiting_until for progress in reader.said)
    (total,) = {progress.total for progress in known}
    assert total is not None
    # One more list than was told of: the last is done once its pages have been handed on.
    assert done[-1] <= total <= done[-1] + 3


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("", (1, 1)),
        ('<https://x/a?page=2>; rel="next", <https://x/a?page=7>; rel="last"', (1, 7)),
        (
            '<https://x/a?page=2>; rel="prev", <https://x/a?page=4>; rel="next", <https://x/a?page=7>; rel="last"',
            (3, 7),
        ),
        ('<https://x/a?page=6>; rel="prev", <https://x/a?page=1>; rel="first"', (7, 7)),
        ('<https://x/a?page=2>; rel="next"', (1, 1)),
        ('<https://x/a?page=\u00b2>; rel="next", <nonsense', (1, 1)),
    ],
)
def test_a_page_knows_its_place(link: str, place: tuple[int, int]) -> None:
    answer = Answer("/a", b"[]", [], httpx.Headers({b"link": link.encode()}))
    assert place_of(answer) == place
