"""A chart as a file stands alone: what it shows is written into it, as SVG and as PNG."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fairlead.model.figures import Evidence
from fairlead.reports.charts import Charts
from fairlead.reports.chartspecs import Mark, trend
from fairlead.reports.document import Cell, Chart, Claim, Table
from fairlead.reports.pictures import picture

FINDING = 'Crossings <late> & "early": 4 in the week of 9 Nov, Überfahrten'
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Charts]:
    made = Charts(tmp_path_factory.mktemp("charts"))
    yield made
    made.close()


def crossings(values: tuple[float | None, ...] = (3.0, None, 4.0)) -> Chart:
    marks = [Mark(f"{day} Nov", value, f"{day} Nov: {value}") for day, value in enumerate(values, start=7)]
    rows = tuple(
        (Cell(mark.label), Cell("" if mark.value is None else f"{mark.value:g}", number=True)) for mark in marks
    )
    evidence = Evidence(ids=("jira:SHIP-1",), count=1, query="select 1")
    table = Table(("Day", "Late"), rows, Claim(key="chart.crossings", text=FINDING, evidence=evidence))
    return Chart("crossings", trend(marks, "items"), table)


def blocks(png: bytes) -> dict[bytes, list[bytes]]:
    """The blocks of a PNG by kind; each is held against its checksum."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found: dict[bytes, list[bytes]] = {}
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        kind, data, check = png[at + 4 : at + 8], png[at + 8 : at + 8 + size], png[at + 8 + size : at + 12 + size]
        assert zlib.crc32(kind + data) == int.from_bytes(check)
        found.setdefault(kind, []).append(data)
        at += 12 + size
    return found


def test_a_png_is_whole_sharp_and_says_what_it_shows(charts: Charts) -> None:
    png = picture(charts, crossings(), "png", wait_s=60)
    assert png is not None
    found = blocks(png)
    said = dict(note.split(b"\0\0\0\0\0") for note in found[b"iTXt"])
    assert said == {
        b"Title": FINDING.encode(),
        b"Description": "7 Nov: Late 3; 8 Nov: Late –; 9 Nov: Late 4".encode(),
    }
    width = int.from_bytes(found[b"IHDR"][0][:4])
    assert width > 800, "twice the size of the drawing on a page"


def test_a_png_has_a_ground_of_its_own(charts: Charts) -> None:
    png = charts.png(crossings().spec, wait_s=60)
    assert png is not None
    found = blocks(png)
    depth, colours = found[b"IHDR"][0][8:10]
    assert (depth, colours) == (8, 6), "four bytes a point"
    lines = zlib.decompress(b"".join(found[b"IDAT"]))
    # the first point of the first line, which no filter has changed: its neighbours are none
    assert lines[1:5] == b"\xff\xff\xff\xff"


def test_an_svg_as_a_file_has_size_title_and_data(charts: Charts) -> None:
    svg = picture(charts, crossings(), "svg", wait_s=60)
    assert svg is not None
    tree = ElementTree.fromstring(svg)
    assert tree.get("role") == "img"
    assert float(tree.get("width", "0")) > 400
    assert [part.tag for part in tree][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert tree[0].text == FINDING
    assert tree[1].text == "7 Nov: Late 3; 8 Nov: Late –; 9 Nov: Late 4"


def test_both_forms_are_kept_and_what_cannot_be_drawn_is_none(charts: Charts, tmp_path: Path) -> None:
    drawn = Charts(tmp_path)
    chart = crossings((1.0, 2.0))
    assert [picture(drawn, chart, form, 60) is not None for form in ("svg", "png")] == [True, True]
    drawn.close()
    again = Charts(tmp_path)
    assert again.png(chart.spec) == drawn.png(chart.spec)
    again.close()
    broken = Chart(
        "broken",
        {"mark": "bar", "data": {"values": 3}, "encoding": {"x": {"field": "a", "type": "none"}}},
        chart.table,
    )
    assert picture(charts, broken, "png", wait_s=60) is None
    assert picture(charts, broken, "svg", wait_s=60) is None
