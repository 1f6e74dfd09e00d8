"""The outbox on both stores: in once, claimed by one, and the outcome noted by whoever holds it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.clocks import NOON

from fairlead.governance.letter import Letter, Part
from fairlead.governance.outbox import CLAIM_LASTS, Order, Outbox
from fairlead.governance.retries import GIVEN_UP_AFTER, next_try
from fairlead.model.errors import Retry, Skip
from fairlead.store import outbox as kept
from fairlead.store.database import Database

LETTER = Letter(
    subject="Two changes wait",
    text="Two changes wait.\n",
    parts=(Part(name="brief.md", media_type="text/markdown", data=b"# Two"),),
)


def order(address: str = "kim@acme.example", **more: Any) -> Order:
    said: dict[str, Any] = {"channel": "mail", "made_from": "brief", "asked_by": "delivery:morning", "as_of": NOON}
    return Order(address=address, **{**said, "once": "morning 2026-03-02", **more})


@pytest.fixture
def outbox(database: Database, clock: Any) -> Outbox:
    return Outbox(database, clock)


def statuses(database: Database) -> dict[str, str]:
    with database.read() as tx:
        return {message.address: message.status for message in kept.rows(tx)}


def test_what_is_asked_for_twice_is_put_in_once(outbox: Outbox, database: Database) -> None:
    first = outbox.post([order(), order("lee@acme.example")], LETTER)
    assert len(first) == 2
    assert outbox.post([order(), order("mo@acme.example")], replace_subject("Now three")) != []
    with database.read() as tx:
        subjects = {message.address: message.subject for message in kept.rows(tx)}
    assert subjects == {
        "kim@acme.example": "Two changes wait", "lee@acme.example": "Two changes wait", "mo@acme.example": "Now three"
    }  # fmt: skip
    # The same address by another way, or another day, is another message.
    assert len(outbox.post([order(channel="file"), order(once="morning 2026-03-03")], LETTER)) == 2


def replace_subject(subject: str) -> Letter:
    return Letter(subject=subject, text=LETTER.text)


def test_a_letter_comes_out_as_it_was_put_in(outbox: Outbox) -> None:
    [message] = outbox.post([order()], LETTER)
    assert outbox.letter(message) == LETTER


def test_one_message_has_one_sender(database: Database, clock: Any) -> None:
    Outbox(database, clock).post([order(f"{number}@acme.example") for number in range(8)], LETTER)
    found: list[str] = []

    def take() -> None:
        mine = Outbox(database, clock)
        while message := mine.claim({"mail"}):
            found.append(message.address)

    senders = [threading.Thread(target=take) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(30)
    assert sorted(found) == [f"{number}@acme.example" for number in range(8)]


def test_a_claim_runs_out_and_the_late_sender_changes_nothing(database: Database, clock: Any) -> None:
    slow, quick = Outbox(database, clock), Outbox(database, clock)
    slow.post([order()], LETTER)
    held = slow.claim({"mail"})
    assert held is not None
    assert quick.claim({"mail"}) is None
    clock.pass_by(seconds=CLAIM_LASTS.total_seconds())
    taken = quick.claim({"mail"})
    assert taken is not None
    # It may have been handed over: whoever takes it over is told.
    assert (taken.id, taken.status, taken.attempts) == (held.id, "sending", 2)
    assert quick.sent(taken, "250 ok")
    assert not slow.sent(held, "250 late")
    slow.not_sent(held, Skip("550 no such user"))
    assert statuses(database) == {"kim@acme.example": "sent"}


def test_others_are_left_alone(outbox: Outbox) -> None:
    outbox.post([order("a.md", channel="file"), order("feed", channel="feed")], LETTER)
    assert outbox.claim({"mail"}) is None
    # What lies in a feed is there: nobody has to carry it.
    assert outbox.claim({"mail", "feed"}) is None
    assert outbox.claim({"file"}) is not None


def test_what_may_pass_is_tried_again_and_given_up_in_the_end(outbox: Outbox, database: Database, clock: Any) -> None:
    outbox.post([order()], LETTER)
    tries = 0
    while message := outbox.claim({"mail"}):
        tries += 1
        again_at = outbox.not_sent(message, Retry("451 greylisted"))
        if again_at is None:
            break
        assert again_at > clock.now()
        assert outbox.claim({"mail"}) is None
        clock.at = again_at
    assert tries > 10
    assert statuses(database) == {"kim@acme.example": "failed"}
    assert clock.now() - NOON <= GIVEN_UP_AFTER
    # A person may try again, from the beginning.
    with database.read() as tx:
        [failed] = kept.rows(tx, status="failed")
    outbox.retry(failed.id)
    fresh = outbox.claim({"mail"})
    assert fresh is not None
    assert fresh.attempts == 1
    assert outbox.not_sent(fresh, Retry("451 greylisted")) is not None


def test_a_refusal_for_good_is_a_dead_letter(outbox: Outbox, database: Database) -> None:
    [message] = outbox.post([order()], LETTER)
    claimed = outbox.claim({"mail"})
    assert claimed is not None
    assert outbox.not_sent(claimed, Skip("550 no such user")) is None
    with database.read() as tx:
        found = kept.get(tx, message.id)
        assert kept.counts(tx) == {"failed": 1}
    assert found is not None
    assert (found.status, found.error) == ("failed", "550 no such user")


def test_only_what_waits_or_failed_can_be_tried_again(outbox: Outbox) -> None:
    outbox.post([order()], LETTER)
    message = outbox.claim({"mail"})
    assert message is not None
    for state in ("sending", "sent"):
        with pytest.raises(Skip, match="not waiting"):
            outbox.retry(message.id)
        if state == "sending":
            outbox.sent(message, "250 ok")


def test_old_messages_go_with_what_they_said(outbox: Outbox, database: Database, clock: Any) -> None:
    [old, _] = outbox.post([order(), order("lee@acme.example")], LETTER)
    claimed = outbox.claim({"mail"}, only=old.id)
    assert claimed is not None
    outbox.sent(claimed, "250 ok")
    clock.pass_by(days=31)
    assert outbox.forget(timedelta(days=30)) == 1
    # The other one still waits, and needs its words.
    assert statuses(database) == {"lee@acme.example": "waiting"}
    assert outbox.letter(replace(claimed, content=claimed.content)) == LETTER
    other = outbox.claim({"mail"})
    assert other is not None
    outbox.sent(other, "250 ok")
    clock.pass_by(days=31)
    assert outbox.forget(timedelta(days=30)) == 1
    with pytest.raises(Skip, match="not kept"):
        outbox.letter(claimed)


def test_the_next_try_is_never_at_once_and_waits_as_long_as_it_is_told(outbox: Outbox) -> None:
    [message] = outbox.post([order()], LETTER)
    for attempts in range(1, 40):
        at = next_try(replace(message, attempts=attempts), NOON)
        assert at is not None
        assert timedelta(seconds=20) <= at - NOON <= timedelta(hours=1)
    told = next_try(replace(message, attempts=1), NOON, after_s=7200)
    assert told is not None
    assert told - NOON >= timedelta(hours=2)
    assert next_try(replace(message, attempts=9), NOON + GIVEN_UP_AFTER) is None


def test_words_that_no_database_holds_are_mended(outbox: Outbox, database: Database) -> None:
    outbox.post([order()], Letter(subject="a\0b \ud800", text="x"))
    message = outbox.claim({"mail"})
    assert message is not None
    outbox.not_sent(message, Skip("550 \0"))
    with database.read() as tx:
        [found] = kept.rows(tx)
    assert (found.subject, found.error) == ("a�b �", "550 �")
