"""Deliveries of the settings: every fault at its place, before a manager waits for a report that does not come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.config.deliveries import PLACES
from fairlead.config.load import load
from fairlead.config.settings import Settings
from fairlead.model.addresses import read_address
from fairlead.model.calendar.days import read_days
from fairlead.model.errors import ConfigFaults

REPORTS = ("brief", "standup", "sprint-health", "weekly")
MAIL = '[mail]\nhost = "smtp.acme.example"\nsender = "Fairlead <fairlead@acme.example>"\n'
TEAM = '[teams.payments]\nmembers = ["kim"]\n'


@pytest.fixture
def faults(tmp_path: Path) -> Any:
    """Faults of a file as `line:column: words`."""

    def read(text: str) -> list[str]:
        path = tmp_path / "fairlead.toml"
        path.write_text(text, encoding="utf-8")
        try:
            load(path, {}, reports=REPORTS)
        except ConfigFaults as found:
            return [f"{fault.line}:{fault.column}: {fault.message}" for fault in found.faults]
        return []

    return read


def test_a_whole_delivery_is_fine(faults: Any) -> None:
    delivery = (
        '[deliveries.morning]\nreport = "weekly"\nteam = "payments"\nat = "07:45"\ndays = "Mon, Thu-Fri"\n'
        'time_zone = "Asia/Tokyo"\nlanguage = "de"\nto = ["Kim <kim@acme.example>", "lee@straße.example"]\n'
        'file = "{team}/{date}-{report}.html"\nfeed = true\nform = "text"\n'
    )
    assert faults(MAIL + TEAM + delivery) == []


def test_all_faults_of_a_delivery_are_told_at_once(faults: Any) -> None:
    said = faults(
        MAIL + TEAM + "[deliveries.morning]\n"
        'report = "weakly"\nteam = "payment"\nat = "8:30"\ndays = "Mo"\ntime_zone = "Berlin"\nlanguage = "fr"\n'
        'to = ["kim"]\nfile = "../{day}.txt"\nfeed = "yes"\nform = "pdf"\n'
    )
    assert said == [
        "7:1: deliveries.morning.report: no report `weakly`; did you mean `weekly`?",
        "8:1: deliveries.morning.team: no team `payment`; did you mean `payments`?",
        "9:1: deliveries.morning.at: `8:30` is no time of day: write it like 08:30",
        "10:1: deliveries.morning.days: `Mo` names no days: write workdays, daily, monthly, or `Mon-Thu, Sat`",
        "11:1: deliveries.morning.time_zone: unknown time zone `Berlin`; did you mean `Europe/Berlin`?",
        "12:1: deliveries.morning.language: expected one of de, en, got 'fr'",
        "13:1: deliveries.morning.to: `kim` is no address: write it like `kim@acme.example`",
        "14:1: deliveries.morning.file: `../{day}.txt` leads out of the folder of [reports]",
        "14:1: deliveries.morning.file: `../{day}.txt` names no form: end it with .md, .html, .json",
        "14:1: deliveries.morning.file: `{day}` stands for nothing; known: date, language, report, team",
        "15:1: deliveries.morning.feed: expected true or false, got 'yes'",
        "16:1: deliveries.morning.form: expected one of html, text, got 'pdf'",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[deliveries.m]\nfeed = false\n", "it goes nowhere"),
        ('[deliveries.m]\nto = ["kim@acme.example"]\n', "mail needs a server"),
        ('[deliveries.m]\nteam = "*"\nfile = "{date}.md"\n', "one file for all teams"),
        ('[deliveries.m]\nfile = "/var/{date}.md"\n', "leads out of"),
        ('[deliveries.m]\nfile = "{date.md"\n', "no other half"),
        ('[deliveries.m]\nat = ""\nfeed = true\n', "is no time of day"),
        ('[deliveries."m m"]\nfeed = true\n', "names its schedule"),
        ('[mail]\nhost = "smtp.acme.example"\n', "whose mail it is"),
        ('[mail]\nhost = "smtp.acme.example:25"\nsender = "f@acme.example"\n', "no name of a server"),
        (MAIL + 'security = "none"\n', "is read on the way"),
        (MAIL + 'user = "fairlead"\n', "belong together"),
        (MAIL + 'password = "s3cret"\n', "not the secret"),
        ('[mail]\nhost = "m"\nsender = "a@b.example\\nBcc: c@d.example"\n', "line breaks"),
    ],
)
def test_what_would_be_found_out_too_late(text: str, told: str, faults: Any) -> None:
    said = faults(text)
    assert any(told in one for one in said), said
    assert not any("s3cret" in one for one in said)


def test_a_line_in_the_clear_is_for_this_machine_or_asked_for(faults: Any) -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        assert faults(f'[mail]\nhost = "{host}"\nsecurity = "none"\nsender = "f@acme.example"\n') == []
    assert faults(MAIL + 'security = "none"\nallow_unencrypted = true\n') == []


value = st.one_of(
    st.text(max_size=30), st.booleans(), st.integers(-9, 99), st.lists(st.text(max_size=20), max_size=3),
    st.sampled_from(["brief", "08:30", "workdays", "Mon", "kim@acme.example", "{team}.md", "payments", "*", "UTC"]),
)  # fmt: skip
keys = st.sampled_from(
    ["report", "team", "at", "days", "time_zone", "language", "to", "form", "file", "feed", "extra"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(keys, value, max_size=8))
def test_whatever_is_written_is_told_or_can_be_run(delivery: dict[str, Any]) -> None:
    """Never a crash; and what passes is what a schedule can work with."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fairlead.toml"
        text = MAIL + TEAM + tomlkit.dumps({"deliveries": {"m": delivery}})
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            read: Settings = load(path, {}, reports=REPORTS).settings
        except ConfigFaults as found:
            assert all(fault.line > 0 and fault.message for fault in found.faults)
            return
    made = read.deliveries["m"]
    read_days(made.days)
    assert all(str(read_address(one)) for one in made.to)
    assert made.report in REPORTS
    if made.file:
        name = made.file.format(**dict.fromkeys(PLACES, "x"))
        assert not Path(name).is_absolute()
        assert ".." not in Path(name).parts
