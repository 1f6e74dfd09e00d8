"""The demo's story: the same for everybody, true in its payloads, and readable by the real connectors."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from msgspec.structs import replace

from fairlead.config.load import load
from fairlead.connectors.cdevents.connector import CONNECTOR as CDEVENTS
from fairlead.connectors.github.connector import CONNECTOR as GITHUB
from fairlead.connectors.github.fake.state import Pull
from fairlead.connectors.gitlab.connector import CONNECTOR as GITLAB
from fairlead.connectors.ics.connector import CONNECTOR as CALENDARS
from fairlead.connectors.jira.connector import CONNECTOR as JIRA
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.pagerduty.connector import CONNECTOR as PAGERDUTY
from fairlead.connectors.prometheus.connector import CONNECTOR as PROMETHEUS
from fairlead.connectors.results.connector import CONNECTOR as RESULTS
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.calendars import calendar_events, calendars_setup, write_calendars
from fairlead.wiring.demo.cast import CREWS, PLAYERS, crew
from fairlead.wiring.demo.clock import BERLIN, FIRST_DAY, Shift, StoryClock, at, story_end
from fairlead.wiring.demo.lab import FLAKY
from fairlead.wiring.demo.page import demo_page
from fairlead.wiring.demo.story import DemoHistory, build

WEDNESDAY = datetime(2026, 10, 14, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def history() -> DemoHistory:
    """Played once."""
    return build(WEDNESDAY)


@pytest.fixture(scope="module")
def readings(history: DemoHistory) -> list[tuple[RawEvent, Reading]]:
    """All events as their own connectors read them; a fault fails every test here."""
    readers = {
        "github": GITHUB, "cdevents": CDEVENTS, "jira": JIRA, "pagerduty": PAGERDUTY, "prometheus": PROMETHEUS,
        "results": RESULTS, "gitlab": GITLAB,
    }  # fmt: skip
    return [
        (raw, readers[raw.tool].read(Delivery(raw.kind, raw.headers, raw.body, raw.delivery), Options(raw.source)))
        for raw in history.deliveries
    ]


def _fact(history: DemoHistory, kind: str) -> str:
    return next(fact.id for fact in history.story_facts if fact.kind == kind)


def _pull(history: DemoHistory, kind: str) -> Pull:
    found = _fact(history, kind)
    name, number = found.removeprefix("github:brightwater/").split("#")
    item = history.fake.repository(name).issues[int(number)]
    assert isinstance(item, Pull)
    return item


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-10-14T12:00+00:00", "2026-10-14T07:00+00:00"),
        ("2026-10-14T06:59+00:00", "2026-10-13T07:00+00:00"),
        ("2026-10-18T12:00+00:00", "2026-10-16T07:00+00:00"),
        ("2026-10-19T03:00+00:00", "2026-10-16T07:00+00:00"),
        ("2026-12-02T08:00+00:00", "2026-12-02T08:00+00:00"),
    ],
)
def test_the_story_ends_on_the_last_working_day_at_nine(now: str, end: str) -> None:
    assert story_end(datetime.fromisoformat(now)) == datetime.fromisoformat(end)


def test_shifts_pass_over_the_night() -> None:
    assert BERLIN.after(at(-3, "15:00"), 2 * 3600) == at(-2, "09:00")
    assert BERLIN.after(at(-3, "18:00"), 60) == at(-2, "08:01")
    assert BERLIN.next(at(-3, "03:00")) == at(-3, "08:00")


def test_shifts_pass_over_days_off() -> None:
    shift = Shift(9 * 3600, 17 * 3600, off=(-3, -2))
    assert shift.next(at(-3, "10:00")) == shift.next(at(-4, "17:00")) == at(-1, "09:00")
    assert shift.after(at(-4, "16:30"), 3600) == at(-1, "09:30")


def test_the_clock_knows_only_working_days() -> None:
    clock = StoryClock(story_end(WEDNESDAY))
    assert {clock.day(day).weekday() for day in range(FIRST_DAY, 1)} == {0, 1, 2, 3, 4}
    assert timedelta(days=88) <= clock.end - clock.start <= timedelta(days=92)


def test_the_same_moment_and_seed_give_the_same_bytes(history: DemoHistory) -> None:
    again = build(WEDNESDAY)
    assert [event.body for event in again.deliveries] == [event.body for event in history.deliveries]
    assert [event.delivery for event in again.deliveries] == [event.delivery for event in history.deliveries]
    assert (again.setup, again.calendars) == (history.setup, history.calendars)


@pytest.mark.parametrize("moment", [datetime(2026, 11, 23, 7, 30, tzinfo=UTC), datetime(2027, 4, 3, tzinfo=UTC)])
def test_the_facts_hold_for_every_date(history: DemoHistory, moment: datetime) -> None:
    assert build(moment).story_facts == history.story_facts


def test_another_seed_tells_other_everyday_work_and_the_same_story(history: DemoHistory) -> None:
    other = build(WEDNESDAY, seed=11)
    assert Counter(fact.kind for fact in other.story_facts) == Counter(fact.kind for fact in history.story_facts)
    assert [event.body for event in other.deliveries[:2000]] != [event.body for event in history.deliveries[:2000]]


def test_the_page_is_made_from_the_facts(history: DemoHistory) -> None:
    assert (ROOT / "docs/demo.md").read_text(encoding="utf-8") == demo_page()
    page = demo_page()
    assert all(fact.id in page and fact.sentence in page for fact in history.story_facts)


def test_the_company_has_the_size_that_it_should_have(history: DemoHistory) -> None:
    repos = history.fake.repositories.values()
    assert (len(CREWS), len(PLAYERS), len(list(repos))) == (4, 19, 6)
    assert min(len(team.people) for team in CREWS) == 4
    assert 600 <= sum(len(repo.pulls) for repo in repos) <= 900
    assert 3000 <= sum(len(repo.order) for repo in repos) <= 5000
    assert sum(len(repo.deployments) for repo in repos) >= 250
    builds = sum(len(repo.checks) + len(repo.runs) for repo in repos)
    assert 5000 <= builds <= 10000
    assert len(history.deliveries) <= 20500
    lists = history.dock.lists
    assert sum(len(found) for path, found in lists.items() if path.endswith("/merge_requests")) >= 50
    assert sum(len(found) for path, found in lists.items() if path.endswith("/pipelines")) >= 100


def test_every_webhook_is_signed_and_every_payload_read(
    history: DemoHistory, readings: list[tuple[RawEvent, Reading]]
) -> None:
    signing = {"github": GITHUB, "jira": JIRA, "pagerduty": PAGERDUTY}
    for raw in history.deliveries:
        if (connector := signing.get(raw.tool)) and not raw.kind.startswith("api:"):
            assert connector.verify(raw.headers, raw.body, [history.secret], history.end) == "verified"
            assert connector.envelope(raw.headers, raw.body) == (raw.kind, raw.delivery)
        if raw.tool == "gitlab" and not raw.kind.startswith("api:"):
            # GitLab signs the moment as well: what is older than five minutes is refused
            assert GITLAB.verify(raw.headers, raw.body, [history.signing_token], raw.received_at) == "verified"
            assert GITLAB.envelope(raw.headers, raw.body) == (raw.kind, raw.delivery)
    silent = Counter(
        raw.kind for raw, reading in readings if not (reading.patches or reading.renames or reading.sweeps)
    )
    assert set(silent) <= {"merge_group", "repository", "team", "push", "api:teams", "api:oncalls"}
    assert len({raw.delivery for raw in history.deliveries}) == len(history.deliveries)


def test_webhooks_come_in_order_and_none_after_the_end(history: DemoHistory) -> None:
    times = [raw.received_at for raw in history.deliveries]
    assert times == sorted(times)
    assert times[-1] == history.end


def test_all_parents_of_commits_are_told(readings: list[tuple[RawEvent, Reading]]) -> None:
    known: dict[str, tuple[str, ...]] = {}
    first = set()
    for record in _records(readings, "commits"):
        if isinstance(record.parents, tuple):
            known[record.id] = record.parents
        elif record.message and record.message.startswith("Prepare "):
            # GitLab's way to say that a commit has no parents is to say nothing
            first.add(record.id)
    told = known.keys() | first
    for identity, parents in known.items():
        assert all(f"{identity.partition('@')[0]}@{parent}" in told for parent in parents)
    assert len(known) > 2500


def _records(readings: list[tuple[RawEvent, Reading]], table: str) -> Iterator[Any]:
    return (patch.record for _, reading in readings for patch in reading.patches if patch.table == table)


def test_the_settings_are_right_and_name_everybody(history: DemoHistory, tmp_path: Path) -> None:
    path = tmp_path / "fairlead.toml"
    path.write_text(history.setup, encoding="utf-8")
    settings = load(path, {}).settings
    assert {len(team.members) for team in settings.teams.values()} == {4, 5}
    members = [key for team in settings.teams.values() for key in team.members]
    assert len(members) == 19
    assert set(members) <= set(settings.people)
    assert {service.repository for service in settings.services.values()} <= {
        *(f"github:{repo.full_name}" for repo in history.fake.repositories.values()),
        *(f"gitlab:{project['path_with_namespace']}" for project in history.dock.projects),
    }


@pytest.fixture(scope="module")
def calendars(history: DemoHistory, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Source -> what its file says by the connector and the options that the demo's home has."""
    home = tmp_path_factory.mktemp("calendars")
    write_calendars(home, history.calendars)
    (home / "fairlead.toml").write_text(history.setup + calendars_setup(home), encoding="utf-8")
    sources = load(home / "fairlead.toml", {}).settings.sources
    found = {}
    for raw in calendar_events(home, history.end):
        options = Options(raw.source, sources[raw.source].options)
        reading = CALENDARS.read(Delivery(raw.kind, raw.headers, raw.body, raw.delivery), options)
        found[raw.source] = [patch.record for patch in reading.patches]
    return found


