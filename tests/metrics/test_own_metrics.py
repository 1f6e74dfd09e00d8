"""A team's own metric file: all its faults at once, each with its place and what was meant."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fairlead.metrics.catalogue import SHIPPED, load
from fairlead.metrics.figures import figure
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.trial import tried
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import ConfigFaults
from fairlead.model.figures import Window
from fairlead.model.setup import Setup

FILE = """\
metrics:
  - name: reverts
    title: Reverts
    titel: Reverts
    unit: 7
    grain: year
  - just words
  - name: empty
"""


def told(folder: Path, text: str) -> list[str]:
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigFaults) as raised:
        load([folder])
    return [str(fault).removeprefix(f"{folder}/") for fault in raised.value.faults]


def test_every_fault_has_its_place(tmp_path: Path) -> None:
    faults = told(tmp_path, FILE)
    assert any(fault.startswith("own.yaml:4:5: ") and "did you mean `title`?" in fault for fault in faults)
    assert any(fault.startswith("own.yaml:5:5: ") for fault in faults)
    assert any(fault.startswith("own.yaml:6:5: ") and "expected one of day, month, week" in fault for fault in faults)
    assert any(fault.startswith("own.yaml:7:5: ") and "just words" in fault for fault in faults)
    assert "own.yaml:8:5: `title` is missing" in faults


@pytest.mark.parametrize("text", ["", "metrics: 3", "metrics:\n  - {name: x", "- a\n- b\n"])
def test_what_is_no_list_of_metrics_is_told(tmp_path: Path, text: str) -> None:
    assert all(fault.startswith("own.yaml:") for fault in told(tmp_path, text))


OWN = """\
metrics:
  - name: {name}
    group: house
    title: {{en: Merged on a Friday, de: Am Freitag gemergt}}
    definition: {{en: Merges of Fridays, de: Merges von Freitagen}}
    unit: count
    direction: neither
    source: Own
    entity: change
    segments: [repository]
    value: count(*)
    rows: select change as id, merged_at as moment, 1 as value, null as reason, repository from change_lead_times
