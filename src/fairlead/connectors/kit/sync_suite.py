"""The suite for connectors that call out, on a fake of the tool: needs pytest and Hypothesis.

class TestSync(SyncSuite):
    connector = CONNECTOR

    def world(self, dice: random.Random) -> World: ...  # a random history on the fake
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.connectors.kit.connector import Connector, Delivery, Options, Page, Progress, SyncRequest, Syncs
from fairlead.connectors.kit.fake.call import Desk
from fairlead.connectors.kit.fake.faults import FaultKind, Faults
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.connectors.kit.golden import merged
from fairlead.model.errors import Fault
from fairlead.model.patch import Patch

_HISTORIES = 12
_PASSING: tuple[FaultKind, ...] = ("502", "html", "empty", "cut", "drop", "repeat")
_HOUR = timedelta(hours=1)
_LASTING: tuple[tuple[FaultKind, int], ...] = (("403", 1), ("403", 4), ("403", 9), ("html", 3), ("502", 6))
Records = dict[tuple[str, str], dict[str, Any]]


class FaultyDesk(Desk, Protocol):
    """A fake server with faults on demand and a clock that a test turns."""

    faults: Faults

    def turn(self, clock: Callable[[], datetime]) -> None:
        """Goes by another clock."""
        ...


@dataclass
class World:
    """A history on a fake, and both ways of hearing of it."""

    desk: FaultyDesk
    deliveries: Sequence[Delivery]
    """All webhooks that the tool sent."""
    now: datetime
    """A moment after the history's end."""
    options: Options
    credentials: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)
    refusable: str = ""
    """Pattern of a path without which the rest can still be read."""
    cursor: str = ""
    """Pattern of a path and query (or posted body) that goes on in a list by a cursor which may expire."""
    happens: Callable[[datetime], object] | None = None
    """Something more that happens at the tool; `None` where only time does."""


@dataclass
class Reader:
    """Runs syncs against a world, as a scheduler would: with the state that was saved."""

    connector: Connector
    world: World
    state: Mapping[str, Any] = field(default_factory=dict)
    said: list[Progress] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    ahead: timedelta = timedelta(0)
    """How far our own clock is before that of the tool."""
    until: datetime | None = None
    """When a fault that lasts is over; `over` is called then."""
    over: Callable[[], None] = lambda: None
    read: list[Page] = field(default_factory=list)
    """All pages of all runs, also of those that ended in a fault."""

    def __post_init__(self) -> None:
        self.now = self.world.now
        self.world.desk.turn(lambda: self.now)

    def request(self, **more: Any) -> SyncRequest:
        """What a sync is asked for; settings come on top of those of the world."""
        settings = {**self.world.settings, **more.pop("settings", {})}
        asked: dict[str, Any] = {"credentials": self.world.credentials, "since": None, **more}
        return SyncRequest(
            options=self.world.options,
            settings=settings,
            state=self.state,
            now=self.now + self.ahead,
            client=httpx.Client(transport=FakeTransport(self.world.desk)),
            report=self.said.append,
            sleep=self._sleep,
            **asked,
        )

    def pages(self, most: int = 1 << 30, **more: Any) -> list[Page]:
        """The pages of a run; `most` kills it after so many."""
        assert isinstance(self.connector, Syncs)
        found: list[Page] = []
        for page in self.connector.sync(self.request(**more)):
            found.append(page)
            self.read.append(page)
            self.state = page.state
            if len(found) == most:
                break
        return found

    def records(self, pages: Iterable[Page]) -> Records:
        """What pages say in the end."""
        return said(self.connector, self.world.options, (_delivery(page) for page in pages))

    @property
    def left_out(self) -> list[str]:
        """What was told to be missing."""
        return [progress.left_out for progress in self.said if progress.left_out]

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        if self.until and self.now >= self.until:
            self.over()