def test_absences_days_off_and_a_rota_are_calendars(
    history: DemoHistory, calendars: dict[str, list[Any]], readings: list[tuple[RawEvent, Reading]]
) -> None:
    away = {one.account for one in calendars["calendar"] if one.start_at <= history.end < one.end_at}
    assert away == {"email:aylin.kaya@brightwater.example", "email:tiago.marques@brightwater.example"}
    [day_off] = calendars["holidays"]
    assert (day_off.calendar, day_off.name) == ("calendar:terminals", "Harbour Day")
    worked = [
        raw.received_at for raw in history.deliveries if raw.source == "gitlab" and raw.received_at < history.end
    ]
    assert worked
    assert day_off.day not in {moment.date() for moment in worked}
    assert {shift.team for shift in calendars["rota"]} == {"team:terminals"}
    [now] = [shift for shift in calendars["rota"] if shift.start_at <= history.end < shift.end_at]
    assert now.account == "email:beatriz.rocha@brightwater.example"
    assert _fact(history, "on-call") == "person:beatriz-rocha"
    schedules = {record.schedule for record in _records(readings, "oncall_shifts")}
    assert schedules == {"Payments", "Booking", "Platform"}


def test_nobody_asks_for_a_review_of_somebody_who_is_away(history: DemoHistory) -> None:
    clock = StoryClock(history.end)
    asked = [json.loads(one.body) for one in history.dock.sent if one.at >= clock.real(at(-3, "00:00"))]
    came = {
        user["username"] for one in asked for user in one.get("changes", {}).get("reviewers", {}).get("current", ())
    }
    assert came
    assert "tmarques" not in came


