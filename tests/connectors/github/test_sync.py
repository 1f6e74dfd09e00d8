"""The sync on bad days: killed, limited, refused, lied to."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from tests.connectors.github.histories import ACTS, OPTIONS, PEOPLE, Reader, Team, records, told_by

from fairlead.connectors.github.check import check
from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.github.fake.api.signin import key_pair
from fairlead.connectors.github.sync import sync
from fairlead.connectors.kit.connector import Delivery, Page, Syncs
from fairlead.connectors.kit.http import Answer, place_of
from fairlead.model.errors import Abort


@pytest.fixture(scope="module")
def team() -> Team:
    team = Team()
    for number in range(90):
        ACTS[number % len(ACTS)](team, PEOPLE[number % 3], number)
    return team


def whole(team: Team) -> set[str]:
    return lists(Reader.of(team).pages())


def lists(pages: list[Page]) -> set[str]:
    """Ids of the pages without those that hold the time of asking."""
    return {page.delivery for page in pages if page.kind != "api:ids"}


def test_it_is_a_syncing_connector() -> None:
    assert isinstance(CONNECTOR, Syncs)


def test_killed_after_any_page_it_goes_on_and_loses_nothing(team: Team) -> None:
    wanted = records(told_by(Reader.of(team).pages()))
    total = len(whole(team))
    for killed_after in range(1, total, max(1, total // 12)):
        reader = Reader.of(team)
        running = sync(reader.request())
        durable = []
        for page in running:
            durable.append(page)
            if len(durable) == killed_after:
                break
        reader.state = durable[-1].state
        asked = len(reader.desk.seen)
        rest = reader.pages()
        assert records(told_by([*durable, *rest])) == wanted
        if killed_after > total * 0.8:
            assert len(reader.desk.seen) - asked < asked, "what was read is not read again"


def test_second_sync_asks_little_and_brings_nothing_new_twice(team: Team) -> None:
    reader = Reader.of(team)
    reader.pages()
    first = len(reader.desk.seen)
    second = lists(reader.pages())
    assert len(reader.desk.seen) - first < first * 0.7
    assert lists(reader.pages()) <= second


def test_primary_limit_is_waited_for_and_shown(team: Team) -> None:
    reader = Reader.of(team)
    reader.desk.limits.budgets["core"].exhaust(reader.now, for_s=120)
    assert lists(reader.pages()) == whole(team)
    assert not reader.left_out
    waits = [progress.waiting_until for progress in reader.said if progress.waiting_until]
    assert waits
    assert 100 < sum(reader.slept) < 200


def test_secondary_limit_is_waited_for(team: Team) -> None:
    reader = Reader.of(team)
    reader.desk.limits.burst(times=3, retry_after_s=7)
    assert lists(reader.pages()) == whole(team)
    assert reader.slept[:3] == [7, 7, 7]


@pytest.mark.parametrize("fault", ["502", "500", "html", "cut", "empty", "repeat"])
def test_passing_faults_change_nothing(team: Team, fault: str) -> None:
    reader = Reader.of(team)
    for pattern in ("/issues\\?", "/graphql", "/actions/runs\\?", "/deployments"):
        reader.desk.faults.add(fault, pattern, times=2)  # type: ignore[arg-type]
    assert lists(reader.pages()) == whole(team)
    assert not reader.left_out


def test_an_expired_cursor_begins_the_list_anew(team: Team) -> None:
    reader = Reader.of(team)
    reader.desk.faults.add("expired-cursor", "/graphql", times=1)
    assert lists(reader.pages()) >= whole(team)


def test_what_is_refused_is_left_out_and_the_rest_is_read(team: Team) -> None:
    reader = Reader.of(team)
    reader.desk.faults.add("403", "/deployments", times=-1)
    tables = {key[0] for key in records(told_by(reader.pages()))}
    assert "deployments" not in tables
    assert {"changes", "work_items", "builds"} <= tables
    assert any("deployments" in words for words in reader.left_out)


def test_a_hidden_repository_is_named(team: Team) -> None:
    reader = Reader.of(team)
    reader.desk.faults.deny("harbor-co/tides")
    assert {page.kind for page in reader.pages()} <= {"api:teams", "api:members", "api:ids"}
    assert any("harbor-co/tides" in words for words in reader.left_out)


def test_a_server_that_is_down_ends_the_run_and_the_next_goes_on(team: Team) -> None:
    reader = Reader.of(team)
    down = reader.desk.faults.add(
        "502", "/issues/comments|/pulls/comments|/issues/events|/commits|/releases", times=-1
    )
    with pytest.raises(Exception, match="502"):
        reader.pages()
    down.times = 0
    assert records(told_by(reader.pages()))


def test_wrong_token() -> None:
    reader = Reader.of(Team())
    with pytest.raises(Abort, match="refused"):
        reader.pages(credentials={"token": "stolen"})


def test_no_credentials() -> None:
    with pytest.raises(Abort, match="no credentials"):
        Reader.of(Team()).pages(credentials={})


def test_app_signs_in_and_renews_its_token(team: Team) -> None:
    reader = Reader.of(team)
    private, public = key_pair()
    reader.desk.sign_in.register(77, "fairlead", public)
    more = {"settings": {"app_id": "77"}, "credentials": {"private_key": private}}
    assert lists(reader.pages(**more)) >= whole(team)
    reader.now += timedelta(hours=2)
    reader.pages(**more)
    assert len(reader.desk.sign_in.minted) == 2


def test_missed_deliveries_come_under_their_own_id(team: Team) -> None:
    reader = Reader.of(team)
    reader.now = team.fake.now + timedelta(hours=1)
    private, public = key_pair()
    reader.desk.sign_in.register(77, "fairlead", public)
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
    reader = Reader.of(team)
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
    found = records(told_by(Reader.of(team).pages()))
    assert ("work_items", "github:harbor-co/tidal#1") in found
    assert not any("tides#" in identity for _, identity in found)


def test_check_tells_what_is_there_and_what_is_missing(team: Team) -> None:
    reader = Reader.of(team)
    findings = {found.what: found for found in check(reader.request())}
    assert findings["signed in"].ok
    assert findings["harbor-co/tides"].ok
    assert findings["webhooks at GitHub"].ok is None
    reader.desk.sign_in.scopes = "public_repo"
    reader.desk.faults.add("403", "/deployments", times=-1)
    findings = {found.what: found for found in check(reader.request())}
    assert findings["scopes"].ok is False
    assert "deployments" in findings["harbor-co/tides"].detail
    assert not all(found.ok for found in check(reader.request(credentials={"token": "stolen"})))


def test_a_quiet_repository_costs_next_to_nothing_to_poll() -> None:
    team = Team()
    for number in range(60):
        ACTS[number % len(ACTS)](team, PEOPLE[number % 3], number)
    reader = Reader.of(team)
    for _ in range(3):
        reader.pages()
    spent = reader.desk.limits.budgets["core"].used + reader.desk.limits.budgets["graphql"].used
    reader.pages()
    assert reader.desk.limits.budgets["core"].used + reader.desk.limits.budgets["graphql"].used - spent <= 12


def test_an_organisation_that_does_not_exist_is_named() -> None:
    reader = Reader.of(Team())
    reader.pages(settings={"organisations": ["nobody-here"]})
    assert any("nobody-here" in words for words in reader.left_out)


def test_ignored_revisions_come_as_a_document_and_go_with_their_file() -> None:
    team = Team()
    name, text = ".git-blame-ignore-revs", f"# reformatted\n{'a1' * 20}\n"
    team.repo.contents[name] = text
    reader = Reader.of(team)
    pages = reader.pages()
    document = f"github:{team.repo.full_name}/file/{name}"
    assert records(told_by(pages))["documents", document]["body"] == text
    assert not [page for page in reader.pages() if page.headers["path"].endswith(name)], "once is enough"
    del team.repo.contents[name]
    lists = [page for page in reader.pages() if page.kind == "api:ids"]
    told = [CONNECTOR.read(Delivery(page.kind, page.headers, page.body, page.delivery), OPTIONS) for page in lists]
    (sweep,) = (sweep for reading in told for sweep in reading.sweeps if sweep.table == "documents")
    assert document.startswith(sweep.scope)
    assert not sweep.ids


@pytest.mark.parametrize("full", [False, True])
def test_progress_knows_its_end_and_never_goes_back(team: Team, full: bool) -> None:
    reader = Reader.of(team)
    reader.desk.limits.budgets["core"].exhaust(reader.now, for_s=120)
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
