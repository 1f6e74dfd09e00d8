"""Search finds records by what they are called, and nobody learns from it what their views do not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.stories import NOW, Story

from fairlead.model.errors import Abort
from fairlead.reports.finding import KINDS, LONGEST, Group, find

SHA = "9f31c2a0" * 5


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A record of each kind, with names that lie close together; who searches changes nothing."""
    story = Story(tmp_path_factory.mktemp("finding"))
    story.person("kim", "Kim Adler", email="kim@acme.example")
    story.add("repositories", id="github:acme/pay", name="acme/pay", source="github")
    story.add("services", id="service:pay-api", name="Payments API", repository="github:acme/pay")
    story.add("teams", id="team:harbour", name="Harbour")
    for number, title in ((4, "Retry webhooks"), (42, "Round 100% of the fees"), (420, "Rückbuchung prüfen")):
        story.change(number, "github:@kim", 500 - number, title=title)
    story.add("work_items", id="jira:ACME-17", key="ACME-17", title="Fees round the wrong way", source="jira")
    story.add("work_items", id="jira:ACME-170", key="ACME-170", title="Retry later", source="jira")
    story.add(
        "commits", id=f"github:acme/pay@{SHA}", sha=SHA, repository="github:acme/pay", author_name="Kim Adler",
        message="Retry thrice\n\nCo-authored-by: Lee Ong <lee@acme.example>", committed_at=NOW,
    )  # fmt: skip
    story.add(
        "deployments", id="github:acme/pay/deployment/31", repository="github:acme/pay", environment="production",
        sha=SHA, ref=SHA, result="success", state="finished", finished_at=NOW,
    )  # fmt: skip
    story.add("releases", id="github:acme/pay/release/7", repository="github:acme/pay", tag="v2.1.0", name="Autumn")
    story.add("incidents", id="pd:INC-5", key="INC-5", title="Fees twice", status="resolved", started_at=NOW)
    story.add(
        "builds", id="github:acme/pay/run/4242/1", repository="github:acme/pay", name="integration", kind="pipeline",
        sha=SHA, state="finished", result="failure", started_at=NOW,
    )  # fmt: skip
    story.add("sprints", id="jira:sprint/74", name="S4", goal="Refunds by wire", state="active", start_at=NOW)
    story.add("milestones", id="github:acme/pay/milestone/3", repository="github:acme/pay", title="Winter")
    story.add(
        "alerts", id="github:acme/pay/alert/code_scanning/8", repository="github:acme/pay", rule="py/sql-injection",
        title="Database query of a tainted text", state="open", started_at=NOW,
    )  # fmt: skip
    story.add("slos", id="slo:wharf", name="Wharf answers", service="service:pay-api", target=0.999)
    for run, result in (("r1", "failed"), ("r2", "failed"), ("r3", "passed")):
        story.add(
            "test_results", id=f"github:acme/pay@{SHA}/test/{run}/fees/highTides", repository="github:acme/pay",
            suite="fees", name="highTides", result=result, at=NOW - timedelta(hours=int(run[1])),
        )  # fmt: skip
    story.change(99, "github:@kim", 5, title="Retry and be gone", deleted_at=NOW)
    warehouse = story.told()
    yield warehouse
    warehouse.close()


def ids(groups: list[Group]) -> dict[str, list[str]]:
    """What was found, by kind in the order shown."""
    return {group.kind: [hit.id.removeprefix("github:acme/pay") for hit in group.hits] for group in groups}


