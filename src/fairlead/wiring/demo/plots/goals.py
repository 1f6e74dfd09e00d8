"""What Payments wants to reach: one objective by a metric, one of which nobody has told for weeks, one behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from fairlead.config.load import OWN_FOLDER
from fairlead.connectors.kit.goals import check_in_entered, check_in_id
from fairlead.goals.syncing import KIND, Home
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.cast import crew, player
from fairlead.wiring.goals_files import sync

_BEGAN, _ENDS = timedelta(days=56), timedelta(days=42)
"""Before and after the story's present: it is past the middle, whatever the date is."""
_ENTRIES = (
    ("month-end/hours", ((48, 40.0, "As every month."), (20, 33.0, "The ledger closes by itself now."))),
    (
        "clear-charges/questions",
        ((45, 60.0, ""), (24, 55.0, ""), (3, 46.0, "The new receipt helps, the app is next.")),
    ),
)
"""Key result -> days before the present, value and note."""
_FILE = """\
# What Payments wants to reach. `fairlead goals` shows how far it is.
goals:
  - name: quick-refunds
    title: A refund is with the traveller within a day
    why: Half of all letters to the company ask where the money is.
    team: payments
    owner: {lead}
    starts: {starts}
    due: {due}
    epics: ["jira:PAY-1"]
    key_results:
      - name: coverage
        title: Tests cover what moves money
        metric: coverage
        baseline: 80%
        target: 85%
  - name: month-end
    title: The month ends without Excel
    team: payments
    owner: {second}
    starts: {starts}
    due: {due}
    epics: ["jira:PAY-2"]
    key_results:
      - name: hours
        title: Hours until the books are closed
        unit: hours
        baseline: 40
        target: 8
  - name: clear-charges
    title: Nobody has to ask what a crossing cost
    team: payments
    owner: {third}
    starts: {starts}
    due: {due}
    labels: [bug]
    key_results:
      - name: questions
        title: Questions a week about a charge
        unit: questions
        baseline: 60
        target: 20
"""


def write_goals(folder: Path, end: datetime) -> None:
    """The file of the team, beside the settings."""
    path = folder / OWN_FOLDER / KIND / "payments.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [player(login).key for login in crew("payments").people]
    said = {"lead": names[0], "second": names[1], "third": names[2], "starts": (end - _BEGAN).date(),
            "due": (end + _ENDS).date()}  # fmt: skip
    path.write_text(_FILE.format(**said), encoding="utf-8")


def play_goals(home: Home, end: datetime) -> None:
    """States what the file says on the day on which it began, and enters what people told since."""
    sync(home, end - _BEGAN)
    home.log.append(list(_entries(end)))


def _entries(end: datetime) -> Iterator[RawEvent]:
    people = [f"person:{player(login).key}" for login in crew("payments").people[1:]]
    for (name, values), by in zip(_ENTRIES, people, strict=False):
        for days, value, note in values:
            at, result = end - timedelta(days=days), f"key_result:{name}"
            said = {"key_result": result, "at": at, "value": value, "note": note, "by": by, "created_at": at}
            yield check_in_entered(check_in_id(result, at.date()), said, by, at, "entered")
