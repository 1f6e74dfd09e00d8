"""The payload cursor: odd bytes, wrong types, and what is said against what is not."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from fairlead.connectors.kit.payload import decode, document, documents
from fairlead.model.errors import Unreadable
from fairlead.model.times import parse_time


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":"x\\ud800y"}', "x\ufffdy"),
        (b'{"a":"x\\u0000y"}', "x\ufffdy"),
        (b'{"a":"\xff"}', "\ufffd"),
        (b'\xef\xbb\xbf{"a":"bom"}', "bom"),
        (b'{"a":1,"a":"last"}', "last"),
        ('{"a":"שלום 👩‍👩‍👧"}'.encode(), "שלום 👩‍👩‍👧"),
        (b'{"a":"\\ud83d\\ude00"}', "😀"),
    ],
)
def test_odd_text_is_repaired(body: bytes, value: str) -> None:
    assert document(body).text("a") == value


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b"<html>", b"[" * 100_000, b'{"a": NaN}', b"\x1f\x8b\x08\x00"])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(body)


def test_missing_null_and_said_are_three_things() -> None:
    doc = document(b'{"null": null, "text": "x", "flag": false, "number": 1.5, "whole": 3.0}')
    assert doc.text("absent") is UNSET
    assert doc.text("null") is None
    assert doc.time("null") is None
    assert (doc.text("text"), doc.flag("flag"), doc.number("number"), doc.whole("whole")) == ("x", False, 1.5, 3)
    assert doc.child("null") is None
    assert list(doc.children("absent")) == []


@pytest.mark.parametrize(
    ("method", "value", "words"),
    [
        ("whole", '"7"', "a.b[1].c: expected a whole number, got text"),
        ("whole", "true", "a.b[1].c: expected a whole number, got true or false"),
        ("whole", "9223372036854775808", "a.b[1].c: is longer than 64 bits"),
        ("text", "{}", "a.b[1].c: expected text, got an object"),
        ("time", '"soon"', "a.b[1].c: expected a time, got text"),
        ("time", '"0999-01-01T00:00:00Z"', "a.b[1].c: expected a time, got text"),
        ("need_text", "null", "a.b[1].c: expected text, got null"),
        ("need_time", '""', "a.b[1].c: expected a time, got an empty value"),
        ("child", "[]", "a.b[1].c: expected an object, got a list"),
        ("children", '"x"', "a.b[1].c: expected a list, got text"),
        ("children", "[1]", "a.b[1].c[0]: expected an object, got a whole number"),
        ("texts", "[1]", "a.b[1].c: expected a list of texts, got a list"),
    ],
)
def test_a_wrong_type_is_told_with_its_path(method: str, value: str, words: str) -> None:
    doc = list(document(f'{{"a": {{"b": [{{}}, {{"c": {value}}}]}}}}'.encode()).need("a").children("b"))[1]
    with pytest.raises(Unreadable) as told:
        found = getattr(doc, method)("c")
        list(found)
    assert told.value.message == words


def test_a_list_of_people_keeps_those_whose_account_is_there() -> None:
    doc = document(b'{"people": [null, {"login": "mira"}], "names": [null, "mira"], "none": [null]}')
    assert [(person.path, person.text("login")) for person in doc.children("people")] == [("people[1]", "mira")]
    assert doc.texts("names") == ["mira"]
    assert list(doc.children("none")) == []


def test_times_of_all_kinds() -> None:
    doc = document(
        b'{"iso": "2026-09-07T10:00:00+02:00", "bare": "2026-09-07T08:00:00", "s": 1788768000, "ms": 1788768000000}'
    )
    assert {doc.time(key) for key in ("iso", "bare", "s", "ms")} == {datetime(2026, 9, 7, 8, 0, tzinfo=UTC)}


def test_a_time_that_no_calendar_has_in_utc_is_refused() -> None:
    """Some tools write the end of the year 9999 for "never", in any zone."""
    doc = document(b'{"at": "9999-12-31T23:59:59-14:00"}')
    with pytest.raises(Unreadable, match="expected a time"):
        doc.time("at")
    with pytest.raises(ValueError, match="not a time"):
        parse_time("9999-12-31T23:59:59-14:00")


def test_the_outermost_shape() -> None:
    with pytest.raises(Unreadable, match="expected an object, got a list"):
        document(b"[]")
    with pytest.raises(Unreadable, match="expected a list, got null"):
        documents(b"null")
    assert [doc.path for doc in documents(b"[{},{}]")] == ["[0]", "[1]"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        value = decode(body)
    except Unreadable:
        return
    assert "\\u0000" not in msgspec.json.encode(value).decode()
