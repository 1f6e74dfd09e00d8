"""Charts are drawn by a process that comes and goes; what was drawn once is never drawn again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from fairlead.reports.charts import Charts, chart_key, themed, tidy
from fairlead.reports.chartspecs import Mark, Threshold, stacked, trend
from fairlead.reports.palette import ACCENT, TOKENS

MARKS = [
    Mark("5 Oct", 31.0, "Mon 5 Oct: 31 h, n = 9"),
    Mark("12 Oct", None, "Mon 12 Oct: no data"),
    Mark("19 Oct", 12.5, "Mon 19 Oct: 12.5 h, n = 4", partial=True),
]


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Charts]:
    made = Charts(tmp_path_factory.mktemp("charts"))
    yield made
    made.close()


def test_asking_does_not_wait_but_the_drawing_comes(charts: Charts) -> None:
    spec = trend(MARKS, "hours", "line")
    assert charts.svg(spec) is None
    svg = charts.svg(spec, wait_s=60)
    assert svg is not None
    assert charts.by_key(chart_key(spec)) == svg


def test_a_chart_says_axis_unit_and_hover_and_names_its_gap(charts: Charts) -> None:
    svg = charts.svg(trend(MARKS, "hours", thresholds=[Threshold(24.0, "elite: below 24 h")]), wait_s=60)
    assert svg is not None
    tree = ElementTree.fromstring(svg)
    texts = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"hours", "5 Oct", "12 Oct", "19 Oct", "0", "elite: below 24 h"} <= set(texts)
    hovers = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert hovers == ["Mon 5 Oct: 31 h, n = 9", "Mon 19 Oct: 12.5 h, n = 4"]
    assert "style=" not in svg, "the page's policy forbids inline style"


def test_labels_with_quotes_and_markup_stay_text(charts: Charts) -> None:
    nasty = "5' \\ <b>&\" Oct"
    svg = charts.svg(trend([Mark(nasty, 1.0, nasty), Mark("x", 2.0, "y")], "h"), wait_s=60)
    assert svg is not None
    texts = [e.text for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert nasty in texts


def test_parts_of_a_whole_are_stacked(charts: Charts) -> None:
    svg = charts.svg(
        stacked([("5 Oct", [("coding", 3.0, "coding 3 h"), ("pickup", 5.0, "pickup 5 h")])], "hours"), 60
    )
    assert svg is not None
    assert "coding 3 h" in svg
    assert "pickup 5 h" in svg


def test_what_cannot_be_drawn_says_why_and_harms_nothing(charts: Charts) -> None:
    broken = {"mark": "bar", "encoding": {"x": {"field": "a", "type": "no such type"}}, "data": {"values": 3}}
    assert charts.svg(broken, wait_s=60) is None
    assert charts.fault(broken)
    assert charts.svg(trend(MARKS[:1], "minutes"), wait_s=60)


def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    charts = Charts(tmp_path)
    assert charts.svg(trend(MARKS, "hours"), wait_s=60)
    assert charts._process is not None
    charts._process.kill()
    charts._process.wait()
    assert charts.svg(trend(MARKS, "days"), wait_s=60)
    charts.close()


def test_a_second_run_finds_what_the_first_has_drawn(tmp_path: Path) -> None:
    first = Charts(tmp_path)
    drawn = first.svg(trend(MARKS, "hours"), wait_s=60)
    first.close()
    again = Charts(tmp_path)
    assert again.svg(trend(MARKS, "hours")) == drawn
    assert again._process is None
    again.close()


def test_the_process_ends_when_nobody_asks() -> None:
    code = "from fairlead.reports import drawing; drawing.run(idle_s=0.2)"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    order = {"key": "k", "spec": trend(MARKS, "hours")}
    process.stdin.write(msgspec.json.encode(order) + b"\n")
    process.stdin.flush()
    assert msgspec.json.decode(process.stdout.readline())["key"] == "k"
    began = time.monotonic()
    assert process.wait(timeout=30) == 0
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "ABC", "0" * 23, "g" * 24])
def test_only_names_of_drawings_are_looked_up(tmp_path: Path, key: str) -> None:
    assert Charts(tmp_path).by_key(key) is None


def test_the_page_gets_its_own_colours() -> None:
    assert themed(f'<path fill="{ACCENT}"/><path fill="#123456"/>') == (
        f'<path fill="{TOKENS[ACCENT]}"/><path fill="#123456"/>'
    )


def test_tidying_keeps_marks_and_drops_roles() -> None:
    head = '<svg class="marks" width="9" height="9" viewBox="0 0 9 9">'
    svg = head + '<path role="graphics-symbol" aria-label="a" d="M0"/></svg>'
    assert tidy(svg) == '<svg viewBox="0 0 9 9"><path d="M0"><title>a</title></path></svg>'