def _listed(history: DemoHistory, kind: str) -> tuple[Any, list[Any]]:
    """The first record of a fact at GitLab, and all of its kind in its project."""
    path, number = re.fullmatch(r"gitlab:([^!#]+?)(?:[!#]|/deployment/)(\d+)", _fact(history, kind)).groups()  # type: ignore[union-attr]
    below = {"gates-rolled-back": "deployments", "kiosk-deployment-failed": "deployments", "issue-reopened": "issues"}
    found = history.dock.lists[f"/projects/{path}/{below.get(kind, 'merge_requests')}"]
    return next(one for one in found if str(one.get("iid")) == number), found


def test_what_the_story_says_of_gitlab_is_so(history: DemoHistory) -> None:
    waits, _ = _listed(history, "first-review-waits")
    assert (waits["state"], [one["username"] for one in waits["reviewers"]]) == ("opened", ["rteixeira"])
    assert not [one for one in history.dock.lists[f"/projects/terminals/boarding/merge_requests/{waits['iid']}/notes"]
                if one["author"]["username"] != "lpinto"]  # fmt: skip
    back, deployments = _listed(history, "gates-rolled-back")
    before = [one for one in deployments if one["environment"]["name"] == "production" and one["id"] < back["id"]]
    assert [one["sha"] == back["sha"] for one in before[-2:]] == [True, False]
    assert _listed(history, "kiosk-deployment-failed")[0]["status"] == "failed"
    issue, issues = _listed(history, "issue-reopened")
    assert (issue["state"], issue["assignees"][0]["username"]) == ("opened", "brocha")
    closed = {f"Closes #{one['iid']}" for one in issues if one["state"] == "closed"} - {
        "Closes #" + str(issue["iid"])
    }
    merged = [one for one in history.dock.lists["/projects/terminals/boarding/merge_requests"] if one["merged_at"]]
    assert closed
    assert closed <= {one["description"].rpartition("\n")[2] for one in merged}