"""


def test_what_was_parsed_is_kept_until_a_file_changes(tmp_path: Path) -> None:
    """A second process on the same home reads no YAML; an edit, a new file and one that goes are seen at once."""
    folder, home = tmp_path / "metrics", tmp_path / "warehouse.duckdb"
    folder.mkdir()
    (folder / "own.yaml").write_text(OWN.format(name="friday_merges"), encoding="utf-8")

    def names() -> list[str]:
        warehouse = Warehouse(home, MemorySource(), metric_folders=[folder])
        try:
            assert warehouse.catalogue == load([folder])
            return [entry.name for entry in warehouse.catalogue.values() if entry.group == "house"]
        finally:
            warehouse.close()

    assert names() == ["friday_merges"]
    assert names() == ["friday_merges"]
    (folder / "own.yaml").write_text(OWN.format(name="friday_merged"), encoding="utf-8")
    assert names() == ["friday_merged"]
    (folder / "more.yml").write_text(OWN.format(name="sunday_merges"), encoding="utf-8")
    assert names() == ["sunday_merges", "friday_merged"]
    (folder / "own.yaml").unlink()
    assert names() == ["sunday_merges"]


ROWS = "select change as id, merged_at as moment, 1 as value, null as reason, repository from change_lead_times"
STANDING = ROWS.replace(" from", ", null::timestamp as until, date_diff('day', merged_at, :end) as age from")
CASES = {
    "right": ({}, "", ""),
    "right_standing": ({"rows": STANDING, "more": "standing: true"}, "", ""),
    "column": (
        {"rows": ROWS.replace("merged_at", "merged")},
        "rows",
        "no column `merged`; did you mean `merged_at`?",
    ),
    "table": ({"rows": ROWS.replace("_times", "_time")}, "rows", "did you mean `change_lead_times`"),
    "needed": ({"rows": ROWS.replace("as reason", "as why")}, "rows", "the rows have no column `reason`"),
    "no_time": ({"rows": ROWS.replace("merged_at", "title")}, "rows", "`moment` must be a time, and is VARCHAR"),
    "no_number": ({"rows": ROWS.replace("1 as", "'one' as")}, "rows", "`value` must be a number, and is VARCHAR"),
    "closed": ({"rows": ROWS + ";"}, "rows", "syntax error"),
    "until": ({"more": "standing: true"}, "rows", "the rows have no column `until`"),
    "function": ({"value": "medain(value)"}, "value", "no function `medain`; did you mean `median`"),
    "text": ({"value": "min(id)"}, "value", "the value must be a number, and is VARCHAR"),
    "segment": ({"segments": "team, colour"}, "segments", "a change has no segment `colour`"),
    "unfit": ({"entity": "work_item", "segments": "project"}, "segments", "`project` does not fit the rows"),
    "within": ({"more": "within: select idx, valu from fitted"}, "within", "did you mean `value`?"),
    "by": ({"more": f'rows_by: {{team: "{ROWS}"}}'}, "rows_by", "the rows have no column `team`"),
    "pieces": ({"more": "within: select value from fitted"}, "within", "the rows have no column `idx`"),
}
"""Name of a figure -> what is unusual about it, and the key and words that are expected of its trial."""


def entry_of(name: str, said: dict[str, str]) -> str:
    """One figure in twelve lines, or thirteen."""
    given = {"entity": "change", "segments": "team", "value": "count(*)", "rows": ROWS, **said}
    head = OWN.format(name=name).removeprefix("metrics:\n").partition("    entity:")[0]
    keys = [f"    entity: {given['entity']}", f"    segments: [{given['segments']}]", f"    value: {given['value']}"]
    return "\n".join([head.rstrip("\n"), *keys, f"    rows: {given['rows']}", f"    {given.get('more', '')}", ""])


def test_sql_that_would_fail_when_asked_is_told_at_its_key(tmp_path: Path) -> None:
    """All figures in one go, each fault by the line of its key; the right ones are told nothing of."""
    path, keys = tmp_path / "own.yaml", ("entity", "segments", "value", "rows", "rows_by", "within")
    path.write_text("metrics:\n" + "".join(entry_of(name, said) for name, (said, _, _) in CASES.items()))
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {}
    for fault in tried(load([tmp_path]), Setup()):
        assert (fault.path, fault.column) == (str(path), 5)
        name, _, words = fault.message.partition(": ")
        assert name not in found, "one slip is told once"
        found[name] = (next(key for key in keys if lines[fault.line - 1].strip().startswith(f"{key}:")), words)
    assert found.keys() == {name for name, (_, key, _) in CASES.items() if key}
    for name, (key, words) in found.items():
        assert key == CASES[name][1], name
        assert CASES[name][2] in words, name


def test_rows_of_their_own_are_for_a_segment_of_the_figure(tmp_path: Path) -> None:
    said = entry_of("mine", {"segments": "repository", "more": f'rows_by: {{repositry: "{ROWS}"}}'})
    assert told(tmp_path, f"metrics:\n{said}") == [
        "own.yaml:13:5: mine: `repositry` is none of its segments; did you mean `repository`?"
    ]


def test_ours_are_not_tried_and_would_pass(tmp_path: Path) -> None:
    """What is asked of a team's SQL holds for ours: else the trial would refuse what works."""
    assert tried(load(), Setup()) == []
    for path in SHIPPED.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert tried(load([tmp_path]), Setup()) == []


def test_the_example_of_the_docs_is_a_figure(tmp_path: Path, company: Any) -> None:
    """As a reader would: the block is put into a file of its own, and asked for."""
    text = Path(__file__).parents[2].joinpath("docs", "extending.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.S)
    assert block
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "own.yaml").write_text(block[1], encoding="utf-8")
    for day in (1, 2, 5):
        company.change(day)
    with closing(Warehouse(None, company.source, company.setup, company.clock, metric_folders=[folder])) as warehouse:
        window = Window(start=company.at(0), end=company.at(7))
        found = figure(warehouse, "weekend_merges", window, {"repository": "github:acme/pay"})
    # of a Monday's week days 1 and 2 are working days, day 5 is a Saturday
    assert (round(found.value or 0, 3), found.n) == (0.333, 3)
