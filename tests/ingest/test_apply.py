"""Batches: what is good is applied, what is not is kept apart, and everything happens once."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.ingest.notes import START, Bench, hour, note

from fairlead.ingest.replay import replay
from fairlead.store import events, intake, offsets, quarantine, records

PULL = "github:acme/payments#42"


def pull(at: str, **values: object) -> dict[str, object]:
    """A payload about one pull request."""
    return {"say": [["changes", at, {"id": PULL, **values}]]}


def test_a_payload_becomes_a_record(bench: Bench) -> None:
    """With the raw event it came from, and the freshness of its source."""
    done = bench.tell(
        pull(hour(1), title="Retry the webhook", labels=["bug", "billing"], merged_at=hour(1), draft=False)
    )
    assert (done.raw_events, done.quarantined, done.upto) == (1, 0, bench.log.latest())
    row = bench.row("changes", PULL)
    assert row is not None
    assert row["title"] == "Retry the webhook"
    assert row["labels"] == ("bug", "billing")
    assert row["merged_at"] == START + timedelta(hours=1)
    assert row["draft"] is False
    assert row["raw_seq"] == bench.log.latest()
    source = bench.row("sources", "notes")
    assert source is not None
    assert source["last_event_at"] == START, "a clock that is ahead is not believed"
    assert source["last_received_at"] == START


def test_a_partial_object_blanks_nothing(bench: Bench) -> None:
    """A later payload that lacks a field, one that says it is empty, and an older one."""
    bench.tell(
        pull(hour(1), title="Retry", milestone="m1"), pull(hour(2), state="open"), pull(hour(3), milestone=None)
    )
    bench.tell(pull(hour(0), title="Old title", state="closed", head_sha="abc"))
    row = bench.row("changes", PULL)
    assert row is not None
    assert (row["title"], row["milestone"], row["state"], row["head_sha"]) == ("Retry", None, "open", "abc")


def test_one_bad_payload_stops_no_other(bench: Bench) -> None:
    """Unreadable, tripping, undeclared, wrong types, no connector: each is held with its reason."""
    stranger = note("stranger", {})
    bench.log.append([type(stranger)("pager", "pager", "incident", "p1", b"{}", START)])
    done = bench.tell(
        pull(hour(1), title="Retry"),
        b"\xff not json",
        {"trip": True},
        {"say": [["slos", hour(1), {"id": "slo:1"}]]},
        pull(hour(2), number=10**30),
        pull(hour(2), labels=[1]),
        pull(hour(2), additions=4),
    )
    assert (done.raw_events, done.quarantined) == (8, 6)
    row = bench.row("changes", PULL)
    assert row is not None
    assert (row["title"], row["additions"]) == ("Retry", 4)
    with bench.database.read() as tx:
        held = quarantine.rows(tx)
        counted = {(tally.source, tally.outcome): tally.count for tally in intake.rows(tx)}
    assert [one.field for one in held] == ["", "body", "", "", "changes.number", "changes.labels"]
    assert "no connector for `pager`" in held[0].error
    assert "ZeroDivisionError: the reader trips" in held[2].error
    assert "does not declare `slos`" in held[3].error
    assert counted == {("notes", "read"): 2, ("notes", "quarantined"): 5, ("pager", "quarantined"): 1}


def test_what_carries_nothing_is_counted_with_its_reason(bench: Bench) -> None:
    """An event that we understand and have no use for."""
    assert bench.tell({}, {}).nothing == 2
    with bench.database.read() as tx:
        (tally,) = intake.rows(tx)
    assert (tally.outcome, tally.count, tally.reason) == ("nothing", 2, "an empty note")


def test_quarantine_is_read_again_after_a_fix(bench: Bench) -> None:
    """The same body fails twice, then the reader is mended."""
    guarded = b")]}'" + json.dumps(pull(hour(2), title="Mended")).encode()
    bench.tell(pull(hour(1), title="Retry"), guarded)
    (seq,) = (raw.seq for raw in bench.log.read(0, 10) if raw.event.body == guarded)
    assert replay(bench.ingest, quarantined=True).quarantined == 1
    with bench.database.read() as tx:
        (held,) = quarantine.rows(tx)
    assert (held.raw_seq, held.attempts, held.state) == (seq, 2, "open")
    bench.values["guard"] = ")]}'"
    done = replay(bench.ingest, quarantined=True)
    assert (done.raw_events, done.quarantined, done.changed) == (1, 0, 1)
    with bench.database.read() as tx:
        assert quarantine.rows(tx) == []
        assert [one.state for one in quarantine.rows(tx, state=None)] == ["resolved"]
    row = bench.row("changes", PULL)
    assert row is not None
    assert row["title"] == "Mended"


def test_replay_changes_nothing_that_is_right(bench: Bench) -> None:
    """Records, revisions and events after a full replay are those from before."""
    bench.tell(
        *(pull(hour(at % 7), title=f"Title {at}", additions=at) for at in range(40)),
        {"event": [["dev.cdevents.change.created.0.4.0", PULL, hour(0)]]},
    )
    before = bench.content()
    with bench.database.read() as tx:
        told, rev = events.follow(tx), records.get(tx, "changes", PULL)
    seen: list[int] = []
    done = replay(bench.ingest, progress=seen.append)
    assert (done.raw_events, done.changed, done.events) == (41, 0, 0)
    assert seen == [41]
    assert bench.content() == before
    with bench.database.read() as tx:
        assert (events.follow(tx), records.get(tx, "changes", PULL)) == (told, rev)
        assert {tally.count for tally in intake.rows(tx)} == {41}, "a replay does not count again"


def test_changed_options_read_the_source_again(bench: Bench) -> None:
    """What the new options make of the same payloads wins over what the old ones made of them."""
    bench.tell(pull(hour(1), title="Retry"), pull(hour(1), body="Why"))
    bench.values["prefix"] = "[acme] "
    bench.ingest = bench.another()
    bench.apply()
    row = bench.row("changes", PULL)
    assert row is not None
    assert (row["title"], row["body"]) == ("[acme] Retry", "[acme] Why")
    bench.values["prefix"] = ""
    bench.ingest = bench.another()
    bench.apply()
    row = bench.row("changes", PULL)
    assert row is not None
    assert (row["title"], row["body"]) == ("Retry", "Why")


def test_a_record_older_than_the_log_survives_a_replay(bench: Bench) -> None:
    """Raw events expire; what they said stays."""
    bench.tell(pull(hour(1), title="Retry"))
    assert bench.log.expire(START + timedelta(days=1), bench.log.latest()) == 1
    bench.tell(pull(hour(2), body="Why"))
    replay(bench.ingest)
    row = bench.row("changes", PULL)
    assert row is not None
    assert (row["title"], row["body"]) == ("Retry", "Why")


def test_two_processes_take_turns(bench: Bench) -> None:
    """The slower one finds its batch done and goes on after it."""
    bench.log.append([note(f"d{at}", pull(hour(at), additions=at)) for at in range(6)])
    first, second = bench.another(), bench.another()
    batch = second.read(bench.log.read(0, 3))
    assert first.step(4).raw_events == 4
    late = second.put(batch, 0)
    assert (late.raw_events, late.upto) == (0, bench.log.read(0, 4)[-1].seq)
    assert second.step(10).raw_events == 2
    with bench.database.read() as tx:
        assert offsets.get(tx, "ingest") == bench.log.latest()
        assert sum(tally.count for tally in intake.rows(tx)) == 6


def test_hostile_texts_are_stored_on_either_database(bench: Bench) -> None:
    """NUL, half of a surrogate pair, emoji, right-to-left, in ids, texts, lists and events."""
    odd = "a\0b\ud800c 🚀 שלום"
    clean = "a\ufffdb\ufffdc 🚀 שלום"
    done = bench.tell(
        {
            "say": [["changes", hour(1), {"id": f"notes:{odd}", "title": odd, "labels": [odd]}]],
            "event": [["dev.cdevents.change.created.0.4.0", odd, hour(0)]],
        }
    )
    assert done.quarantined == 0
    row = bench.row("changes", f"notes:{clean}")
    assert row is not None
    assert (row["title"], row["labels"]) == (clean, (clean,))
    with bench.database.read() as tx:
        assert [posted.event.subject for posted in events.follow(tx)] == [clean]


def test_pages_of_megabytes_come_in_small_batches(bench: Bench) -> None:
    """What a batch says is held in memory at once; small payloads still come by the hundred."""
    pages = [note(f"p{number}", {**pull(hour(number), title="Quay"), "pad": "x" * 2_000_000}) for number in range(24)]
    bench.log.append(pages)
    first = bench.ingest.step()
    assert 8 <= first.raw_events <= 12
    assert first.raw_events + bench.apply().raw_events == len(pages)
    bench.log.append([note(f"s{number}", pull(hour(number), title="Berth")) for number in range(300)])
    assert bench.ingest.step().raw_events == 300
