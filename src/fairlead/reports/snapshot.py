"""The daily status snapshot: endpoints, containers, what the store holds, the flow of events, test results of a day.

What was measured is a record (`snapshot_facts.py`), so every sentence of it leads to the row that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fairlead.model.figures import Evidence
from fairlead.model.times import parse_time
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Cell, Claim, Document, Empty, Section, Table, Tone
from fairlead.reports.plain import plain
from fairlead.reports.pulse import pulse
from fairlead.reports.sentences import Teller
from fairlead.reports.snapshot_facts import DAY, Measured, SnapshotFacts, load_snapshot
from fairlead.reports.wording import Elapsed

_TABLES_TOLD = 12
"""Tables with the most rows; all stand in the record that the caption leads to."""

_WORST_FIRST: Sequence[Tone] = ("act", "watch", "ok")


def snapshot(asked: Asked) -> Document:
    """The last look at the world, and what changed since the one of the day before."""
    teller, facts = asked.teller(), load_snapshot(asked.scope)
    sections: list[Section] = []
    if facts.last:
        sections = [
            _section(teller, "endpoints", list(_endpoints(teller, facts.last, facts.before))),
            _section(teller, "containers", list(_containers(teller, facts.last))),
            _section(teller, "flow", [*_flow(teller, facts), *pulse(teller, facts.pulse)]),
            _section(teller, "counts", list(_counts(teller, facts.last, facts.before))),
            _section(teller, "tables", list(_tables(teller, facts.last, facts.before))),
        ]
    sections.append(_section(teller, "tests", list(_tests(teller, facts))))
    return document(teller, "snapshot", _title(teller, facts, sections), sections)


def _section(teller: Teller, name: str, blocks: list[Block]) -> Section:
    return Section(name, teller.words(f"section.snapshot_{name}"), tuple(blocks))


def _title(teller: Teller, facts: SnapshotFacts, sections: list[Section]) -> Claim:
    last = facts.last
    if last is None:
        evidence = proof.of_absence("snapshot", "select * from documents where path like 'snapshots/%'")
        act = Act(teller.words("act.bring"), command="fairlead snapshot")
        return Claim(key="snapshot.title_none", text=teller.words("snapshot.title_none"), evidence=evidence, act=act)
    wrong = [
        block
        for section in sections
        for block in section.blocks
        if isinstance(block, Claim) and block.tone in ("act", "watch")
    ]
    key, at = "snapshot.title_wrong" if wrong else "snapshot.title", teller.words.recent(last.at)
    return teller.claim(key, _row(last), tone="act" if wrong else "ok", n=len(wrong), at=at)


def _row(measured: Measured) -> Evidence:
    return proof.of_rows((measured.id,), measured.query)


def _endpoints(teller: Teller, last: Measured, before: Measured | None) -> Iterator[Block]:
    yesterday = {one["key"]: one for one in before.seen("endpoints")} if before else {}
    seen = sorted(last.seen("endpoints"), key=lambda one: str(one["key"]))
    told = [_endpoint(teller, last, one, yesterday.get(one["key"])) for one in seen]
    # what needs somebody stands first, also what answers and does so slowly
    yield from sorted(told, key=lambda claim: _WORST_FIRST.index(claim.tone))
    if not last.seen("endpoints"):
        yield Empty(teller.claim("snapshot.endpoints_none", _row(last)))


def _endpoint(teller: Teller, last: Measured, one: Mapping[str, Any], before: Mapping[str, Any] | None) -> Claim:
    said: dict[str, Any] = {"name": plain(one["key"]), "status": one.get("status"), "why": plain(one.get("error"))}
    took = one.get("latency_s")
    said["took"] = teller.words("span.milliseconds", n=round(took * 1000)) if took is not None else ""
    until = parse_time(one.get("tls_until"))
    near = until is not None and until - last.at < DAY * one.get("tls_days", 14)
    slow = took is not None and took >= one.get("slow_s", 1.0)
    # the worst first: of what does not answer nothing else matters
    kinds = (("_down", "error" in one), ("_wrong", not one["ok"]), ("_tls", near), ("_slow", slow))
    kind = next((kind for kind, holds in kinds if holds), "")
    key = f"snapshot.endpoint{kind}"
    tone = _tone(kind in ("_down", "_wrong"), "act", _tone(bool(kind), "watch"))
    if near and until:
        said |= {"until": teller.words.day(until), "left": Elapsed(max(0.0, (until - last.at).total_seconds()))}
    text = teller.words(key, **said)
    if before is not None and before["ok"] != one["ok"]:
        text += " " + teller.words(f"snapshot.was_{'well' if before['ok'] else 'wrong'}")
    return Claim(key=key, text=text, evidence=_row(last), tone=tone)


def _containers(teller: Teller, last: Measured) -> Iterator[Block]:
    for place in last.seen("containers"):
        if "error" in place:
            key = "snapshot.engine_silent" if place["socket"] else "snapshot.engine_none"
            yield teller.claim(key, _row(last), place=plain(place["socket"]), why=plain(place["error"]))
            continue
        run = [one for one in place["containers"] if one["ok"]]
        yield teller.claim("snapshot.containers", _row(last), n=len(run), place=plain(place["socket"]))
        for one in place["containers"]:
            if not one["ok"]:
                said = {"name": plain(one["name"]), "status": plain(one["status"] or one["state"])}
                yield teller.claim("snapshot.container_wrong", _row(last), tone="watch", **said)


def _flow(teller: Teller, facts: SnapshotFacts) -> Iterator[Block]:
    last, before = facts.last, facts.before
    assert last is not None
    now, then = last.counts("events"), before.counts("events") if before else {}
    for source in sorted(now):
        came = now[source] - then.get(source, 0)
        usual = _usual(facts, source)
        if before is None:
            yield teller.claim("snapshot.flow_first", _row(last), source=source, n=now[source])
        elif usual is None:
            yield teller.claim("snapshot.flow", _row(last), source=source, n=came)
        else:
            # half of what is usual is told: a hook that somebody removed shows so on its first day
            low = came * 2 < usual
            key, tone = f"snapshot.flow_{'low' if low else 'usual'}", _tone(low, "watch", "neutral")
            yield teller.claim(key, _row(last), tone=tone, source=source, n=came, usual=round(usual))
    for key in ("quarantined", "behind"):
        if number := last.said.get(key):
            yield teller.claim(f"snapshot.{key}", _row(last), tone="watch", n=number)
    if not now:
        yield Empty(teller.claim("snapshot.flow_none", _row(last)))


def _usual(facts: SnapshotFacts, source: str) -> float | None:
    """Events that would have come since the day before, at the rate of the week before that."""
    last, before, usual = facts.last, facts.before, facts.usual
    if not (last and before and usual) or before.at - usual.at < DAY:
        return None
    came = before.counts("events").get(source, 0) - usual.counts("events").get(source, 0)
    return came * ((last.at - before.at) / (before.at - usual.at))


def _tables(teller: Teller, last: Measured, before: Measured | None) -> Iterator[Block]:
    words, now = teller.words, last.counts("tables")
    then = before.counts("tables") if before else {}
    largest = sorted(now, key=lambda name: (-now[name], name))[:_TABLES_TOLD]
    if not largest:
        yield Empty(teller.claim("snapshot.tables_none", _row(last)))
        return
    rows = tuple(
        (
            Cell(name),
            Cell(words.number(now[name]), number=True),
            Cell(f"{now[name] - then[name]:+,}" if name in then else "", number=True),
        )
        for name in largest
    )
    caption = teller.claim("snapshot.tables", _row(last), n=sum(now.values()), tables=len(now))
    columns = tuple(words(f"column.{name}") for name in ("snapshot_table", "snapshot_rows", "snapshot_since"))
    yield Table(columns, rows, caption)


def _counts(teller: Teller, last: Measured, before: Measured | None) -> Iterator[Block]:
    yesterday = {one["key"]: one for one in before.seen("counts")} if before else {}
    for one in last.seen("counts"):
        yield _count(teller, last, one, yesterday.get(one["key"], {}))
    if not last.seen("counts"):
        yield Empty(teller.claim("snapshot.counts_none", _row(last)))


def _count(teller: Teller, last: Measured, one: Mapping[str, Any], before: Mapping[str, Any]) -> Claim:
    name, value = plain(one.get("title") or one["key"]), one.get("value")
    if value is None:
        key = "snapshot.count_failed" if "error" in one else "snapshot.count_empty"
        return teller.claim(key, _row(last), tone="watch", name=name, why=plain(one.get("error")))
    low, high = one.get("warn_below"), one.get("warn_above")
    # the query is the evidence: what it counts can be looked up, and what it counted then stands in the record
    evidence = proof.of_rows((last.id,), one["sql"])
    if low is not None and value < low:
        claim = teller.claim("snapshot.count_low", evidence, tone="watch", name=name, value=value, limit=low)
    elif high is not None and value > high:
        claim = teller.claim("snapshot.count_high", evidence, tone="watch", name=name, value=value, limit=high)
    else:
        tone = _tone(low is None and high is None, "neutral")
        claim = teller.claim("snapshot.count", evidence, tone=tone, name=name, value=value)
    then = before.get("value")
    # of another query the difference would mean nothing
    if then is None or before.get("sql") != one["sql"]:
        return claim
    change = value - then
    sign = "+" if change > 0 else ""
    since = teller.words("snapshot.count_since", change=sign + teller.words.number(change)) if change else ""
    return replace(claim, text=f"{claim.text} {since or teller.words('snapshot.count_same')}")


def _tests(teller: Teller, facts: SnapshotFacts) -> Iterator[Block]:
    tests = facts.tests
    if not tests.counts:
        yield Empty(teller.claim("snapshot.tests_none", proof.of_absence("test_results", tests.query)))
        return
    total, skipped = sum(tests.counts.values()), tests.counts.get("skipped", 0)
    failed = tests.counts.get("failed", 0) + tests.counts.get("error", 0)
    evidence, tone = proof.of_rows(tests.ids, tests.query, total), _tone(bool(failed), "watch")
    yield teller.claim("snapshot.tests", evidence, tone=tone, n=total, failed=failed, skipped=skipped)
    wrong = proof.of_rows(tests.failed_ids, f"{tests.query} and result in ('failed', 'error')", failed)
    for test, repository, times in tests.failed:
        yield teller.claim("snapshot.test_failed", wrong, test=test, repository=repository, n=times)


def _tone(wrong: bool, tone: Tone, well: Tone = "ok") -> Tone:
    return tone if wrong else well
