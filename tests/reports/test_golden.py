"""The demo's brief as people read it, word for word; `FAIRLEAD_UPDATE_GOLDEN=1` writes it anew."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.model.times import FixedClock, parse_time
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.document import Document
from fairlead.reports.registry import REPORTS
from fairlead.reports.weekly import update, weekly
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


@pytest.mark.parametrize(
    ("report", "team", "language", "name"),
    [
        ("weekly", "payments", "en", "weekly.payments.md"),
        ("weekly", "payments", "de", "weekly.payments.de.md"),
        ("update-executive", None, "en", "update-executive.md"),
        ("update-executive", None, "de", "update-executive.de.md"),
        ("update-product", "booking", "en", "update-product.booking.md"),
        ("update-team", "platform", "en", "update-team.platform.md"),
    ],
)
def test_weekly_and_updates_read_as_they_were_approved(
    report: str, team: str | None, language: str, name: str, demo: Services
) -> None:
    asked = Asked(demo.warehouse, demo.setup, demo.clock.now(), team=team, language=language)
    text = render.markdown(REPORTS[report](asked))
    if os.environ.get("FAIRLEAD_UPDATE_GOLDEN"):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8"), "if that is meant: FAIRLEAD_UPDATE_GOLDEN=1"


def test_the_weekly_is_read_in_ten_minutes_and_tells_the_demos_story(demo: Services) -> None:
    def told(team: str) -> Document:
        return weekly(Asked(demo.warehouse, demo.setup, demo.clock.now(), team=team))

    # the page is made from the story, which a test of its own holds
    page = (Path(__file__).parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")
    facts = {line.split("`")[1]: tuple(re.findall(r"`([^`]+)`", line)[1:]) for line in page.splitlines()
             if re.match(r"\| -?\d+ \|", line)}  # fmt: skip
    payments = told("payments")
    # two hundred words a minute; what stands in tables is looked at and not read
    words = [line for line in render.markdown(payments).splitlines() if not line.startswith("|")]
    assert len(" ".join(words).split()) < 2_000
    said = {claim.key: claim for claim in payments.claims()}
    assert said["concern.alert"].evidence.ids == facts["critical-alert"]
    waits = said["concern.waits"]
    assert (waits.evidence.ids[0], f"jira:{waits.text.split()[2]}") == facts["blocked-by-team"]
    # "Booking's time to the first review grows week by week"
    booking = update(Asked(demo.warehouse, demo.setup, demo.clock.now(), team="booking"), audience="team")
    worse = [claim.text for claim in booking.claims() if claim.key == "concern.worse"]
    assert any(text.startswith("Time to first review: ") and "slower" in text for text in worse)
