"""The catalogue: every key in every language, with the same names to fill in, and every key that code uses."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import fairlead.reports.wording as wording_module
from fairlead.changes import queue, reviewers
from fairlead.metrics.project import SHIPPED
from fairlead.metrics.turn_tables import STEPS
from fairlead.reports.wording import LANGUAGES, Elapsed, Share, Wording, Working, WorkingLimit, catalogue

ROOM = Path(wording_module.__file__).parent
NOW = datetime(2026, 11, 18, 9, 2, tzinfo=UTC)


def test_every_key_is_there_in_every_language_with_the_same_names() -> None:
    english = catalogue("en")
    for language in LANGUAGES:
        other = catalogue(language)
        assert set(other) == set(english)
        for key, forms in english.items():
            assert all(form.strip() for form in other[key]), f"{language}: {key} is empty"
            assert len(other[key]) == len(forms), f"{language}: {key} has other forms"
            names = {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}
            assert {name for form in other[key] for name in re.findall(r"\{(\w+)\}", form)} <= names | {"n"}, key


def test_every_key_written_in_code_is_known() -> None:
    known = catalogue("en")
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("words", "claim", "_counted") and isinstance(node.args[0].value, str):
                    assert node.args[0].value in known, f"{path.name}: {node.args[0].value}"


def test_every_word_of_turns_queue_and_figures_has_its_phrase() -> None:
    known = catalogue("en")
    reasons = (
        (STEPS / "4_tiles.sql").read_text(encoding="utf-8").partition("when closed")[2].partition("end as why")[0]
    )
    said = set(re.findall(r"(?:then|else) '(\w+)'", reasons))
    assert {"draft", "queued", "conflict", "nobody_asked", "approved"} <= said
    assert not [why for why in said if f"turn.{why}" not in known]
    assert not [key for key in queue.PartKey.__args__ if f"queue.{key}" not in known]  # type: ignore[attr-defined]
    assert {"ownership", "expertise", "load", "zone"} == set(reviewers.ScoreKey.__args__)  # type: ignore[attr-defined]
    for path in (SHIPPED.parent / "catalogue").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert YAML(typ="safe").load(text)
        assert not [key for key in re.findall(r"empty: (\w+)", text) if f"missing.{key}" not in known], path.name


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["1.4 working days", "1 working day", "3.5 working hours", "12 min", "31 h", "2 days ago", "6 %"]),
        ("de", ["1,4 Arbeitstage", "1 Arbeitstag", "3,5 Arbeitsstunden", "12 min", "31 h", "vor 2 Tagen", "6 %"]),
    ],
)
def test_lengths_of_time_and_numbers(language: str, expected: list[str]) -> None:
    words = Wording(language, now=NOW)
    day = 8 * 3600.0
    assert [
        words.value(Working(1.4 * day, day)),
        words.value(Working(day, day)),
        words.value(Working(3.5 * 3600, day)),
        words.value(Elapsed(725)),
        words.value(Elapsed(31.2 * 3600)),
        words.ago(NOW - timedelta(days=2)),
        words.value(Share(0.06)),
    ] == expected


@pytest.mark.parametrize(
    ("waited_h", "limit_h", "day_h", "expected"),
    [
        (7.7, 8, 9, "7.7 working hours (8 working hours)"),
        (7.98, 8, 9, "7.9 working hours (8 working hours)"),
        (8.02, 8, 9, "8.1 working hours (8 working hours)"),
        (21.4, 24, 9, "21 working hours (24 working hours)"),
        (23.8, 24, 9, "23.9 working hours (24 working hours)"),
        (26.0, 8, 9, "2.9 working days (8 working hours)"),
        (8.1, 8, 8, "1.1 working days (1 working day)"),
        (20.0, 16, 8, "2.5 working days (2 working days)"),
        (3.0, 2.5, 8, "3 working hours (2.5 working hours)"),
    ],
)
def test_a_wait_is_told_in_the_unit_of_its_limit_and_never_rounded_over_it(
    waited_h: float, limit_h: float, day_h: float, expected: str
) -> None:
    words = Wording("en", now=NOW)
    wait = Working(waited_h * 3600, day_h * 3600, limit_h * 3600)
    limit = WorkingLimit(limit_h * 3600, day_h * 3600)
    assert f"{words.value(wait)} ({words.value(limit)})" == expected


def test_dates_name_the_year_only_where_it_could_be_mistaken() -> None:
    words, german = Wording("en", now=NOW), Wording("de", now=NOW)
    assert words.moment(datetime(2026, 10, 13, 16, 20, tzinfo=UTC)) == "Tue 13 Oct, 16:20"
    assert words.moment(datetime(2025, 10, 13, 16, 20, tzinfo=UTC)) == "Mon 13 Oct 2025, 16:20"
    assert german.moment(datetime(2026, 3, 3, 8, 0, tzinfo=UTC)) == "Di 3. März, 08:00"
    assert words.recent(NOW - timedelta(days=5)) == "Fri 09:02"
    assert words.recent(NOW - timedelta(days=7)) == "Wed 11 Nov, 09:02"


def test_large_numbers_have_separators() -> None:
    assert Wording("en").number(1234567) == "1,234,567"
    assert Wording("de").number(1234.5) == "1.234,5"
    assert Wording("en").number(2.0) == "2"


def test_a_share_near_its_ends_is_neither_all_nor_none() -> None:
    words = Wording("en")
    said = [words.share(share) for share in (0, 0.00001, 0.004, 0.5, 0.996, 0.99999, 1)]
    assert said == ["0 %", "< 0.1 %", "0.4 %", "50 %", "99.6 %", "> 99.9 %", "100 %"]
