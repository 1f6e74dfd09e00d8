"""The suite on a tool of the tests' own, whose mapping file is the example of the documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.connectors.generic.connector import CONNECTOR
from fairlead.connectors.generic.examples import failures, shown, tried
from fairlead.connectors.generic.files import load_mapping
from fairlead.connectors.generic.mapping import check, compiled
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.model.errors import ConfigFaults, Unreadable

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MAPPING = load_mapping(HERE / "spinnaker.yaml")


class TestGeneric(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="spinnaker", values={"mapping": MAPPING})
    folder = HERE

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        stamp = str(int(NOW.timestamp()))
        made = hmac.new(secret.encode(), f"msg_7.{stamp}.".encode() + body, hashlib.sha256).digest()
        signature = "v1," + base64.b64encode(made).decode()
        return {"webhook-id": "msg_7", "webhook-timestamp": stamp, "webhook-signature": signature}


def one(body: Any, **fields: Any) -> list[dict[str, Any]]:
    """What a mapping of one deployment with these fields makes of a body."""
    mapping = {"name": "it", "record": "deployments", "id": "n", "version": "t", "fields": fields}
    return shown(tried({"mappings": [mapping]}, "src", {}, msgspec.json.encode({"n": 1, "t": 1773050640, **body})))


def test_its_own_examples_hold_and_a_wrong_one_is_told() -> None:
    assert list(failures(MAPPING, "spinnaker")) == []
    wrong = {**MAPPING, "examples": [{**MAPPING["examples"][0], "expect": [{"record": "deployments"}]}]}
    assert [words.split(":")[0] for _, words in failures(wrong, "spinnaker")] == ["expected 1 records, got 2"]
    told = list(failures(MAPPING, "other"))
    assert {index for index, _ in told} == {0}
    assert told[0][1].startswith("other:deploy/17/PROD-EU: `id` is")


def test_the_same_message_is_one_delivery_however_often_it_is_sent() -> None:
    first = CONNECTOR.envelope({"webhook-id": "msg_1"}, b"{}")
    assert first == CONNECTOR.envelope({"webhook-id": "msg_1"}, b"{ }")
    assert len({first, CONNECTOR.envelope({"webhook-id": "msg_2"}, b"{}"), CONNECTOR.envelope({}, b"{}")}) == 3


def test_what_a_payload_does_not_say_stays_as_it_is() -> None:
    (made,) = one({"a": None}, sha="a", ref="b", version={"path": "b", "default": "none"})
    assert {"sha", "ref"} & made.keys() == set()
    assert made["version"] == "none"
    assert one({}, sha={"template": "{source}-{b}"})[0].keys() == {"record", "id", "source"}


@pytest.mark.parametrize(
    ("said", "value", "made"),
    [
        ({"path": "x", "as": "number"}, "12.50", "12.5"),
        ({"path": "x", "as": ["last", "upper"]}, "refs/heads/main", "MAIN"),
        ({"path": "x", "map": {"1": "one", "true": "yes"}}, 1, "one"),
        ({"path": "x", "map": {"1": "one", "true": "yes"}}, True, "yes"),
        ({"path": "x", "map": {"*": None}}, "any", None),
        ({"template": "{source}:{x}/{n}"}, 2.0, "src:2/1"),
        ({"value": 7}, None, "7"),
    ],
)
def test_conversions(said: dict[str, Any], value: Any, made: Any) -> None:
    assert one({"x": value}, version=said)[0]["version"] == made


@pytest.mark.parametrize(
    ("fields", "body", "place"),
    [
        ({"started_at": "x"}, {"x": "soon"}, "x"),
        ({"state": "x"}, {"x": "halfway"}, "x: `halfway` is none of queued, running, finished"),
        ({"sha": "x"}, {"x": {"a": 1}}, "x: expected text or a number, got an object"),
        ({"result": {"path": "x", "map": {"ok": "success"}}}, {"x": "odd"}, "x: `odd` stands not in the `map`"),
        ({"sha": "length(x)"}, {"x": 7}, "length(x)"),
        ({}, {"n": None}, "n: `it` makes no id of it"),
        ({}, {"t": None}, "t: expected a time"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(fields: Any, body: Any, place: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(place)):
        one(body, **fields)


def test_a_payload_that_none_fits_says_so() -> None:
    reading = CONNECTOR.read(Delivery("generic:hook", {}, b'{"event": "other"}'), TestGeneric.options)
    assert reading.nothing == "no mapping fits"


FAULTY = """\
mappings:
  - name: deploy
    wen: []
    record: deploymnts
    id: "{source}:{a"
    version: a..b
    fields: {}
  - record: deployments
    id: a
    version: t
    when:
      - {path: a, equals: 1, matches: x}
      - path: b
        matches: "("
    fields:
      enviroment: x
      sha: {path: x, as: loewr}
      state: {path: x, map: {done: fnished}}
      source: x
      ref: {path: x, template: y}