class SyncSuite:
    """What must hold of each sync."""

    connector: ClassVar[Connector]

    def world(self, dice: random.Random) -> World:
        """A random history on the fake."""
        raise NotImplementedError

    def live_only(self, key: tuple[str, str]) -> bool:  # noqa: ARG002 - for tools whose API forgets
        """Whether the API has no way to tell of a record that webhooks told of."""
        return False

    def synced_only(self, key: tuple[str, str]) -> bool:  # noqa: ARG002 - for tools whose webhooks are narrow
        """Whether no webhook tells of a record that the API tells of."""
        return False

    def one_way(self, table: str, name: str) -> bool:  # noqa: ARG002 - for tools whose ways each know more
        """Whether webhook and API do not tell the same of a field, by the tool's own documentation."""
        return False

    @settings(max_examples=_HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 1 << 30))
    def test_webhooks_and_sync_agree(self, seed: int) -> None:
        world = self.world(random.Random(seed))  # noqa: S311 - histories must be the same in each run
        reader = Reader(self.connector, world)
        live = said(self.connector, world.options, world.deliveries)
        synced = reader.records(reader.pages())
        assert not reader.left_out
        assert not [key for key in synced if key not in live and not self.synced_only(key)]
        live = {key: values for key, values in live.items() if key in synced or not self.live_only(key)}
        assert not [key for key in live if key not in synced]
        for key, values in live.items():
            # A sync may know more, like the address of a user whom webhooks only name; never something else.
            told = {name: value for name, value in values.items() if not self.one_way(key[0], name)}
            assert told == {name: synced[key].get(name) for name in told}, key

    def test_a_killed_sync_goes_on(self) -> None:
        world = self._fixed()
        whole = Reader(self.connector, world)
        wanted = whole.records(whole.pages())
        count = len(whole.said)
        # every fifth page: kills between two lists and amidst one are both among them
        for most in range(1, 40, 5):
            reader = Reader(self.connector, world)
            pages = reader.pages(most)
            pages += reader.pages()
            assert reader.records(pages) == wanted, f"killed after page {most}"
        assert count

    def test_the_next_run_reads_little_and_says_the_same(self) -> None:
        world = self._fixed()
        reader = Reader(self.connector, world)
        first = reader.pages()
        wanted = reader.records(first)
        # long enough for every overlap that a connector reads twice to be behind it
        reader.now += timedelta(minutes=30)
        again = reader.pages()
        known = {page.delivery for page in first}
        assert len([page for page in again if page.delivery not in known]) <= max(3, len(first) // 4)
        assert reader.records([*first, *again]) == wanted

    @pytest.mark.parametrize("kind", _PASSING)
    def test_what_passes_by_itself_leaves_nothing_out(self, kind: FaultKind) -> None:
        world = self._fixed()
        wanted = self._wanted(world)
        for after in (0, 2, 5):
            reader = Reader(self.connector, world)
            world.desk.faults.waiting.clear()
            # twice in a row, so that one try more is not enough
            world.desk.faults.add(kind, times=2, after=after)
            assert reader.records(reader.pages()) == wanted
            assert not reader.left_out
        world.desk.faults.waiting.clear()

    @pytest.mark.parametrize("first", [0, 3])
    def test_an_hour_of_refusals_for_too_many_requests_is_waited_for(self, first: int) -> None:
        world = self._fixed()
        wanted = self._wanted(world)
        reader = Reader(self.connector, world)
        # without a word about when to come back
        fault = world.desk.faults.add("429", times=-1, after=first)
        reader.until, reader.over = reader.now + _HOUR, lambda: setattr(fault, "times", 0)
        assert reader.records(reader.pages()) == wanted
        assert not reader.left_out
        assert sum(reader.slept) >= _HOUR.total_seconds()
        assert [progress for progress in reader.said if progress.waiting_until]
        # a minute each: an hour of questions by the second is what a limit is there against
        assert fault.hits < 100

    def test_a_limit_without_an_end_is_told_and_the_next_run_goes_on(self) -> None:
        world = self._fixed()
        wanted = self._wanted(world)
        reader = Reader(self.connector, world)
        fault = world.desk.faults.add("429", times=-1, after=4)
        with pytest.raises(Fault, match="limited"):
            reader.pages()
        fault.times = 0
        reader.pages()
        assert reader.records(reader.read) == wanted

    def test_an_expired_cursor_costs_no_record(self) -> None:
        world = self._fixed()
        # a tool that goes by places and times has nothing that expires
        if not world.cursor:
            return
        wanted = self._wanted(world)
        for after in (0, 1):
            reader = Reader(self.connector, world)
            expired = world.desk.faults.add("expired-cursor", world.cursor, after=after)
            reader.pages()
            assert expired.hits > after, "no list of this history is long enough for a cursor"
            if reader.left_out:
                reader.pages()
            assert reader.records(reader.read) == wanted

    @pytest.mark.parametrize(("kind", "after"), _LASTING)
    def test_what_breaks_half_way_is_told_and_nothing_counts_as_deleted_or_is_lost(
        self, kind: FaultKind, after: int
    ) -> None:
        world = self._fixed()
        calm = Reader(self.connector, world)
        wanted = calm.pages(full=True)
        reader = Reader(self.connector, world)
        lasting = world.desk.faults.add(kind, times=-1, after=after)
        # a run may give up or go on with the rest, as long as it says what is missing
        try:
            reader.pages(full=True)
            told = bool(reader.left_out)
        except Fault as fault:
            told = bool(fault.message)
        assert told
        assert set(self._swept(reader.read).items()) <= set(self._swept(wanted).items())
        lasting.times = 0
        # an optional list may be gone for good without a word, which is what optional means
        reader.pages(full=True)
        assert reader.records(reader.read) == calm.records(wanted)

    def test_a_page_that_comes_twice_buries_nothing(self) -> None:
        world = self._fixed()
        calm = Reader(self.connector, world)
        wanted = self._swept(calm.pages(full=True))
        for after in (1, 4, 9):
            reader = Reader(self.connector, world)
            world.desk.faults.waiting.clear()
            world.desk.faults.add("repeat", times=1, after=after)
            # what a list cannot prove it does not say
            assert set(self._swept(reader.pages(full=True)).items()) <= set(wanted.items())
        world.desk.faults.waiting.clear()

    @pytest.mark.parametrize("ahead", [-_HOUR, _HOUR])
    def test_clocks_an_hour_apart_hide_nothing(self, ahead: timedelta) -> None:
        world = self._fixed()
        reader = Reader(self.connector, world, ahead=ahead)
        reader.pages()
        reader.now += timedelta(minutes=30)
        if world.happens:
            world.happens(reader.now - timedelta(minutes=10))
        reader.pages()
        # by now the tool's present is past by either clock
        reader.now += 2 * _HOUR
        reader.pages()
        calm = Reader(self.connector, world)
        calm.now = reader.now
        wanted = calm.records(calm.pages())
        found = reader.records(reader.read)
        # parts may have seen more than the whole, like a state that was there for a while
        assert {key: found.get(key) for key in wanted} == wanted

    def _swept(self, pages: Iterable[Page]) -> dict[tuple[str, str], frozenset[str]]:
        read = (self.connector.read(_delivery(page), Options("suite")) for page in pages if page.kind == "api:ids")
        return {(sweep.table, sweep.scope): sweep.ids for reading in read for sweep in reading.sweeps}

    def test_what_is_refused_is_told_and_the_rest_is_read(self) -> None:
        world = self._fixed()
        # a tool that refuses all or nothing is tried with wrong credentials
        if not world.refusable:
            return
        reader = Reader(self.connector, world)
        world.desk.faults.add("403", world.refusable, times=-1)
        assert reader.records(reader.pages())
        assert reader.left_out

    def test_wrong_credentials_end_it_with_a_word(self) -> None:
        world = self._fixed()
        reader = Reader(self.connector, world)
        with pytest.raises(Fault):
            reader.pages(credentials=dict.fromkeys(world.credentials, "wrong"))

    def test_doctor_has_nothing_to_say_against_it(self) -> None:
        world = self._fixed()
        reader = Reader(self.connector, world)
        assert isinstance(self.connector, Syncs)
        findings = list(self.connector.check(reader.request()))
        assert findings
        assert not [one for one in findings if one.ok is False]
        wrong = reader.request(credentials=dict.fromkeys(world.credentials, "wrong"))
        assert [one for one in self.connector.check(wrong) if one.ok is False]

    def _fixed(self) -> World:
        return self.world(random.Random(4711))  # noqa: S311

    def _wanted(self, world: World) -> Records:
        calm = Reader(self.connector, world)
        return calm.records(calm.pages())


def said(connector: Connector, options: Options, deliveries: Iterable[Delivery]) -> Records:
    """Records with the fields that hold something: `null` and unsaid are the same to whoever reads them."""
    return held(patch for delivery in deliveries for patch in connector.read(delivery, options).patches)


def held(patches: Iterable[Patch]) -> Records:
    """What a store would hold after these patches, in the form of `said`."""
    return {
        key: {name: value for name, value in each.values.items() if value is not None and value != ()}
        for key, each in merged(patches).items()
    }


def _delivery(page: Page) -> Delivery:
    return Delivery(page.kind, page.headers, page.body, page.delivery)
