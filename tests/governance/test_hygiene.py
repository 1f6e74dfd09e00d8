"""Who is told when: over weeks of simulated news, whatever arrives in whatever order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.governance.hygiene import Pending, Plan, Reader, digest_moment, is_exempt, is_quiet, plan
from fairlead.governance.wishes import Wish, plain, read_wish
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Skip
from fairlead.store.notices import Notice

MONDAY = datetime(2026, 10, 19, tzinfo=UTC)
"""A week before clocks go back in Europe, two before they do in America."""
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")


def news(number: int, at: datetime, **said: object) -> Notice:
    fields: dict[str, object] = {
        "id": f"n{number:04d}", "recipient": "person:kim", "subject": f"github:acme/pay#{number}",
        "about": f"s{number}", "topic": "change-stale", "kind": "opened", "urgency": "today", "said": {},
        "made_at": at, "not_before": at,
    }  # fmt: skip
    return Notice(**{**fields, **said})  # type: ignore[arg-type]


def berlin(absences: tuple[tuple[datetime, datetime], ...] = (), holidays: tuple[date, ...] = ()) -> WorkingCalendar:
    return WorkingCalendar("kim", zone="Europe/Berlin", absences=absences, holidays=holidays)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Reader, list[tuple[Notice, datetime | None]]]:
    """A reader and what arrives, each with the moment at which it heals."""
    wish = Wish(
        quiet=draw(st.sampled_from(("", "", "22:00-07:00", "12:00-13:30"))),
        digest_at=draw(st.sampled_from(("", "", "08:15", "17:45"))),
        muted=draw(st.sampled_from(((), ("noisy",)))),
    )
    start = MONDAY + timedelta(days=draw(st.integers(0, 12)))
    calendar = WorkingCalendar(
        "kim",
        hours=draw(st.sampled_from(("Mon-Fri 09:00-17:00", "Mon-Thu 06:00-14:00", "Mon-Fri 22:00-06:00"))),
        zone=draw(st.sampled_from(ZONES)),
        absences=draw(st.sampled_from(((), ((start, start + timedelta(days=2)),)))),
    )
    arrivals = []
    for number in range(draw(st.integers(1, 25))):
        at = MONDAY + timedelta(minutes=draw(st.integers(0, 14 * 24 * 60)))
        heals = draw(st.none() | st.integers(1, 3000).map(lambda m, at=at: at + timedelta(minutes=m)))
        lasts = draw(st.none() | st.integers(1, 4000).map(lambda m, at=at: at + timedelta(minutes=m)))
        notice = news(
            number, at, subject=f"github:acme/pay#{draw(st.integers(0, 6))}",
            urgency=draw(st.sampled_from(("now", "today", "digest"))), exempt=draw(st.integers(0, 9)) == 0,
            topic=draw(st.sampled_from(("noisy", "change-stale"))), expires_at=lasts,
        )  # fmt: skip
        arrivals.append((notice, heals))
    return Reader(calendar=calendar, wish=wish, budget=draw(st.integers(0, 3))), arrivals


def lived(
    reader: Reader, arrivals: list[tuple[Notice, datetime | None]], step: timedelta, days: int = 24
) -> list[tuple[datetime, Plan]]:
    """What becomes of it all, looked at every so often."""
    now, over, moments = MONDAY, set[str](), []
    spent, digested = Counter[str](), ""
    while now < MONDAY + timedelta(days=days):
        waits = [
            Pending(notice, "healed" if heals and heals <= now else "")
            for notice, heals in arrivals
            if notice.made_at <= now and notice.id not in over
        ]
        day = reader.calendar.local_day(now).isoformat()
        made = plan(now, waits, replace(reader, spent=spent[day], digested=digested))
        assert made.day == day
        spent[day] += sum(not is_exempt(group) for group in made.messages)
        digested = day if made.digest else digested
        settled = [one for ids in made.settled.values() for one in ids]
        told = [one.id for group in (*made.messages, made.digest) for one in group]
        assert not over & {*settled, *told}, "told or settled twice"
        assert len(settled) + len(told) == len({*settled, *told})
        over |= {*settled, *told}
        moments.append((now, made))
        now += step
    return moments


@given(weeks())
@settings(max_examples=40, deadline=None)
def test_whatever_arrives_the_reader_is_spared(week: tuple[Reader, list[tuple[Notice, datetime | None]]]) -> None:
    """Budget, quiet hours, what healed, what lapsed, what is muted: over weeks in which clocks change."""
    reader, arrivals = week
    heals = {notice.id: at for notice, at in arrivals}
    charged = Counter[str]()
    digests = Counter[str]()
    for now, made in lived(reader, arrivals, timedelta(minutes=47)):
        for group in made.messages:
            assert len({one.subject for one in group}) == 1
            assert not is_quiet(now, reader)
            charged[made.day] += not is_exempt(group)
        assert len({group[0].subject for group in made.messages}) == len(made.messages)
        if made.digest:
            digests[made.day] += 1
            assert reader.calendar.is_working_day(reader.calendar.local_day(now))
            assert max(one.made_at for one in made.digest) <= (digest_moment(now, reader) or now)
        for one in (*(one for group in made.messages for one in group), *made.digest):
            assert (at := heals[one.id]) is None or at > now
            assert one.expires_at is None or one.expires_at > now
            assert one.topic not in reader.wish.muted
            assert one.made_at <= now
    assert max(charged.values(), default=0) <= reader.budget
    assert max(digests.values(), default=0) <= 1


@given(weeks(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_arrival_decides_nothing(
    week: tuple[Reader, list[tuple[Notice, datetime | None]]],
    random: st.random.Random,  # type: ignore[name-defined]
) -> None:
    """The same waits, shuffled, make the same plan."""
    reader, arrivals = week
    now = MONDAY + timedelta(days=9, hours=13)
    waits = [Pending(notice, "healed" if heals and heals <= now else "") for notice, heals in arrivals]
    shuffled = random.sample(waits, len(waits))
    one, other = plan(now, waits, reader), plan(now, shuffled, reader)
    assert (one.messages, one.digest) == (other.messages, other.digest)
    assert {key: sorted(ids) for key, ids in one.settled.items()} == {
        key: sorted(ids) for key, ids in other.settled.items()
    }


def test_all_that_stands_is_told_in_the_end() -> None:
    """Nothing is lost between quiet hours, budget and digest."""
    arrivals = [
        (news(number, MONDAY + timedelta(hours=3 * number), urgency=("now", "today", "digest")[number % 3]), None)
        for number in range(40)
    ]
    moments = lived(Reader(calendar=berlin(), budget=1), arrivals, timedelta(minutes=30))
    told = [one.id for _, made in moments for group in (*made.messages, made.digest) for one in group]
    assert sorted(told) == [notice.id for notice, _ in arrivals]


@pytest.mark.parametrize(
    ("now", "quiet", "by_wish"),
    [
        # Friday before clocks go back: 08:59 and 09:00 in Berlin are two hours east of Greenwich
        ("2026-10-23T06:59Z", True, False),
        ("2026-10-23T07:00Z", False, False),
        # Monday after: one hour
        ("2026-10-26T07:30Z", True, False),
        ("2026-10-26T08:00Z", False, False),
        # Sunday is off, own quiet hours or not
        ("2026-10-25T11:00Z", True, True),
        # a holiday
        ("2026-10-30T11:00Z", True, True),
        # in the evening of a working day own hours decide
        ("2026-10-27T17:00Z", True, False),
        ("2026-10-27T20:59Z", True, False),
        ("2026-10-27T21:00Z", True, True),
        # away
        ("2026-11-03T11:00Z", True, True),
    ],
)
def test_quiet_hours_are_those_of_the_wall_clock(now: str, quiet: bool, by_wish: bool) -> None:
    away = (datetime(2026, 11, 3, 8, tzinfo=UTC), datetime(2026, 11, 3, 13, tzinfo=UTC))
    calendar = berlin((away,), (date(2026, 10, 30),))
    moment = datetime.fromisoformat(now)
    assert is_quiet(moment, Reader(calendar=calendar)) is quiet
    assert is_quiet(moment, Reader(calendar=calendar, wish=Wish(quiet="22:00-07:00"))) is by_wish


def test_a_chosen_hour_of_the_digest_holds_in_quiet_hours_and_comes_once_when_clocks_go_back() -> None:
    calendar = WorkingCalendar("kim", hours="Mon-Sun 09:00-17:00", zone="Europe/Berlin")
    reader = Reader(calendar=calendar, wish=Wish(digest_at="02:30"))
    # 02:30 comes twice on that Sunday
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert digest_moment(second, reader) == first
    # and in spring, when it does not come at all, an hour later
    spring = datetime(2027, 3, 28, 12, tzinfo=UTC)
    assert digest_moment(spring, reader) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert digest_moment(spring, replace(reader, wish=Wish())) == datetime(2027, 3, 28, 7, tzinfo=UTC)


def test_what_is_news_after_the_digest_waits_for_the_next() -> None:
    reader = Reader(calendar=berlin())
    early, late = datetime(2026, 10, 20, 6, tzinfo=UTC), datetime(2026, 10, 20, 8, tzinfo=UTC)
    waits = [Pending(news(1, early, urgency="digest")), Pending(news(2, late, urgency="digest"))]
    made = plan(late + timedelta(hours=1), waits, reader)
    assert [one.id for one in made.digest] == ["n0001"]
    made = plan(late + timedelta(days=1), waits[1:], replace(reader, digested=made.day))
    assert [one.id for one in made.digest] == ["n0002"]


def test_a_critical_one_costs_nothing_and_waits_for_no_budget() -> None:
    at = datetime(2026, 10, 20, 9, tzinfo=UTC)
    waits = [Pending(news(1, at, urgency="now")), Pending(news(2, at, urgency="now", exempt=True))]
    made = plan(at, waits, Reader(calendar=berlin(), budget=0, digested="2026-10-20"))
    assert [[one.id for one in group] for group in made.messages] == [["n0002"]]


def test_news_of_one_subject_goes_together() -> None:
    at = datetime(2026, 10, 20, 9, tzinfo=UTC)
    waits = [
        Pending(news(1, at - timedelta(minutes=16), subject="x")),
        Pending(news(2, at - timedelta(minutes=1), subject="x")),
        Pending(news(3, at - timedelta(minutes=1), subject="x", urgency="digest")),
        # not yet: what heals within a quarter of an hour is nobody's business
        Pending(news(4, at - timedelta(minutes=14))),
    ]
    made = plan(at, waits, Reader(calendar=berlin(), digested="2026-10-20"))
    assert [[one.id for one in group] for group in made.messages] == [["n0001", "n0002", "n0003"]]


def test_whom_no_channel_reaches_finds_it_on_the_page() -> None:
    at = datetime(2026, 10, 18, 3, tzinfo=UTC)
    made = plan(at, [Pending(news(1, at))], Reader(calendar=berlin(), reached=False))
    assert made.settled == {("page", ""): ["n0001"]}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"digest_at": "25:00"}, "no hour"),
        ({"quiet": "22:00"}, "no hour"),
        ({"quiet": "07:00-07:00"}, "no length"),
        ({"budget": 51}, "51"),
        ({"budget": -1}, "-1"),
        ({"deputy": "noor"}, "nobody"),
        ({"channels": ["pigeon"]}, "pigeon"),
        ({"collour": "red"}, "collour"),
        ({"where": "severty = 'high' and level > 'x'"}, "no column `severty`.*level"),
        ({"where": "severity = "}, "no such filter"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(said: dict[str, object], words: str) -> None:
    with pytest.raises(Skip, match=words):
        read_wish(said)


@pytest.mark.parametrize(
    ("where", "left_out"),
    [
        ("severity = 'critical'", True),
        ("severity in ('high', 'critical')", False),
        ("rank(severity) >= rank('high') and rule like 'change-*'", False),
        ("not (team = 'team:pay')", True),
        ("level > 1", False),
        ("time_since(at) > 1h", True),
    ],
)
def test_a_reader_hears_of_what_their_filter_holds_of_or_cannot_tell(where: str, left_out: bool) -> None:
    said = {"severity": "high", "rule": "change-stale", "team": "team:pay", "title": "x"}
    told, now = news(1, MONDAY.replace(hour=9), urgency="now", said=said), MONDAY.replace(hour=9, minute=5)
    made = plan(now, [Pending(told)], Reader(calendar=berlin(), wish=read_wish({"where": where})))
    assert [*made.settled] == ([("muted", "by a filter of its reader")] if left_out else [])
    assert len(made.messages) == (not left_out)
    # what their word is asked for is never left out
    asked = news(2, MONDAY.replace(hour=9), urgency="now", topic="approval", said=said)
    made = plan(now, [Pending(told), Pending(asked)], Reader(calendar=berlin(), wish=Wish(where=where), budget=1))
    assert made.messages[0] == (asked,)


def test_a_wish_keeps_what_was_said_and_no_more() -> None:
    assert plain(Wish()) == {}
    said = {"channels": [], "quiet": "18:30-08:00", "budget": 0, "muted": ["change-stale"], "deputy": "person:noor"}
    assert plain(read_wish(said)) == said
