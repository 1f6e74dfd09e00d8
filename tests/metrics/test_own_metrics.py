"""A team's own metric file: all its faults at once, each with its place and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.metrics.catalogue import load
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import ConfigFaults

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
