"""The KPI catalogue: what is on is a setting, and each figure stands beside its guardrail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.reports.stories import Story

from fairlead.config.load import load
from fairlead.config.settings import Kpi
from fairlead.model.errors import Abort, ConfigFaults
from fairlead.model.setup import Setup
from fairlead.reports.asked import Asked
from fairlead.reports.kpi import kpi, load_kpis

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)


def test_what_is_on_by_default_is_ten_figures_that_there_are(story: Story) -> None:
    asked = Asked(story.told(Setup(), NOW), Setup(), NOW)
    found = load_kpis(asked, Kpi().on)
    assert [one.entry.name for one in found] == list(Kpi().on)
    assert len(found) == 10
    assert all(one.guardrail is not None and one.guardrail.name == one.entry.guardrail for one in found)
    assert kpi(asked, on=Kpi().on).title.text == "0 of 10 figures that are on have a value"


def test_a_figure_that_there_is_not_is_told_with_its_neighbour(story: Story) -> None:
    asked = Asked(story.told(Setup(), NOW), Setup(), NOW)
    with pytest.raises(Abort, match="no figure `leed_time`") as fault:
        load_kpis(asked, ("leed_time",))
    assert "lead_time" in fault.value.hint
    assert load_kpis(asked, ()) == []
    assert "0 of 0" in kpi(asked, on=()).title.text


def test_more_than_ten_are_refused_where_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "fairlead.toml"
    file.write_text(f"[kpi]\non = {[f'f{number}' for number in range(11)]}\n", encoding="utf-8")
    with pytest.raises(ConfigFaults, match="at most 10 figures can be on; 11 are named"):
        load(file, {})
