"""A home with more of everything than a page likes: rows, long titles, names of every script, payloads that fail."""

from __future__ import annotations

from datetime import timedelta

from fairlead.connectors.fairlead import SOURCE
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.code import Change, ChangeEvent, Repository
from fairlead.model.records.kinds import Record
from fairlead.model.records.people import Account, Person
from fairlead.model.records.provenance import Source
from fairlead.store import records
from fairlead.wiring.services import Services

CHANGES = 10_000
UNREADABLE = 120
NAMES = (
    "مريم بنت عبد الرحمن",
    "שירה בן־דוד",
    "山田 太郎",
    "Þórdís Kolbrún Reykfjörð Gylfadóttir",
    "Nguyễn Thị Minh Khai",
    "Ⓩalgo",
)
_TITLE = (
    "إصلاح Retry the webhooks that a payment provider refuses, with growing pauses, so that an outage loses nothing"
)


def make_heavy(services: Services) -> None:
    """Fills the home through the store and the log, as ingestion would."""
    now = services.clock.now()
    repository = "github:acme/a-repository-with-a-name-that-is-far-longer-than-anybody-would-wish-for-in-a-list"
    patches: list[Patch] = []

    def add(record: Record) -> None:
        patches.append(Patch(record, now))

    add(Source(id="github", tool="github", name="github", last_event_at=now - timedelta(minutes=4)))
    add(Repository(id=repository, source="github", name=repository.partition(":")[2], default_branch="main"))
    for number, name in enumerate(NAMES):
        add(Person(id=f"person:p{number}", source=SOURCE, name=name, kind="human"))
        add(
            Account(
                id=f"github:@p{number}", source="github", handle=f"p{number}", name=name, person=f"person:p{number}"
            )
        )
    for number in range(1, CHANGES + 1):
        change = f"{repository}#{number}"
        opened = now - timedelta(hours=number % 700 + 1)
        author, reviewer = (f"github:@p{(number + step) % len(NAMES)}" for step in (0, 1))
        url = f"https://github.example/pull/{number}"
        add(
            Change(
                id=change, source="github", repository=repository, number=number, title=f"{_TITLE} {number}"[:120],
                state="open", draft=False, author=author, created_at=opened, url=url, additions=number, deletions=3,
                base_branch="main", requested_reviewers=(reviewer,),
            )
        )  # fmt: skip
        add(
            ChangeEvent(
                id=f"{change}/opened", change=change, repository=repository, kind="opened", at=opened, actor=author
            )
        )
        add(
            ChangeEvent(
                id=f"{change}/asked", change=change, repository=repository, kind="review_requested", at=opened,
                actor=author, subject=reviewer,
            )
        )  # fmt: skip
    with services.database.begin() as tx:
        records.apply(tx, patches)
    services.log.append([_unreadable(services, number) for number in range(UNREADABLE)])
    services.catch_up()


def _unreadable(services: Services, number: int) -> RawEvent:
    """A payload of a known kind without what that kind must have."""
    body = b'{"action": "opened", "pull_request": {"number": "many"}}'
    at = services.clock.now()
    return RawEvent("github", "github", "pull_request", f"bad-{number}", body, at, {}, "verified")
