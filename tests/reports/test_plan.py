"""A plan's document and its other forms: words in both languages, evidence, no load unless asked, harmless titles."""

from __future__ import annotations

import json
import re
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from fairlead.cli import home
from fairlead.cli.main import run
from fairlead.cli.watching import waiting
from fairlead.model.errors import Abort
from fairlead.planning.answer import Answer
from fairlead.planning.answering import answer
from fairlead.planning.loading import load, read
from fairlead.planning.schema import json_schema
from fairlead.planning.whatif import Difference, changed
from fairlead.reports import render
from fairlead.reports.plan import difference_document, drawn, plan_document
from fairlead.reports.plan_forms import ics, mermaid
from fairlead.reports.plan_words import PlanWords

NOW = datetime(2026, 10, 13, 8, 0, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "planning.md"
SPRINT = """\
title: "Sprint 12: the <b>fees</b>"
goal: Fees are right
start: 2026-10-14
time_zone: Europe/Berlin
people:
  - {id: kim, skills: {api: 4, review: 3}, away: [2026-10-20..2026-10-21]}
  - {id: lee, skills: {ui: 5, review: 2}}
review: {share: 0.2}
tasks:
  - {id: A-1, title: "Fees; round: up", estimate: 3d, skills: {api: 3}}
  - {id: A-2, estimate: {optimistic: 5h, likely: 7h, pessimistic: 2d}, skills: {ui: 3}, after: [A-1]}
  - {id: A-3, estimate: 4h, due: 2026-10-14, who: lee, after: [A-1]}
  - {id: A-4, estimate: 4h, skills: {cobol: 2}}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "sprint.yaml"
    path.write_text(SPRINT)
    return path


@pytest.fixture(scope="module")
def found(file: Path) -> Answer:
    return answer(load(file), within_s=0.0)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_sentence_rests_on_the_file_or_its_tasks(found: Answer, language: str) -> None:
    document = plan_document(found, name="sprint.yaml", now=NOW, language=language)
    ids = {id_ for claim in document.claims() for id_ in claim.evidence.ids}
    assert ids == {"plan:sprint.yaml", "A-1", "A-2", "A-3", "A-4"}
    assert "cobol" in render.terminal(document, width=100)
    for text in (render.markdown(document), render.html(document)):
        assert "cobol" in text
        assert "<b>fees" not in text.replace("\\<b", "")
    assert [section.key for section in document.sections][:2] == ["plan_answer", "plan_left"]


def test_what_is_proven_with_windows_of_agents_says_so(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    for rate, said in (("", "is better: that is proven"), (", rate: {hours: 4, per: 24h}", "on the safe side")):
        path.write_text(f"start: 2026-12-07\nagents: [{{id: c1{rate}}}]\ntasks: [{{id: A, estimate: 3, who: c1}}]")
        shown = render.terminal(plan_document(answer(load(path), within_s=0.0), name="plan", now=NOW), width=120)
        assert said in shown


def test_load_is_shown_only_to_who_asks_for_it(found: Answer) -> None:
    def keys(load: bool) -> set[str]:
        return {section.key for section in plan_document(found, name="x", now=NOW, load=load).sections}

    assert keys(True) - keys(False) == {"plan_load"}


def test_the_report_says_what_is_late_and_why_nothing_begins_sooner(found: Answer) -> None:
    text = " ".join(render.markdown(plan_document(found, name="sprint.yaml", now=NOW)).split())
    assert re.search(r"A-3 ends on .*after it is due on Wed 14 Oct", text)
    assert re.search(r"A-2[^|]* \| [^|]* \| waits for A-1 until", text)
    assert "the only one for it" not in text or "kim" in text
    assert "85 % sure" in text
    assert "A-4 has no place: nobody knows cobol" in text


def test_a_change_is_shown_as_a_difference(file: Path, found: Answer) -> None:
    what = ["absence:kim:2026-10-14..2026-10-15"]
    other = answer(changed(load(file), what), within_s=0.0)
    document = difference_document(Difference(found, other), what=what, name="sprint.yaml", now=NOW)
    assert re.search(r"3 tasks move, the end goes from .* to ", document.title.text)
    assert len(document.sections[0].blocks) == 1


def test_forms_for_other_programs(found: Answer) -> None:
    lines = mermaid(found).splitlines()
    assert lines[:3] == ["gantt", "  title Sprint 12  the  b fees /b", "  dateFormat YYYY-MM-DDTHH:mm"]
    assert len([line for line in lines if " :" in line]) == len(found.built.tasks)
    assert any(line.startswith("  A-1 :crit, t0, 2026-10-14T09:00, 2026-10-") for line in lines)
    events = Calendar.from_ical(ics(found, NOW)).walk("VEVENT")
    assert {str(event["summary"]) for event in events} >= {"A-1 Fees; round: up", "A-1 (review) Fees; round: up"}
    assert len({str(event["uid"]) for event in events}) == len(events) == len(found.built.tasks)
    spec: Any = drawn(found, PlanWords(found, "x", "en", NOW))
    assert spec["data"]["values"][0]["name"] == "A-1"
    plain, _ = read({"tasks": [{"id": "a", "duration": 3}]})
    assert plain
    with pytest.raises(Abort):
        ics(answer(plain, within_s=0.0), NOW)


def test_the_command_answers_in_each_form(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(home, "_choice", home._Choice())
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> str:
        with pytest.raises(SystemExit) as left:
            run(["plan", str(file), "--time-limit", "0", *words])
        assert not left.value.code
        return capsys.readouterr().out

    plain = json.loads(said("--json"))
    assert plain["status"] == "partial"
    why = {"kind": "unknown_skill", "skills": ["cobol"], "text": "nobody knows cobol"}
    assert plain["unplaced"] == [{"task": "A-4", "why": why}]
    assert json.loads(said("--json", "--what-if", "scope:-A-2"))["ends"]["before"] == plain["ends"]
    assert "gantt" in said("--mermaid")
    said("--gantt", "plan.svg", "--ics", "plan.ics")
    assert "<svg" in (tmp_path / "plan.svg").read_text()
    assert "BEGIN:VCALENDAR" in (tmp_path / "plan.ics").read_text()


def test_examples_of_the_page_are_plans_and_the_schema_knows_them() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = [
        YAML(typ="safe", pure=True).load(block)
        for block in re.findall(r"```(?:yaml|json)\n(.*?)```", text, re.DOTALL)
    ]
    assert len(shown) == 2
    validator = Draft202012Validator(json_schema())
    for example in shown:
        plain = json.loads(json.dumps(example, default=str))
        plan, faults = read(plain)
        assert plan, faults
        assert not faults
        validator.validate(plain)
        assert answer(plan, within_s=0.0, risk=False).outcome.schedule


def test_a_what_if_of_a_file_has_all_forms(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(home, "_choice", home._Choice())
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> str:
        with pytest.raises(SystemExit) as left:
            run(["plan", str(file), "--time-limit", "0", "--what-if", "scope:-A-2", *words])
        assert not left.value.code
        return capsys.readouterr().out

    assert "A-2" not in said("--mermaid")
    said("--ics", "plan.ics", "--gantt", "plan.svg")
    assert "A-2" not in (tmp_path / "plan.ics").read_text()
    assert "A-1" in (tmp_path / "plan.svg").read_text()
    assert "Load" in said("--load", "--md")
    plain = json.loads(said("--json"))
    assert {task["id"] for task in plain["plan"]["tasks"]} == {"A-1", "A-3"}


def test_whoever_waits_is_told_how_good_the_plan_is_and_may_take_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with waiting(UTC):
        # at the first look at the plan somebody presses Ctrl-C
        signal.raise_signal(signal.SIGINT)
        found = answer(load(file), within_s=20.0, risk=False)
    assert found.outcome.took_s < 10 and found.outcome.schedule
    assert re.search(r"best so far ends \w{3} \d", capsys.readouterr().err)
    with pytest.raises(KeyboardInterrupt), waiting(UTC):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
