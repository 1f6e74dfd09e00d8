"""Reports as runners and scanners write them, and as nobody should."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.connectors.kit.connector import Delivery, Options, Reading, SyncRequest
from fairlead.connectors.kit.golden import merged, samples
from fairlead.connectors.kit.ids import is_handed_over
from fairlead.connectors.kit.suite import ConnectorSuite
from fairlead.connectors.results.connector import CONNECTOR
from fairlead.connectors.results.files import given_files, read_reports
from fairlead.connectors.results.stated import Stated, queried, stated
from fairlead.model.errors import Unreadable
from fairlead.model.records import delivery

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
SHA = "c0ffee00" * 5
STATED = Stated("github:harbor-co/tides", SHA, seen_at=NOW)


class TestResults(ConnectorSuite):
    connector = CONNECTOR
    options = Options(source="results")
    folder = HERE

    def signed(self, body: bytes, secret: str) -> dict[str, str]:
        return {"authorization": f"Bearer {secret}"}


def _read(body: bytes | str, **values: Any) -> Reading:
    given = body.encode() if isinstance(body, str) else body
    return CONNECTOR.read(Delivery("results:file", STATED.headers(), given), Options("results", values))


def _cases(body: bytes | str) -> list[delivery.TestResult]:
    return [patch.record for patch in _read(body).patches if isinstance(patch.record, delivery.TestResult)]


def _coverage(body: bytes | str) -> tuple[Any, Any]:
    (patch,) = _read(body).patches
    assert isinstance(patch.record, delivery.Coverage)
    return patch.record.lines_covered, patch.record.lines_total


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1,234.567", 1234.567), ("0,25", 0.25), ("1,234,567.5", 1234567.5), ("12.5s", 12.5), ("0.", 0.0),
     ("1e-3", 0.001), ("1,234,567", 1234567.0)],
)  # fmt: skip
def test_seconds_in_every_spelling(text: str, seconds: float) -> None:
    (case,) = _cases(f'<testsuite name="a"><testcase name="b" time="{text}"/></testsuite>')
    assert case.duration_s == pytest.approx(seconds)


def test_a_flaky_case_keeps_its_failed_attempts_and_ends_as_passed() -> None:
    (sample,) = (one for one in samples(HERE) if one.name == "surefire")
    reading = CONNECTOR.read(sample.delivery(), Options("results"))
    found = [patch.record for patch in reading.patches if isinstance(patch.record, delivery.TestResult)]
    assert [one.result for one in found if one.name == "fetchesGauge"] == ["passed", "failed", "error"]
    assert [one.result for one in found if one.name == "neapTides"] == ["failed"]
    assert len({one.id for one in found}) == len(found)


def test_the_worst_ending_of_a_case_counts() -> None:
    body = '<testsuite name="a"><testcase name="b"><failure>one</failure><error>two</error></testcase></testsuite>'
    (case,) = _cases(body)
    assert (case.result, case.message) == ("error", "one\ntwo")


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">', '<!ENTITY a SYSTEM "file:///etc/passwd">',
     '<!ENTITY % a SYSTEM "http://example.test/a.dtd"> %a;'],
)  # fmt: skip
def test_entities_are_refused_where_they_are_declared(declared: str) -> None:
    body = f'<?xml version="1.0"?>\n<!DOCTYPE testsuite [{declared}]>\n<testsuite><testcase name="&a;"/></testsuite>'
    with pytest.raises(Unreadable, match="line 2: declares the entity `a`"):
        _read(body)


def test_a_foreign_dtd_is_not_fetched() -> None:
    body = '<!DOCTYPE coverage SYSTEM "file:///nowhere.dtd"><coverage lines-valid="4" lines-covered="3"/>'
    assert _coverage(body) == (3, 4)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<testsuite>" * 5000, "nested too deeply"),
        ("<testsuite><testcase name='a'></testsuite>", "mismatched tag"),
        ("<testsuite>\n<testcase name='a' time='soon'/></testsuite>", "line 2: <testcase>: `time`"),
        ("<testsuite><testcase/></testsuite>", "neither name nor class"),
        ("<report name='jacoco'/>", "no known format: <report>"),
        ("<coverage clover='4'><project/></coverage>", "Clover"),
        ("<coverage line-rate='0.5'/>", "a rate"),
        ("<coverage lines-valid='1' lines-covered='2'/>", "2 of 1"),
        ("<coverage lines-valid='1e9' lines-covered='2'/>", "a whole number"),
        ("SF:a.c\nDA:1,2\n", "does not end"),
        ("SF:a.c\nDA:one,2\nend_of_record\n", "line 2: expected 2 numbers"),
        ('{"version": "1.0", "runs": []}', "SARIF 2.1"),
        ('{"totals": {"covered_lines": 9, "num_statements": 8}}', "totals.covered_lines"),
        ("hello", "no known format"),
        ("x" * ((64 << 20) + 1), "larger than 64 MB"),
        ('<?xml version="1.0" encoding="made-up-9"?><testsuite/>', "line 1"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(body: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        _read(body)


def test_other_encodings_and_blanks_before_the_declaration() -> None:
    text = '<?xml version="1.0" encoding="{}"?><testsuite name="a"><testcase name="Möwe"/></testsuite>'
    for body in (text.format("iso-8859-1").encode("latin-1"), text.format("utf-16").encode("utf-16")):
        assert [case.name for case in _cases(body)] == ["Möwe"]
    assert [case.name for case in _cases("\ufeff" + text.format("utf-8"))] == ["Möwe"]
    assert [case.name for case in _cases("\n  " + text.format("utf-8"))] == ["Möwe"]


def test_a_large_report_takes_seconds_and_no_more() -> None:
    case = '<testcase classname="c" name="n{}" time="0.1"><system-out>' + "x" * 500 + "</system-out></testcase>"
    body = "<testsuite name='a'>" + "".join(case.format(number) for number in range(20_000)) + "</testsuite>"
    begun = time.process_time()
    assert len(_cases(body)) == 20_000
    assert time.process_time() - begun < 10


@pytest.mark.slow
def test_more_than_memory_can_hold_is_refused() -> None:
    for body, said in (
        ("<testsuite>" + '<testcase name="a"/>' * 250_001 + "</testsuite>", "more than 250000 cases"),
        ("SF:a\n" + "".join(f"DA:{line},1\n" for line in range(4_000_001)), "more than 4000000 lines"),
    ):
        with pytest.raises(Unreadable, match=said):
            _read(body)


def test_what_is_stated() -> None:
    found = stated(queried(f"repository=github%3Aharbor-co/tides&sha={SHA.upper()}&branch=refs/heads/main", NOW))
    assert (found.repository, found.sha, found.branch, found.seen_at) == ("github:harbor-co/tides", SHA, "main", NOW)
    for query, wrong in (
        (f"sha={SHA}", "repository"),
        ("repository=github:a/b", "sha"),
        ("repository=github:a/b&sha=main", "sha"),
        (f"repository=a/b&sha={SHA}", "repository"),
        (f"repository=github:a/b&sha={SHA}&brnach=main", "brnach"),
        (f"repository=github:a/b&sha={SHA}&at=yesterday", "at"),
        (f"repository=github:a/b&sha={SHA}&name=%00", "name"),
    ):
        with pytest.raises(Unreadable, match=f"^{wrong}:"):
            queried(query, NOW)


def test_a_finding_begins_with_its_first_sighting_in_any_order() -> None:
    readings = [CONNECTOR.read(one.delivery(), Options("results")) for one in samples(HERE) if "sarif" in one.name]
    for order in (readings, readings[::-1]):
        found = merged(patch for reading in order for patch in reading.patches)
        kept = [each.values for each in found.values() if each.values.get("rule") == "js/path-injection"]
        assert [str(one["started_at"]) for one in kept] == ["2026-03-09 11:14:00.250000+00:00"]
    scopes = [(sweep.scope, len(sweep.ids)) for reading in readings for sweep in reading.sweeps]
    assert len({scope for scope, _ in scopes}) == 1
    assert sorted(count for _, count in scopes) == [1, 5]


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@settings(max_examples=150, deadline=None)
@given(body=st.recursive(names, lambda inner: st.lists(st.tuples(
    st.sampled_from(["testsuites", "testsuite", "testcase", "failure", "skipped", "coverage", "class", "line"]),
    st.dictionaries(st.sampled_from(["name", "time", "hits", "number", "lines-valid", "lines-covered", "timestamp"]),
                    names | st.integers().map(str)), inner), max_size=4), max_leaves=20))  # fmt: skip
def test_any_xml_is_read_or_unreadable(body: Any) -> None:
    from xml.sax.saxutils import escape, quoteattr

    def written(node: Any) -> str:
        if isinstance(node, str):
            return escape(node)
        return "".join(
            f"<{tag} {' '.join(f'{key}={quoteattr(value)}' for key, value in attributes.items())}>{written(inner)}"
            f"</{tag}>"
            for tag, attributes, inner in node
        )

    _survives(written(body).encode())
    for outermost in ("testsuites", "coverage"):
        _survives(f"<{outermost}>{written(body)}</{outermost}>".encode())


lines = st.builds(
    "{}{}".format,
    st.sampled_from(["SF:", "TN:", "DA:", "LF:", "LH:", "BRDA:", "end_of_record", "FN:", ""]),
    names | st.tuples(st.integers(), st.integers()).map(lambda pair: f"{pair[0]},{pair[1]}") | st.just("-"),
)


@settings(max_examples=200, deadline=None)
@given(text=st.lists(lines, max_size=12).map("\n".join), noise=st.binary(max_size=20))
def test_any_lcov_is_read_or_unreadable(text: str, noise: bytes) -> None:
    _survives(b"TN:\n" + text.encode() + noise)
    _survives(noise + text.encode())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | names | st.sampled_from(["error", "absent", "9.9", "pass"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["results", "tool", "driver", "rules", "id", "ruleId", "ruleIndex", "message", "text", "locations", "level",
         "physicalLocation", "artifactLocation", "uri", "index", "properties", "security-severity", "suppressions",
         "fingerprints", "kind", "invocations", "endTimeUtc", "name"]), inner, max_size=5),
    max_leaves=30)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(results=st.lists(values, max_size=3), rules=st.lists(values, max_size=2), rest=values)
def test_any_sarif_is_read_or_unreadable(results: Any, rules: Any, rest: Any) -> None:
    tool = {"driver": {"name": "t", "rules": rules}}
    for run in ({"tool": tool, "results": results}, {"tool": tool, "results": results, "invocations": rest}, rest):
        _survives(msgspec.json.encode({"version": "2.1.0", "runs": [run]}))


def _survives(body: bytes) -> None:
    try:
        reading = _read(body)
    except Unreadable:
        return
    for patch in reading.patches:
        assert patch.version()


def test_all_faults_of_all_files_come_at_once_with_their_places(tmp_path: Path) -> None:
    good = '<testsuite name="a"><testcase name="b"/></testsuite>'
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.xml").write_text(good)
    (tmp_path / "deep" / "b.xml").write_text("<testsuite>\n  <testcase name='x' time='?'/></testsuite>")
    (tmp_path / "c.xml").write_text("<testsuite>\n<oops</testsuite>")
    (tmp_path / "d.info").write_text("SF:a\nDA:1,1\nend_of_record\n")
    (tmp_path / "e.info").write_text("SF:b\nDA:1,1\nend_of_record\n")
    (tmp_path / "notes.txt").write_text("nothing of ours")
    given_paths = [str(tmp_path), str(tmp_path / "nowhere.xml")]
    _, faults = read_reports(given_paths, STATED, Options("results"), NOW)
    places = [(Path(fault.path).name, fault.line) for fault in faults]
    assert places == [("c.xml", 2), ("b.xml", 2), ("e.info", 1), ("nowhere.xml", 1)]
    assert "measures the same as" in faults[2].message


def test_paths_are_files_folders_and_patterns_each_file_once(tmp_path: Path) -> None:
    for name in ("TEST-a.xml", "TEST-b.xml", "other.xml", "odd[1].xml"):
        (tmp_path / name).write_text("<testsuite/>")
    found = given_files([str(tmp_path / "TEST-*.xml"), str(tmp_path / "odd[1].xml"), str(tmp_path)])
    assert [path.name for path in found] == ["TEST-a.xml", "TEST-b.xml", "odd[1].xml", "other.xml"]


def _request(root: Path, state: Any = (), **settings_: Any) -> tuple[SyncRequest, list[str]]:
    left: list[str] = []
    request = SyncRequest(
        Options("ci", {"branch": "main"}), {"paths": [str(root)], "known_as": "github:harbor-co/tides", **settings_},
        {}, dict(state), None, NOW + timedelta(days=1), None, lambda step: left.append(step.left_out or ""),
        lambda _: None,
    )  # fmt: skip
    return request, left


def test_folders_that_ci_fills(tmp_path: Path) -> None:
    place = tmp_path / "tides" / SHA / "unit"
    place.mkdir(parents=True)
    (place / "report.xml").write_text('<testsuite name="a"><testcase name="b"/></testsuite>')
    (tmp_path / "stray.xml").write_text("<testsuite/>")
    request, left = _request(tmp_path)
    (page,) = CONNECTOR.sync(request)
    assert [Path(line.partition(":")[0]).name for line in left] == ["stray.xml"]
    found = stated(page.headers)
    assert (found.repository, found.sha, found.name, found.branch) == ("github:harbor-co/tides", SHA, "unit", "main")
    assert [finding.ok for finding in CONNECTOR.check(request)] == [False]
    again, _ = _request(tmp_path, page.state)
    (place / "more.xml").write_text('<testsuite name="a"><testcase name="c"/></testsuite>')
    assert [b'"c"' in page.body for page in CONNECTOR.sync(again)][-1:] == [True]
    unnamed, left = _request(tmp_path, known_as="")
    assert list(CONNECTOR.sync(unnamed)) == []
    assert len(left) == 3


def test_ids_tell_that_no_tool_made_them() -> None:
    """Renames go by it; the hosts' own alerts have numbers where these have digests."""
    made = 0
    for sample in samples(HERE):
        reading = CONNECTOR.read(sample.delivery(), Options("results"))
        ids = [patch.record.id for patch in reading.patches] + [sweep.scope for sweep in reading.sweeps]
        assert all(map(is_handed_over, ids)), sample.name
        made += len(ids)
    assert made > 20
    assert not is_handed_over("github:acme/pay/alert/code_scanning/12")