def test_reviews_go_well_in_payments_and_ever_worse_in_booking(history: DemoHistory) -> None:
    def waits(team: str, first: int, last: int) -> float:
        clock = StoryClock(history.end)
        found = []
        for name in crew(team).repositories:
            for item in history.fake.repository(name).pulls.values():
                reviews = [one for one in item.reviews if one.user.kind == "User"]
                if (
                    reviews
                    and item.user.kind == "User"
                    and clock.day(first) <= item.created_at.date() <= clock.day(last)
                ):
                    found.append((reviews[0].submitted_at - item.created_at).total_seconds() / 3600)
        return median(found)

    assert waits("booking", -20, 0) > 2 * waits("booking", -64, -44)
    assert waits("payments", -20, 0) < 1.5 * waits("payments", -64, -44)
    assert waits("payments", -20, 0) < 6


def test_what_waits_still_waits(history: DemoHistory) -> None:
    for kind in ("stuck-reviewer-away", "approved-unmerged", "draft-waiting", "stale-draft", "oversized", "conflict",
                 "agent-change-waiting", "changes-requested", "review-load", "in-merge-queue", "author-deleted",
                 "dependency-update-waiting"):  # fmt: skip
        assert _pull(history, kind).state == "open", kind
    assert [one.login for one in _pull(history, "stuck-reviewer-away").requested] == ["aylin-k"]
    assert [one.state for one in _pull(history, "approved-unmerged").reviews] == ["approved"]
    large = _pull(history, "oversized")
    assert len({file.path for sha in large.commits for file in _commit(history, "storefront", sha).files}) == 74
    agents = _pull(history, "agent-change-waiting")
    assert agents.user.kind == "Bot"
    assert {review.user.kind for review in agents.reviews} == {"Bot"}
    assert _pull(history, "conflict").conflicting


def _commit(history: DemoHistory, name: str, sha: str) -> Any:
    return history.fake.repository(name).commits[sha]


def test_main_is_red_since_yesterday(history: DemoHistory) -> None:
    runs = [run for run in history.fake.repository("storefront").runs.values() if run.branch == "main"]
    last = [run for run in runs if run.workflow.name == "ci" and run.conclusion][-1]
    number = int(_fact(history, "main-red").split("/run/")[1].split("/")[0])
    first = next(run for run in runs if run.id == number)
    assert (first.conclusion, last.conclusion) == ("failure", "failure")
    before = [run for run in runs if run.workflow.name == "ci" and run.created_at < first.created_at]
    assert before[-1].conclusion == "success"


def test_the_rollback_brings_back_what_ran_before(history: DemoHistory) -> None:
    repo = history.fake.repository("storefront")
    fact = next(fact for fact in history.story_facts if fact.kind == "rollback")
    back, bad = (repo.deployments[int(found.rpartition("/")[2])] for found in (fact.id, fact.others[0]))
    assert back.sha != bad.sha
    assert repo.between(back.sha, bad.sha)
    assert not repo.between(bad.sha, back.sha)
    assert "rollback" in back.task


def test_the_edge_is_told_by_cdevents_only(history: DemoHistory, readings: list[tuple[RawEvent, Reading]]) -> None:
    assert not history.fake.repository("gateway").deployments
    events = [json.loads(raw.body)["data"] for raw in history.deliveries if raw.tool == "cdevents"]
    shas = {event["customData"]["sha"] for event in events}
    assert shas <= set(history.fake.repository("gateway").commits)
    fact = next(fact for fact in history.story_facts if fact.kind == "edge-incident")
    told = {record.id: record for record in _records(readings, "deployments")}
    bad, back = (told[found] for found in fact.others)
    assert bad.sha != back.sha
    told_by = Counter(record.id.partition(":")[0] for record in _records(readings, "incidents") if record.title)
    assert told_by["cdevents"] == 2
    assert "github" not in told_by


