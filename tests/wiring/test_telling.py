"""From a signal to what lands in somebody's mailbox: told once, to whom it concerns, when they can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from tests.clocks import SteppedClock

from fairlead.config.load import load
from fairlead.governance.notices import card_of
from fairlead.governance.outbox import Outbox
from fairlead.governance.preferring import mute, prefer, why
from fairlead.model.errors import Fault, Retry
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change, ChangeEvent, ChangeFile
from fairlead.model.records.judgement import Action, Approval, Signal, SignalEvent
from fairlead.model.records.people import Absence, Account, CodeOwner, Person
from fairlead.store import access, delegations, ledger, notices, outbox, records
from fairlead.store.notices import Posted
from fairlead.store.outbox import Message
from fairlead.wiring import ordering
from fairlead.wiring.directory import Directory
from fairlead.wiring.noticing import answer_notices
from fairlead.wiring.notifying import deliver
from fairlead.wiring.services import Services
from fairlead.wiring.telling import follow
from fairlead.workers.notices import NoticesFollower

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Ten in the morning in Berlin."""
CHANGE = "github:acme/pay#41"
TOML = """
[organisation]
name = "Acme"
time_zone = "Europe/Berlin"
[teams.payments]
members = ["kim", "noor", "lee"]
lead = "lee"
repositories = ["github:acme/*"]
[people.kim]
[people.noor]
[people.lee]
[mail]
host = "127.0.0.1"
sender = "Fairlead <fairlead@acme.example>"
security = "none"
[notices]
channels = ["mail"]
budget = 2
"""
RULE = """
rules:
  - id: slow-review
    title: Waits for a review
    subject: change
    owner: team:payments
    expires: "2027-11-01"
    where: ["turn = 'reviewer'"]
    then: {notify: {to: turn, urgency: now}}
    tests:
      - {given: {turn: reviewer}, now: "2026-09-21T12:00:00Z", expect: open}
      - {given: {turn: author}, now: "2026-09-21T12:00:00Z", expect: quiet}
"""


