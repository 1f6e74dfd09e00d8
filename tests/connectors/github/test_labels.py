"""Labels that get another name or go: no date of an issue moves, and yet the next sync knows who bears what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.connectors.github.histories import Team, reader_of, told_by

from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.sync_suite import held

ISSUE, PULL = ("work_items", "github:harbor-co/tides#1"), ("changes", "github:harbor-co/tides#2")


class Desk:
    """A team with an issue and a pull request that bear labels, and a sync of it."""

    def __init__(self) -> None:
        self.team = team = Team()
        self.issue = team.fake.open_issue(
            team.repo, "Tide is late", by="mira", at=team.later(), labels=("bug", "urgent")
        )
        branch, at = "work/fix", team.later()
        onto = team.repo.branches["main"]
        team.fake.push(team.repo, branch, [team.commit("fix", "jonas", at)], by="jonas", at=at, onto=onto)
        self.pull = team.fake.open_pull(
            team.repo, "Fix the tide", head=branch, by="jonas", at=team.later(), labels=("urgent",)
        )
        self.reader = reader_of(team)
        self.pages = self.reader.pages()

    def sync(self, *, full: bool = False) -> list[Page]:
        self.reader.now += timedelta(minutes=5)
        found = self.reader.pages(full=full)
        self.pages += found
        return found


def labels(pages: Sequence[Page]) -> tuple[object, object]:
    found = held(told_by(pages))
    return found[ISSUE].get("labels"), found[PULL].get("labels")


def borne(pages: Sequence[Page]) -> list[Page]:
    return [page for page in pages if page.kind == "api:borne_labels"]


def test_a_new_name_and_a_deletion_reach_all_that_bore_the_label() -> None:
    desk = Desk()
    fake, repo = desk.team.fake, desk.team.repo
    assert labels(desk.pages) == (("bug", "urgent"), ("urgent",))
    assert borne(desk.sync()) == []
    fake.rename_label(repo, "urgent", "hotfix", by="mira", at=desk.team.later())
    assert len(borne(desk.sync())) == 1
    assert labels(desk.pages) == (("bug", "hotfix"), ("hotfix",))
    assert borne(desk.sync()) == [], "once"
    fake.delete_label(repo, "hotfix", by="mira", at=desk.team.later())
    desk.sync()
    assert labels(desk.pages) == (("bug",), None)
    fake.delete_label(repo, "bug", by="mira", at=desk.team.later())
    assert len(borne(desk.sync())) == 1
    assert labels(desk.pages) == (None, None)
    assert borne(desk.sync()) == [], "once, also where no label is left"


def test_a_name_that_comes_back_is_known_and_a_new_label_asks_for_nothing() -> None:
    desk = Desk()
    fake, repo = desk.team.fake, desk.team.repo
    for before, after in (("urgent", "hotfix"), ("hotfix", "urgent"), ("urgent", "hotfix")):
        fake.rename_label(repo, before, after, by="mira", at=desk.team.later())
        assert len(borne(desk.sync())) == 1
        assert labels(desk.pages)[1] == (after,)
    fake.label(repo, "idea")
    assert borne(desk.sync()) == []


def test_what_comes_later_wins_in_any_order() -> None:
    desk = Desk()
    fake, repo = desk.team.fake, desk.team.repo
    fake.rename_label(repo, "urgent", "hotfix", by="mira", at=desk.team.later())
    desk.sync()
    at = desk.reader.now + timedelta(minutes=1)
    fake.add_label(repo, desk.pull, "seen", by="sahar", at=at)
    desk.reader.now = at
    desk.sync()
    for start in range(0, len(desk.pages), 5):
        turned = [*desk.pages[start:], *desk.pages[:start]]
        assert labels(turned)[1] == labels(turned[::-1])[1] == ("hotfix", "seen")


def test_a_nightly_run_forgets_no_name() -> None:
    desk = Desk()
    desk.team.fake.rename_label(desk.team.repo, "urgent", "hotfix", by="mira", at=desk.team.later())
    desk.sync(full=True)
    desk.sync()
    assert labels(desk.pages) == (("bug", "hotfix"), ("hotfix",))


def test_what_is_older_than_the_history_read_stays_out() -> None:
    desk = Desk()
    reader, since = reader_of(desk.team), desk.pull.updated_at - timedelta(minutes=1)
    pages = reader.pages(since=since)
    desk.team.fake.rename_label(desk.team.repo, "urgent", "hotfix", by="mira", at=desk.team.later())
    reader.now += timedelta(minutes=5)
    pages += reader.pages(since=since)
    found = held(told_by(pages))
    assert ISSUE not in found
    assert found[PULL]["labels"] == ("hotfix",)