def test_ledger_had_no_deployment_for_days_before_its_incident(history: DemoHistory) -> None:
    repo = history.fake.repository("ledger")
    opened = datetime.fromisoformat(_incident(history, "incident-not-caused")["created_at"])
    before = [one.created_at for one in repo.deployments.values() if one.created_at < opened]
    assert opened - max(before) > timedelta(hours=72)


def _incident(history: DemoHistory, kind: str) -> Any:
    found = _fact(history, kind).removeprefix("pagerduty:")
    return next(one for one in history.duty.incidents if one["id"] == found)


def test_incidents_are_told_by_one_tool_each(readings: list[tuple[RawEvent, Reading]]) -> None:
    issues = [record for record in _records(readings, "work_items") if record.title]
    assert not [record.id for record in issues if record.work_type == "incident" or "incident" in record.labels]
    titles = {record.title for record in _records(readings, "incidents") if record.title}
    after = {
        record.title.removeprefix("Afterwards: ") for record in issues if record.title.startswith("Afterwards: ")
    }
    assert len(after) == 10
    assert {title.lower() for title in after} <= {str(title).lower() for title in titles}


def test_pages_go_to_whoever_is_on_call_and_there(
    history: DemoHistory, readings: list[tuple[RawEvent, Reading]], calendars: dict[str, list[Any]]
) -> None:
    shifts = {record.id: record for record in _records(readings, "oncall_shifts")}
    # the one team whose rota is no business of PagerDuty's
    numbers = {f"email:{user['email']}": f"pagerduty:@{user['id']}" for user in history.duty.users}
    shifts |= {one.id: replace(one, account=numbers[one.account]) for one in calendars["rota"]}
    paged = {record.id: record for record in _records(readings, "incident_events") if record.kind == "notified"}
    assert len(paged) == len(history.duty.incidents) + 1
    for page in paged.values():
        assert any(
            shift.account == page.actor and shift.start_at <= page.at < shift.end_at for shift in shifts.values()
        ), page.id
    [aylin] = [user["id"] for user in history.duty.users if user["name"] == "Aylin Kaya"]
    away = {shift.start_at for shift in shifts.values() if shift.account == f"pagerduty:@{aylin}"}
    assert away
    assert max(away) < history.end - timedelta(days=5)


def test_the_incident_that_came_back_is_over_since_the_second_time(
    history: DemoHistory, readings: list[tuple[RawEvent, Reading]]
) -> None:
    identity = _fact(history, "incident-reopened")
    steps = {
        record.at: record.kind for record in _records(readings, "incident_events") if record.incident == identity
    }
    kinds = [kind for _, kind in sorted(steps.items()) if kind in ("resolved", "reopened")]
    assert kinds == ["resolved", "reopened", "resolved"]


def test_flaky_runs_fail_and_then_pass_on_the_same_commit(history: DemoHistory) -> None:
    runs = [run for run in history.fake.repository("storefront").runs.values() if run.workflow.name == "e2e"]
    flaky = [run for run in runs if run.earlier]
    assert 0.1 < len(flaky) / len(runs) < 0.3
    assert {run.earlier[0].conclusion for run in flaky} == {"failure"}


def test_one_test_fails_and_passes_on_the_same_commit(readings: list[tuple[RawEvent, Reading]]) -> None:
    ended: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in _records(readings, "test_results"):
        ended[record.name, record.sha].add(record.result)
    flaky = Counter(name for (name, _), results in ended.items() if results == {"passed", "failed"})
    assert set(flaky) == {FLAKY}
    assert flaky[FLAKY] >= 20


def test_coverage_grows_in_payments_and_falls_in_the_shop(readings: list[tuple[RawEvent, Reading]]) -> None:
    shares: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for record in _records(readings, "coverage"):
        shares[record.repository].append((record.at, record.lines_covered / record.lines_total))
    assert set(shares) == {"github:brightwater/payments", "github:brightwater/storefront"}
    first, last = ({name: pick(found)[1] for name, found in shares.items()} for pick in (min, max))
    assert last["github:brightwater/payments"] > first["github:brightwater/payments"] + 0.03
    assert last["github:brightwater/storefront"] < first["github:brightwater/storefront"] - 0.03
    builds = {record.id for record in _records(readings, "builds")}
    assert {record.build for record in _records(readings, "test_results")} <= builds