@pytest.mark.parametrize(("asked", "found"), [
    ("#42", {"change": ["#42"]}),
    ("42", {"change": ["#42"]}),
    ("pay#42", {"change": ["#42"]}),
    ("github:acme/pay#42", {"change": ["#42"]}),
    ("acme-17", {"work item": ["jira:ACME-17", "jira:ACME-170"]}),
    ("INC-5", {"incident": ["pd:INC-5"]}),
    ("v2.1.0", {"release": ["/release/7"]}),
    ("4242", {"build": ["/run/4242/1"]}),
    ("run/4242/1", {"build": ["/run/4242/1"]}),
    ("9f31c2a", {"deployment": ["/deployment/31"], "build": ["/run/4242/1"], "commit": [f"@{SHA}"]}),
    ("9F31C2A", {"deployment": ["/deployment/31"], "build": ["/run/4242/1"], "commit": [f"@{SHA}"]}),
    ("retry", {"change": ["#4"], "work item": ["jira:ACME-170"], "commit": [f"@{SHA}"]}),
    ("fees round", {"change": ["#42"], "work item": ["jira:ACME-17"]}),
    ("RÜCKBUCHUNG", {"change": ["#420"]}),
    ("harbour", {"team": ["team:harbour"]}),
    ("100%", {"change": ["#42"]}),
    ("%", {"change": ["#42"]}),
    ("S4", {"sprint": ["jira:sprint/74"]}),
    ("jira:sprint/74", {"sprint": ["jira:sprint/74"]}),
    ("wire refunds", {"sprint": ["jira:sprint/74"]}),
    ("winter", {"milestone": ["/milestone/3"]}),
    ("database query", {"alert": ["/alert/code_scanning/8"]}),
    ("py/sql-injection", {"alert": ["/alert/code_scanning/8"]}),
    ("wharf", {"slo": ["slo:wharf"]}),
    ("_", {}),
    ("tides", {"test": [f"@{SHA}/test/r1/fees/highTides"]}),
    ("ret\u202ery web\x00hooks", {"change": ["#4"]}),
    ("' or 1=1 --", {}),
    ("lee", {}),
    ("kim", {}),
])  # fmt: skip
def test_what_is_named_or_described_is_found(acme: Any, asked: str, found: dict[str, list[str]]) -> None:
    assert ids(find(acme, asked, people=False)) == found


def test_a_former_name_finds_what_bears_another_now(acme: Any) -> None:
    former = {"OLD-3": ("jira:ACME-17",), "price": ("jira:gone",)}
    (items,) = find(acme, "OLD-3", people=False, former=former)
    assert [(hit.id, hit.exact) for hit in items.hits] == [("jira:ACME-17", True)]
    assert ids(find(acme, "old-3 fees", people=False, former={"old-3": ("jira:ACME-17",)})) == {
        "work item": ["jira:ACME-17"]
    }
    assert find(acme, "OLD-3", people=False) == find(acme, "price", people=False, former=former) == []


def test_what_is_named_comes_first_then_the_newest(acme: Any) -> None:
    groups = find(acme, "pay", people=False)
    assert groups[0].kind == "repository"
    assert groups[0].hits[0].exact
    assert ids(groups)["change"] == ["#420", "#42", "#4"]
    (items,) = find(acme, "ACME-17", people=False)
    assert [hit.exact for hit in items.hits] == [True, False]


def test_people_are_found_for_those_who_may_know_them(acme: Any) -> None:
    assert ids(find(acme, "kim", people=True)) == {"person": ["person:kim"]}
    assert find(acme, "kim", people=False, kind="person") == []
    assert find(acme, "kim@acme", people=True) == [], "an address is nothing that a search tells"


@pytest.mark.parametrize("asked", ["", "  ", "\x00\u202e"])
def test_nothing_asked_finds_nothing(acme: Any, asked: str) -> None:
    assert find(acme, asked, people=True) == []


def test_what_is_too_much_is_said(acme: Any) -> None:
    for wrong, kind in (("x" * 10_240, ""), (" ".join(map(str, range(13))), ""), ("pay", "nonsense")):
        with pytest.raises(Abort):
            find(acme, wrong, people=True, kind=kind)


def test_pages_of_a_kind_are_whole_and_disjoint(story: Story) -> None:
    for number in range(1, 124):
        story.change(number, "github:@kim", number, title=f"Berth {number}")
    warehouse = story.told()
    pages = [find(warehouse, "berth", people=False, kind="change", limit=50, offset=at) for at in (0, 50, 100, 150)]
    assert [group.total for (group,) in pages] == [123] * 4
    seen = [hit.id for (group,) in pages for hit in group.hits]
    assert seen == [f"github:acme/pay#{number}" for number in range(1, 124)]
    assert pages[0][0].hits[0].at == NOW - timedelta(hours=1)


@settings(max_examples=60, deadline=None)
@given(asked=st.text(max_size=LONGEST))
def test_any_text_has_an_answer(acme: Any, asked: str) -> None:
    try:
        groups = find(acme, asked, people=False)
    except Abort:
        return
    assert all(group.kind in KINDS and group.total >= len(group.hits) for group in groups)
    assert "person" not in {group.kind for group in groups}
