"""The suite that every connector passes; needs pytest and Hypothesis. A connector's own test file is a dozen lines:

class TestGitHub(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="github")
    folder = Path(__file__).parent

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()}
"""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.connectors.kit.golden import Sample, compare, merged, samples
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.patch import Patch
from fairlead.model.schema import columns

_NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_SHUFFLES = 25
_HOSTILE = 150
_WRONG: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, -(2**70), 1.5, 1e308, "", "\0", "x\ud800y", "\u202eabc", "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "12345678901234567890", "☃" * 3000, [], {}, [[]], [{}],
    [None], {"": ""}, {"login": 7}, ["x"],
)  # fmt: skip
_BROKEN = (
    b"", b"null", b"[]", b"{}", b'"text"', b"7", b"{", b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"[" * 100_000,
    b'{"a":' * 50_000, b"NaN", b'{"action": NaN}', b"<html><title>502 Bad Gateway</title></html>",
)  # fmt: skip
# events of Python's audit hooks: they tell of every way to file, network and process, also through a library
_IO = ("open", "socket.", "subprocess.", "os.", "shutil.", "urllib.", "sqlite3.", "http.", "tempfile.", "time.sleep")


class ConnectorSuite:
    """What must hold of each connector, shown on its golden pairs."""

    connector: ClassVar[Connector]
    options: ClassVar[Options]
    folder: ClassVar[Path]
    """Holds `raw/` and `records/`."""

    def signed(self, body: bytes, secret: str) -> dict[str, str] | None:
        """The headers of a good signature; `None` for a connector that takes no webhooks."""
        raise NotImplementedError

    def test_it_is_a_connector(self) -> None:
        assert isinstance(self.connector, Connector)
        assert self.connector.records <= set(self._tables())
        assert samples(self.folder), f"no payload in {self.folder / 'raw'}"

    def test_golden_pairs(self) -> None:
        for sample in samples(self.folder):
            found, wanted = compare(self.connector, self.options, self.folder, sample)
            assert wanted is not None, (
                f"no records/{sample.name}.json: run with FAIRLEAD_UPDATE_GOLDEN=1 and look at it"
            )
            assert found == wanted, sample.name

    def test_only_declared_tables_and_allowed_words(self) -> None:
        for sample in samples(self.folder):
            reading = self._read(sample)
            for patch in reading.patches:
                assert patch.table in self.connector.records, f"{sample.name}: undeclared `{patch.table}`"
                _check_words(patch)
            assert all(sweep.table in self.connector.records for sweep in reading.sweeps)
            assert bool(reading.nothing) is not bool(
                reading.patches or reading.events or reading.renames or reading.sweeps
            ), f"{sample.name}: either records or a reason why there are none"

    def test_order_changes_nothing_and_twice_is_once(self) -> None:
        readings = [list(self._read(sample).patches) for sample in samples(self.folder)]
        wanted = merged(patch for patches in readings for patch in patches)
        dice = random.Random(4711)  # noqa: S311 - the shuffles must be the same in each run
        for _ in range(_SHUFFLES):
            # whole readings are shuffled: within a payload all is said at one moment
            dealt = readings + dice.choices(readings, k=len(readings) // 2)
            dice.shuffle(dealt)
            found = merged(patch for patches in dealt for patch in patches)
            assert {key: each.values for key, each in found.items()} == {
                key: each.values for key, each in wanted.items()
            }

    def test_reading_is_pure(self) -> None:
        everything = samples(self.folder)
        before = [self._read(sample) for sample in everything]
        # read before, so that what is loaded late has been loaded
        with _no_io() as tried:
            again = [self._read(sample) for sample in everything]
        assert not tried, f"read touched the outside: {tried}"
        assert [each.patches for each in before] == [each.patches for each in again]
        assert [each.events for each in before] == [each.events for each in again]

    def test_signatures(self) -> None:
        body = samples(self.folder)[0].body
        headers = self.signed(body, "new secret")
        if headers is None:
            with pytest.raises(Refused):
                self.connector.verify({}, body, ["new secret"], _NOW)
            return
        assert self.connector.verify(headers, body, ["old", "new secret"], _NOW) in ("verified", "token")
        trust = self.connector.verify(headers, body, ["new secret"], _NOW)
        # What a stranger would try, and what a slip in a comparison would let through: no secrets, an empty one, a
        # cut one.
        refused: list[tuple[dict[str, str], bytes, list[str]]] = [
            (headers, body, ["another"]), (headers, body, []), (headers, body, [""]), ({}, body, ["new secret"]),
            ({name: value[:-1] for name, value in headers.items()}, body, ["new secret"]),
            (dict.fromkeys(headers, "☃"), body, ["new secret"]),
        ]  # fmt: skip
        # a shared word proves who sends, not what: only a signature covers the body
        if trust == "verified":
            refused.append((headers, body + b" ", ["new secret"]))
        for given_headers, given_body, secrets in refused:
            with pytest.raises(Refused):
                self.connector.verify(given_headers, given_body, secrets, _NOW)

    def test_a_signature_header_twice_empty_or_huge(self) -> None:
        body = samples(self.folder)[0].body
        right, wrong = self.signed(body, "new secret"), self.signed(body, "another")
        if right is None or wrong is None:
            return
        # Where a header may hold several claims, one that fits is enough, and where it may not, two are none. In
        # either order, or whoever stands in between would look at another one than we do.
        assert self._lets_in(_joined(right, wrong), body) is self._lets_in(_joined(wrong, right), body)
        assert not self._lets_in(_joined(wrong, wrong), body)
        for name, value in right.items():
            for odd in ("", " ", ",", ", ".join([wrong[name]] * 2000), "x" * 1_000_000, value * 50_000):
                assert not self._lets_in({**right, name: odd}, body), f"{name}: {odd[:40]}"

    def _lets_in(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            self.connector.verify(headers, body, ["new secret"], _NOW)
        except Refused as fault:
            assert fault.message
            return False
        return True

    def test_envelope_takes_anything(self) -> None:
        for body in (*_BROKEN, *(sample.body for sample in samples(self.folder))):
            kind, delivery = self.connector.envelope({}, body)
            assert kind
            assert delivery
            assert self.connector.envelope({}, body) == (kind, delivery)

    @pytest.mark.parametrize("body", _BROKEN, ids=range(len(_BROKEN)))
    def test_broken_bodies(self, body: bytes) -> None:
        for sample in samples(self.folder):
            self._survives(Delivery(sample.kind, sample.headers, body))

    def test_truncated_bodies(self) -> None:
        dice = random.Random(815)  # noqa: S311
        for sample in samples(self.folder):
            for _ in range(5):
                cut = dice.randrange(len(sample.body))
                self._survives(Delivery(sample.kind, sample.headers, sample.body[:cut]))

    @settings(max_examples=_HOSTILE, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_wrong_types_anywhere(self, data: st.DataObject) -> None:
        everything = [sample for sample in samples(self.folder) if _is_json(sample.body)]
        if not everything:
            return
        sample = data.draw(st.sampled_from(everything), label="sample")
        body = msgspec.json.decode(sample.body)
        places = list(_places(body))
        for _ in range(data.draw(st.integers(1, 3))):
            body = _replaced(body, data.draw(st.sampled_from(places)), data.draw(st.sampled_from(_WRONG)))
        encoded = _encoded(body)
        self._survives(Delivery(sample.kind, sample.headers, encoded))

    def test_every_field_wrong_once(self) -> None:
        """Each place of each payload in turn; the values take turns as well."""
        turn = 0
        for sample in samples(self.folder):
            # files of other formats have no places to replace; they are cut and broken like all
            if not _is_json(sample.body):
                continue
            body = msgspec.json.decode(sample.body)
            for place in _places(body):
                turn += 1
                encoded = _encoded(_replaced(body, place, _WRONG[turn % len(_WRONG)]))
                self._survives(Delivery(sample.kind, sample.headers, encoded))

    def _read(self, sample: Sample) -> Reading:
        return self.connector.read(sample.delivery(), self.options)

    def _survives(self, delivery: Delivery) -> None:
        """A reading that can be stored, or `Unreadable`; never another exception."""
        try:
            reading = self.connector.read(delivery, self.options)
        except Unreadable:
            return
        for patch in reading.patches:
            assert patch.version()
            _check_words(patch)
            text = msgspec.json.encode(patch.said()).decode()
            # PostgreSQL refuses a NUL in text, and functions of SQLite stop at it
            assert "\\u0000" not in text

    @staticmethod
    def _tables() -> tuple[str, ...]:
        from fairlead.model.schema import TABLES

        return tuple(TABLES)


def _joined(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """Headers as HTTP joins them; those that are the same, like an id that is signed as well, came once."""
    return {name: value if value == other[name] else f"{value}, {other[name]}" for name, value in one.items()}


def _check_words(patch: Patch) -> None:
    assert patch.at.tzinfo is not None
    assert 0 <= patch.rank <= 99
    said = patch.said()
    for column in columns(patch.table):
        value = said.get(column.name)
        assert not column.words or value is None or value in column.words, f"{patch.table}.{column.name} = {value!r}"


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError:
        return False
    return True


def _encoded(body: Any) -> bytes:
    import json

    return json.dumps(body).encode("utf-8", "surrogatepass")


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _places(entry, (*path, key))
    elif isinstance(value, list):
        # lists repeat themselves: three entries show what a hundred would
        for position, entry in enumerate(value[:3]):
            yield from _places(entry, (*path, position))


def _replaced(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    """A copy with another value at a place; a place that an earlier replacement took away changes nothing."""
    if not path:
        return copy.deepcopy(wrong)
    whole = copy.copy(value)
    try:
        whole[path[0]] = _replaced(value[path[0]], path[1:], wrong)
    except (KeyError, IndexError, TypeError):
        return value
    return whole


_watching: list[list[str]] = []
_hooked: list[bool] = []


@contextmanager
def _no_io() -> Iterator[list[str]]:
    """Notes every attempt to reach file, network or process. An audit hook stays for ever, so it is set once."""
    tried: list[str] = []
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_note)
    _watching.append(tried)
    try:
        yield tried
    finally:
        _watching.remove(tried)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event.startswith(_IO):
        for tried in _watching:
            tried.append(f"{event} {str(arguments)[:80]}")