def test_merges_leave_the_traces_of_their_kind(history: DemoHistory) -> None:
    parents: dict[str, set[int]] = defaultdict(set)
    for name, repo in history.fake.repositories.items():
        for item in repo.pulls.values():
            if item.merge_sha and item.merged_at:
                parents[name].add(len(repo.commits[item.merge_sha].parents))
    assert parents["payments"] == parents["storefront"] == parents["infra"] == {1}
    assert parents["ledger"] == parents["gateway"] == {2}
    bases = {item.base_ref for item in history.fake.repository("gateway").pulls.values()}
    assert bases == {"dev", "stage", "main"}


def test_private_addresses_are_seen_and_belong_to_nobody_yet(history: DemoHistory) -> None:
    authors = {commit.author.email for repo in history.fake.repositories.values() for commit in repo.order}
    private = {who.private_email for who in PLAYERS if who.private_email}
    assert private <= authors
    assert not private & set(history.fake.by_address)


def _issue(history: DemoHistory, kind: str) -> Any:
    key = _fact(history, kind).removeprefix("jira:")
    return next(one for one in history.jira.issues if one["key"] == key)


def _moves(issue: Any, field: str) -> list[tuple[str, str]]:
    """From and to of all changes of one field."""
    items = [item for entry in issue["histories"] for item in entry["items"] if item["field"] == field]
    return [(item["fromString"] or "", item["toString"] or "") for item in items]


def test_sprints_follow_each_other_and_the_last_ones_run(history: DemoHistory) -> None:
    for board in history.jira.boards:
        sprints = [one for one in history.jira.sprints if one["originBoardId"] == board["id"]]
        assert [one["state"] for one in sprints] == ["closed"] * (len(sprints) - 1) + ["active"]
        assert len(sprints) >= 6
        for one, following in pairwise(sprints):
            assert one["completeDate"] == one["endDate"] < following["startDate"]
    kinds = Counter(issue["fields"]["issuetype"]["name"] for issue in history.jira.issues)
    assert set(kinds) == {"Epic", "Story", "Bug", "Task"}
    assert sum(kinds.values()) >= 180


def test_issues_go_the_way_of_their_changes(history: DemoHistory) -> None:
    issues = {issue["key"]: issue["fields"]["status"]["name"] for issue in history.jira.issues}
    pulls = [item for repo in history.fake.repositories.values() for item in repo.pulls.values()]
    made = [(item, key) for item in pulls if (key := item.title.partition(" ")[0]) in issues]
    assert len(made) >= 100
    for item, key in made:
        assert key in item.head_ref
        assert issues[key] == "Done" or not item.merged_at
        assert issues[key] in ("In Review", "In Progress") or item.state != "open"


def test_what_the_story_says_of_issues_stands_in_their_history(history: DemoHistory) -> None:
    carried = _moves(_issue(history, "carried-over"), "Sprint")
    assert [after.rpartition(", ")[2] for _, after in carried] == [f"Booking {number}" for number in (4, 5, 6, 7)]
    assert _moves(_issue(history, "re-estimated"), "Story Points")[-1] == ("3", "8.0")
    assert _moves(_issue(history, "reopened"), "status")[-1] == ("Done", "In Progress")
    assert _issue(history, "flagged")["fields"]["customfield_10021"]
    fact = next(fact for fact in history.story_facts if fact.kind == "blocked-by-team")
    [link] = _issue(history, "blocked-by-team")["fields"]["issuelinks"]
    assert fact.others == (f"jira:{link['inwardIssue']['key']}",)
    assert _issue(history, "blocked-by-team")["fields"]["status"]["name"] == "In Progress"


def test_the_grown_sprint_took_four_issues_after_its_start(
    history: DemoHistory, readings: list[tuple[RawEvent, Reading]]
) -> None:
    fact = next(fact for fact in history.story_facts if fact.kind == "scope-creep")
    sprint = next(one for one in history.jira.sprints if fact.id == f"jira:sprint/{one['id']}")
    start = datetime.fromisoformat(sprint["startDate"])
    came = {
        record.work_item
        for record in _records(readings, "work_item_changes")
        if record.field == "sprint" and fact.id in str(record.to_value) and record.at > start
    }
    assert set(fact.others) <= came
    assert len(fact.others) == 4