examples:
  - body: {}
    expect:
      - {record: deployments, shaa: 1}
"""


def test_all_faults_of_a_file_come_with_their_places_and_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "deploys.yaml"
    path.write_text(FAULTY)
    with pytest.raises(ConfigFaults) as caught:
        load_mapping(path)
    told = [(fault.line, fault.column, fault.message) for fault in caught.value.faults]
    assert [(line, column) for line, column, _ in told] == [
        (3, 5), (4, 5), (5, 5), (6, 5), (12, 9), (14, 9), (16, 7), (17, 22), (18, 30), (19, 7), (20, 7), (24, 31),
    ]  # fmt: skip
    words = "\n".join(message for _, _, message in told)
    for meant in (
        "`when`",
        "`deployments`",
        "`environment`",
        "`lower`",
        "`sha`",
        "no regular expression",
        "JMESPath",
    ):
        assert meant in words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mappings: [", "1:"),
        ("[]", "expected a table"),
        ("mappings: []", "a list of what payloads become"),
        ("a: &a [*a]", "unknown key|nested too deeply|unfold"),
        ("\n".join(["l0: &l0 [x, x]", *(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}]" for n in range(1, 40))]), "unfold"),
        ("mappings: 1\nmappings: 2", "duplicate"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(ConfigFaults, match=said):
        load_mapping(tmp_path / "m.yaml")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["deployments", "incidents", "{source}", "a.b", "lower", "length(@)", "sum(a)", "{a", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["mappings", "examples", "when", "each", "record", "id", "version", "fields", "path", "header", "equals", "a",
         "matches", "exists", "as", "map", "template", "value", "default", "sha", "state", "rank", "expect", "body"]),
        inner, max_size=6), max_leaves=25)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(mapping=plain, listed=st.lists(plain, max_size=2))
def test_any_file_is_checked_and_never_fails(mapping: Any, listed: Any) -> None:
    check(mapping)
    check({"mappings": listed, "examples": listed})


@settings(max_examples=200, deadline=None)
@given(body=plain, fields=st.dictionaries(st.sampled_from(["sha", "production", "started_at", "state"]),
    st.sampled_from(["a", "sum(a)", "sort(a)", "ceil(a)", "a.b", "keys(@)", "to_number(a)"])), each=st.sampled_from(
    ["a", "@", "values(@)", "a[]"]))  # fmt: skip
def test_any_payload_is_read_or_unreadable(body: Any, fields: Any, each: str) -> None:
    mapping = {"record": "deployments", "id": "to_string(@)", "version": "a", "fields": fields, "each": each}
    assert compiled({"mappings": [mapping]})
    try:
        reading = tried({"mappings": [mapping]}, "src", {}, msgspec.json.encode(body))
    except Unreadable:
        return
    assert all(patch.version() for patch in reading.patches)


def test_the_example_of_the_documentation_holds(tmp_path: Path) -> None:
    text = (HERE.parents[2] / "docs" / "connectors" / "generic.md").read_text(encoding="utf-8")
    (tmp_path / "deploys.yaml").write_text(text.split("```yaml\n")[1].split("```")[0])
    mapping = load_mapping(tmp_path / "deploys.yaml")
    assert len(mapping["examples"]) == 2
    assert list(failures(mapping, "harbour")) == []
