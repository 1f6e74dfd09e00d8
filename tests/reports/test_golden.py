"""The demo's brief as people read it, word for word; `FAIRLEAD_UPDATE_GOLDEN=1` writes it anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.model.times import FixedClock, parse_time
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.wiring.services import Services

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The demo's home at the story's present."""
    home = tmp_path_factory.mktemp("golden") / "home"
    shutil.copytree(demo_home, home)
    now = parse_time((home / "as-of").read_text(encoding="utf-8"))
    assert now is not None
    with Services(load(home / "fairlead.toml", {}), home, FixedClock(now)) as services:
        services.catch_up()
        yield services


@pytest.mark.parametrize(("language", "name"), [("en", "brief.md"), ("de", "brief.de.md")])
def test_the_brief_reads_as_it_was_approved(language: str, name: str, demo: Services) -> None:
    text = render.markdown(brief(Asked(demo.warehouse, demo.setup, demo.clock.now(), language=language)))
    if os.environ.get("FAIRLEAD_UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8"), "if that is meant: FAIRLEAD_UPDATE_GOLDEN=1"
