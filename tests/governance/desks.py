"""A desk over a real store and ledger, with a tool that keeps what reached it and a policy that tests set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clocks import SteppedClock

from fairlead.connectors.kit.acting import Call, Outcome
from fairlead.governance.desk import Case, Desk, act_of
from fairlead.governance.executing import Try
from fairlead.governance.ledger.book import Ledger
from fairlead.governance.verdict import Need, Reason, Verdict
from fairlead.governance.voting import missing
from fairlead.model.acts import Act, Comment, digest, subject_of
from fairlead.model.patch import Patch
from fairlead.model.records.people import Person
from fairlead.store import access, actions, ledger, records, requests
from fairlead.store.database import Database
from fairlead.store.holders import Holder

NO_KEY = Path("no key: entries are recorded all the same")
TEAM = "team:payments"
ONE_MANAGER = (Need("manager", 1, "rights/comment"),)
NUDGE = Comment(subject="github:acme/payments#42", body="Noor, could you look at this?")


@dataclass
class Shelf:
    """A tool: what it was told is on it, under the key of who told it."""

    notes: list[tuple[str, str]] = field(default_factory=list)
    looks: bool = True
    """Whether it can be asked what is there."""
    faults: list[Exception] = field(default_factory=list)
    """Raised one after the other, each after the note was taken where it is a `LostAnswer`."""
    closed: str = ""

    def refused(self, act: Act, tool: str) -> str:
        return self.closed

    def title(self, act: Act, tool: str) -> str:
        return f"comment on {subject_of(act)}"

    def plan(self, action: dict[str, Any]) -> Sequence[Call]:
        return [Call("POST", "https://shelf.example/notes", {"body": _body(action)})]

    def act(self, action: dict[str, Any], tried: bool) -> Outcome:
        key = action["id"]
        if tried and not self.looks:
            return Outcome(None, "the shelf cannot be asked what is on it")
        if tried and any(one == key for one, _ in self.notes):
            return Outcome(True, "it was there", found=True)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not isinstance(fault, LostAnswerError):
            raise fault
        self.notes.append((key, _body(action)))
        if fault is not None:
            raise fault
        back = Comment(subject=act_of(action).subject, body="taken back")  # type: ignore[union-attr]
        return Outcome(True, "noted", "https://shelf.example/1", {"id": 1}, undo=back)


class LostAnswerError(Exception):
    """The note is on the shelf, and nobody was told."""


def _body(action: dict[str, Any]) -> str:
    act = act_of(action)
    assert isinstance(act, Comment)
    return act.body


@dataclass
class Rule:
    """What policy says: as a test sets it, and `allow` once enough people have said yes."""

    needs: tuple[Need, ...] = ONE_MANAGER
    denies: str = ""
    breakable: bool = True
    obligations: tuple[dict[str, Any], ...] = ()
    asked: int = 0

    def __call__(self, case: Case) -> Verdict:
        self.asked += 1
        if self.denies and not (case.emergency and self.breakable):
            return Verdict(
                "deny", (Reason("freeze/release", self.denies),), obligations=self.obligations, version="1"
            )
        left = () if case.emergency else missing(self.needs, case.words, case.action["digest"])
        effect: Any = "ask" if left else "allow"
        return Verdict(
            effect, (Reason("rights/comment", "a person asks"),), left, self.obligations, "1", "in", "test"
        )


@dataclass
class Office:
    """A desk and what stands behind it."""

    database: Database
    clock: SteppedClock
    shelf: Shelf = field(default_factory=Shelf)
    rule: Rule = field(default_factory=Rule)

    @property
    def desk(self) -> Desk:
        book = Ledger(self.database, self.clock, NO_KEY)
        return Desk(self.database, self.rule, book, self.shelf, self.clock.now, lambda _: TEAM)

    def people(self, **roles: str) -> None:
        """People with a role in the team."""
        with self.database.begin() as tx:
            for key, role in roles.items():
                person = f"person:{key}"
                kind = "coding_agent" if role == "agent" else "human"
                records.apply(tx, [Patch(Person(id=person, name=key.title(), kind=kind), at=self.clock.now())])
                access.add_user(tx, person, self.clock.now())
                access.grant(tx, person, "owner" if role == "agent" else role, self.clock.now(), "operator", TEAM)  # type: ignore[arg-type]

    def roles(self, person: str) -> dict[str, str]:
        with self.database.read() as tx:
            user = access.user(tx, person)
        return dict(user.roles) if user else {}

    def action(self, action: str) -> dict[str, Any]:
        with self.database.read() as tx:
            return actions.one(tx, action) or {}

    def words(self, action: str) -> list[dict[str, Any]]:
        with self.database.read() as tx:
            return actions.approvals(tx, [action])

    def told(self, subject: str = "") -> list[str]:
        """Kinds of entries in the ledger about a subject, the first first."""
        with self.database.read() as tx:
            return [row.kind for row in ledger.newest(tx, subject=subject, limit=1000)][::-1]

    def due(self) -> list[requests.Request]:
        with self.database.read() as tx:
            return requests.due(tx, self.clock.now(), ["act"])

    def work(self) -> list[str]:
        """Does what is due, each once."""
        return [Try(self.desk, one.id, Holder.here()).perform() for one in self.due()]


def shown(act: Act = NUDGE, tool: str = "github") -> str:
    return digest(act, tool)