class World:
    """A small team with a change that Noor has to review."""

    def __init__(self, folder: Path) -> None:
        file = folder / "fairlead.toml"
        file.write_text(TOML, encoding="utf-8")
        (folder / "fairlead.d" / "rules").mkdir(parents=True)
        (folder / "fairlead.d" / "rules" / "ours.yaml").write_text(RULE, encoding="utf-8")
        self.clock = SteppedClock(MONDAY)
        self.services = Services(load(file), folder / "home", self.clock, environ={})
        self.said = 0
        for name in ("kim", "noor", "lee"):
            self.put(Person(id=f"person:{name}", name=name.title(), email=f"{name}@acme.example"))
            self.put(Account(id=f"github:@{name}", person=f"person:{name}", handle=name, kind="human"))
        asked = MONDAY - timedelta(days=4)
        self.put(
            Change(
                id=CHANGE, repository="github:acme/pay", number=41, title="Retry \u202epayments",
                author="github:@kim", state="open", created_at=asked, additions=100, deletions=20,
                requested_reviewers=("github:@noor",),
            ),
            ChangeEvent(id=f"{CHANGE}/x", change=CHANGE, repository="github:acme/pay", kind="review_requested",
                        at=asked, actor="github:@kim", subject="github:@noor"),
            ChangeFile(id=f"{CHANGE}/a", change=CHANGE, repository="github:acme/pay", path="api/pay.py"),
            ChangeFile(id=f"{CHANGE}/b", change=CHANGE, repository="github:acme/pay", path="docs/pay.md"),
            CodeOwner(id="o1", repository="github:acme/pay", path="CODEOWNERS", position=1, pattern="/api/",
                      owners=("@noor",)),
        )  # fmt: skip
        with self.services.database.begin() as tx:
            for name, role in (("kim", "member"), ("noor", "member"), ("lee", "manager")):
                access.add_user(tx, f"person:{name}", MONDAY)
                access.grant(tx, f"person:{name}", role, MONDAY, "operator", "team:payments")  # type: ignore[arg-type]

    def put(self, *said: Any) -> None:
        self.said += 1
        at = MONDAY + timedelta(microseconds=self.said)
        with self.services.database.begin() as tx:
            records.apply(tx, [Patch(one, at) for one in said])

    def signal(self, kind: str = "opened", number: int = 1, by: str = "", **said: Any) -> None:
        """What the engine would write: the row as it is now, and an event."""
        detail = said.pop("detail", {})
        row: dict[str, Any] = {
            "id": f"signal:{number}", "rule": "slow-review", "subject_kind": "change", "subject": CHANGE,
            "team": "team:payments", "title": "Waits for a review", "severity": "medium", "state": "open",
            "response": "plan", "monitored": False, "opened_at": MONDAY,
        }  # fmt: skip
        event = SignalEvent(
            id=f"signal:{number}/{kind}/{self.said}", signal=f"signal:{number}", at=self.clock.at, kind=kind,
            by=by or None, detail=json.dumps(detail),
        )  # fmt: skip
        self.put(Signal(**{**row, **said}), event)

    def round(self, **later: float) -> list[Message]:
        """Looks once more after a while; gives what was put into the outbox since."""
        self.clock.pass_by(**later)
        before = {message.id for message in self.messages()}
        self.services.warehouse.refresh()
        follow(self.services)
        deliver(self.services)
        return [message for message in self.messages() if message.id not in before]

    def messages(self) -> list[Message]:
        with self.services.database.read() as tx:
            return sorted(outbox.rows(tx), key=lambda message: message.address)

    def text(self, message: Message) -> str:
        return Outbox(self.services.database).letter(message).text

    def kept(self, person: str) -> list[notices.Notice]:
        with self.services.database.read() as tx:
            return notices.of_recipient(tx, f"person:{person}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.services.close()


def test_a_nudge_says_what_is_needed_from_whom_and_why(world: World) -> None:
    world.signal()
    [message] = world.round()
    assert (message.address, message.channel, message.kind) == ("noor@acme.example", "mail", "notice")
    text = world.text(message)
    assert message.subject == "acme/pay#41 waits for your review since Thu 10:00"
    assert "* Retry payments\n" in text, "what turns the direction of reading is gone"
    assert "120 lines are changed" in text
    assert "You own 1 of its files" in text
    assert "because it is your turn (rule slow-review)" in text
    assert "fairlead notices mute slow-review" in text
    assert CHANGE in text
    # not again, however often it is looked at
    assert world.round(hours=1) == []
    with world.services.database.read() as tx:
        told = [entry.kind for entry in _entries(tx)]
    assert told.count("notice.notice") == 1


def _entries(tx: Any) -> Any:
    from fairlead.store import ledger

    return ledger.entries(tx, 0, 100)


def test_what_is_watched_or_was_there_before_us_is_told_to_nobody(world: World) -> None:
    world.signal(monitored=True)
    world.signal(number=2, detail={"backfill": True})
    assert world.round() == []
    assert world.kept("noor") == []


def test_quiet_hours_hold_it_back_and_what_healed_meanwhile_is_counted(world: World) -> None:
    world.clock.at = MONDAY.replace(hour=20)
    world.signal()
    world.signal(number=2, subject="github:acme/pay#7")
    assert world.round() == []
    world.signal("resolved", state="resolved", reason="merged")
    # its rule asks for it at once, and the rest is the digest's
    chain = json.dumps({"stages": [{"to": "turn", "who": ["person:noor"], "at": "2026-03-02T09:00:00Z"}]})
    world.signal(number=3, subject="github:acme/pay#9", rule="gone-rule", response="backlog", chain=chain)
    told = world.round(hours=13)
    assert [(message.address, message.kind) for message in told if "noor" in message.address] == [
        ("noor@acme.example", "digest")
    ]
    [digest] = [message for message in told if "noor" in message.address]
    assert digest.subject == "1 thing that could wait"
    assert "1 more was over before you read this." in world.text(digest)
    # the change that nobody is known to have goes to the lead
    assert [message.address for message in told if message.kind == "notice"] == ["lee@acme.example"]


def test_who_is_away_is_spared_and_the_team_is_told(world: World) -> None:
    world.put(
        Absence(id="a", person="person:noor", start_at=MONDAY - timedelta(days=1), end_at=MONDAY + timedelta(days=5))
    )
    world.signal()
    assert world.round() == []
    [message] = world.round(minutes=1)
    assert message.address == "lee@acme.example"
    assert "because Noor is away" in world.text(message)
    assert [one.state for one in world.kept("noor")] == ["merged"]


def test_a_day_has_a_budget_and_the_rest_waits_for_the_digest(world: World) -> None:
    for number in range(1, 6):
        world.signal(
            number=number, subject=f"github:acme/pay#{100 + number}", severity="critical" if number == 5 else "medium"
        )
    first = world.round()
    # the budget and the critical one
    assert [message.kind for message in first] == ["notice", "notice", "notice"]
    world.signal(number=6, subject="github:acme/pay#106")
    assert world.round(hours=2) == []
    # on the next day the budget is whole, and what it does not hold is in the digest
    assert sorted(message.kind for message in world.round(days=1)) == ["digest", "notice", "notice"]


def test_an_approval_is_asked_of_those_who_may_give_it_and_never_of_who_asked(world: World) -> None:
    act = Action(
        id="action:1", kind="comment", tool="github", subject=CHANGE, team="team:payments", title="Comment on 41",
        digest="d1", state="waiting", needs=json.dumps([{"role": "manager", "count": 1}]), proposed_by="person:kim",
        why="nobody answers", expires_at=MONDAY + timedelta(days=1),
    )  # fmt: skip
    world.put(act)
    [message] = world.round()
    assert (message.address, message.subject) == ("lee@acme.example", "Waits for your approval: Comment on 41")
    assert "Reason: nobody answers" in world.text(message)
    assert "fairlead approve action:1" in world.text(message)
    world.put(Action(id="action:1", state="done"))
    # who asked hears of it with the digest of tomorrow
    assert world.round(minutes=20) == []
    assert [(one.topic, one.kind) for one in world.kept("kim")] == [("action", "done")]


def test_only_those_whose_word_would_count_are_asked(world: World) -> None:
    """Not who proposed it, not who has a right of theirs, not who wrote the change; others in their place."""
    with world.services.database.begin() as tx:
        access.grant(tx, "person:noor", "manager", MONDAY, "operator")
        delegations.put(tx, "person:lee", "person:kim", "team:payments", MONDAY, MONDAY + timedelta(days=9), "")
    act = Action(
        id="action:3", kind="comment", tool="github", subject=CHANGE, team="team:payments", title="Comment on 41",
        digest="d1", state="waiting", needs=json.dumps([{"role": "manager", "count": 1}]), proposed_by="person:lee",
        expires_at=MONDAY + timedelta(days=1),
    )  # fmt: skip
    world.put(act)
    assert [message.address for message in world.round()] == ["noor@acme.example"]
    # two are needed, and the team has one: who has the right everywhere is asked as well
    needs = json.dumps([{"role": "manager", "count": 2, "not_by": ["person:kim"]}])
    world.put(msgspec.structs.replace(act, id="action:4", needs=needs, proposed_by="agent:coder"))
    world.round()
    told = {who for who in ("kim", "lee", "noor") for one in world.kept(who) if one.about == "action:4"}
    assert told == {"lee", "noor"}


def test_a_word_given_in_the_meantime_is_not_asked_for(world: World) -> None:
    world.clock.at = MONDAY.replace(hour=21)
    world.put(Action(id="action:2", kind="merge", team="team:payments", title="Merge", digest="d", state="waiting",
                     needs=json.dumps([{"role": "manager", "count": 2}]), proposed_by="rule:x"))  # fmt: skip
    assert world.round() == []
    world.put(Approval(id="action:2/word/1", action="action:2", person="person:lee", digest="d", verdict="approved"))
    assert world.round(hours=12) == []
    assert [one.state for one in world.kept("lee")] == ["healed"]


def test_an_escalation_reaches_the_next_step_and_what_was_taken_on_is_left(world: World) -> None:
    world.clock.at = MONDAY.replace(hour=20)
    world.signal("escalated", detail={"level": 2, "to": "lead", "who": ["person:lee"]})
    world.round()
    world.signal("acknowledged", by="person:noor", acknowledged_at=world.clock.at, acknowledged_by="person:noor")
    assert world.round(hours=13) == []
    assert [(one.state, one.reason) for one in world.kept("lee")] == [("healed", "taken on by person:noor")]


def test_mutes_and_snoozes_are_kept_to(world: World) -> None:
    with world.services.database.begin() as tx:
        notices.prefer(tx, "person:noor", {"muted": ["slow-review"]}, MONDAY)
    world.signal()
    world.signal(number=2, subject="github:acme/pay#8", snoozed_until=MONDAY + timedelta(days=2))
    assert world.round() == []
    assert [one.state for one in world.kept("noor")] == ["muted"]
    assert [one.state for one in world.kept("lee")] == ["snoozed"]


def test_after_three_without_an_answer_a_mute_is_offered(world: World) -> None:
    for number in range(1, 5):
        world.signal(number=number, subject=f"github:acme/pay#{number}")
        [message] = [one for one in world.round(days=7) if one.kind == "notice"]
        assert ("Better without them?" in world.text(message)) is (number == 4)


def test_killed_between_making_and_telling_nothing_is_lost_or_told_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends in the middle of the transaction leaves all as it was."""
    world.signal()
    world.services.warehouse.refresh()
    follow(world.services)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(world.services.ledger.__class__, "record_all", die)
        with pytest.raises(KeyboardInterrupt):
            deliver(world.services)
    assert world.messages() == []
    assert len(world.round()) == 1
    assert follow(world.services) == 0


def test_a_channel_that_edits_has_one_message_of_a_subject(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a way of such a channel sees: a card with the news, and one more when the matter is over."""
    monkeypatch.setattr(Directory, "channel", lambda _self, recipient: "slack")
    world.signal()
    [message] = world.round()
    letter = Outbox(world.services.database).letter(message)
    card = card_of(letter)
    assert card is not None
    assert (message.channel, message.address, message.made_from) == ("slack", "person:noor", CHANGE)
    assert (card.signal, card.over, card.topic) == ("signal:1", False, "slow-review")
    with world.services.database.begin() as tx:
        notices.keep_posted(tx, Posted(recipient="person:noor", subject=CHANGE, channel="slack",
                                       handle={"ts": "1.2"}, first_at=MONDAY, last_at=MONDAY))  # fmt: skip
    world.signal("resolved", state="resolved", reason="merged")
    [edit] = world.round(minutes=5)
    card = card_of(Outbox(world.services.database).letter(edit))
    assert card is not None
    assert (card.over, card.news) == (True, "Over: merged")
    assert edit.made_from == CHANGE
    assert world.round(minutes=5) == []


def test_a_digest_waits_while_policies_do_not_load(tmp_path: Path) -> None:
    folder = tmp_path / "fairlead.d" / "policies"
    folder.mkdir(parents=True)
    (folder / "rights.yaml").write_text("teams: [\n")
    world = World(tmp_path)
    chain = json.dumps({"stages": [{"to": "turn", "who": ["person:noor"], "at": "2026-03-02T09:00:00Z"}]})
    world.signal(number=1, subject="github:acme/pay#1", rule="gone-rule", response="backlog", chain=chain)
    assert [*world.round(), *world.round(days=1)] == []
    assert [one.state for one in world.kept("noor")] == ["waiting"]
    with pytest.raises(Retry, match="policy could not be asked"):
        ordering.prefer(world.services, "person:noor", {"channels": ["mail"]})
    world.services.close()


def test_a_digest_that_policy_lets_nobody_have_stays_on_the_page_and_cannot_be_ordered(tmp_path: Path) -> None:
    folder = tmp_path / "fairlead.d" / "policies"
    folder.mkdir(parents=True)
    # members of the team have theirs by no channel; a manager has
    (folder / "rights.yaml").write_text("teams:\n  payments:\n    digest: {member: never}\n")
    world = World(tmp_path)
    for number, name in ((1, "noor"), (2, "lee")):
        stage = {"to": "turn", "who": [f"person:{name}"], "at": "2026-03-02T09:00:00Z"}
        chain = json.dumps({"stages": [stage]})
        subject = f"github:acme/pay#{number}"
        world.signal(number=number, subject=subject, rule="gone-rule", response="backlog", chain=chain)
    told = [*world.round(), *world.round(days=1)]
    assert [(message.address, message.kind) for message in told] == [("lee@acme.example", "digest")]
    assert [(one.state, one.reason) for one in world.kept("noor")] == [("page", "policy: a member may never do that")]
    with pytest.raises(Fault, match="policy lets no digest go to person:noor by mail: a member may never do that"):
        ordering.prefer(world.services, "person:noor", {"channels": ["mail"]})
    assert ordering.prefer(world.services, "person:lee", {"channels": ["mail"]}) == {"channels": ["mail"]}
    with world.services.database.read() as tx:
        kinds = [row.kind for row in ledger.newest(tx, limit=50)]
    assert kinds.count("digest.refused") == 1
    assert "notice.digest" in kinds
    world.services.close()


def test_the_command_line_says_why_and_takes_wishes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.signal()
    world.signal("escalated", detail={"level": 1, "to": "lead", "who": ["person:lee"]})
    world.round()
    [mine] = world.kept("noor")
    found = why(world.services, mine.id[:8])
    assert found["because"] == "`slow-review` tells `turn`"
    assert [one["recipient"] for one in found["others"]] == ["person:lee"]
    with pytest.raises(Fault, match="no notice"):
        why(world.services, mine.id[:8], "person:kim")
    assert prefer(world.services, "person:noor", {"budget": 1, "quiet": "18:00-08:00"}) == {
        "budget": 1, "quiet": "18:00-08:00"
    }  # fmt: skip
    world.services.apply()
    assert mute(world.services, "person:noor", "slow-review")["muted"] == ["slow-review"]
    world.services.apply()
    said = json.loads(answer_notices(world.services, {"wish": "person:noor", "form": "json"}).text)
    assert said == {"budget": 1, "quiet": "18:00-08:00", "muted": ["slow-review"]}
    assert "person:lee" in answer_notices(world.services, {"width": "300"}).text
    with pytest.raises(Fault, match="operator"):
        prefer(world.services, "operator", {"budget": 1})
    follower = NoticesFollower(world.services, Event())
    world.signal(number=9)
    follower.once()
    assert [one.state for one in world.kept("noor") if one.about == "signal:9"] == ["muted"]


def test_where_a_chat_is_set_up_a_team_is_told_in_its_channel_and_who_has_no_account_there_by_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = '[slack]\nmode = "http"\nchannels = { payments = "C1" }\n[sources.slack]\ntoken = { env = "T" }\n'
    monkeypatch.setitem(globals(), "TOML", TOML.replace('channels = ["mail"]', "") + chat)
    monkeypatch.setitem(globals(), "RULE", RULE.replace("to: turn", "to: team"))
    world = World(tmp_path)
    world.signal()
    (message,) = world.round()
    assert (message.channel, message.address, message.made_from) == ("slack", "team:payments", CHANGE)
    with world.services.database.read() as tx:
        assert Directory.load(world.services, tx).channel("person:noor") == "mail"
    world.services.close()
