"""Sent by hand and looked at by doctor, with a real mail server on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from tests.governance.mailbox import MailServer, serving
from typer.testing import CliRunner

from fairlead.cli import home
from fairlead.cli.main import APP
from fairlead.config.load import load
from fairlead.model.times import FixedClock
from fairlead.reports.registry import REPORTS
from fairlead.ui.registry import pages
from fairlead.wiring.checkup import checkup
from fairlead.wiring.deliveries import PAGES
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOML = """
[organisation]
name = "Acme"
[teams.payments]
members = ["kim"]
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Fairlead <fairlead@acme.example>"
[server]
public_url = "https://fairlead.acme.example"
"""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with serving() as server:
        yield server


@pytest.fixture
def run(tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setenv("FAIRLEAD_HOME", str(tmp_path / "home"))
    file = tmp_path / "fairlead.toml"
    file.write_text(TOML.replace("{port}", str(mail.port)), encoding="utf-8")

    def call(*words: str) -> Any:
        return CliRunner().invoke(APP, ["--config", str(file), "--as-of", "2026-03-02T12:00Z", *words])

    yield call
    # What was chosen before the command holds for the process, and other tests choose nothing.
    home.choose(None, demo=False, as_of="")


def test_a_report_is_sent_and_the_outbox_tells(run: Any, mail: MailServer) -> None:
    mail.on_recipient = ["", "550 5.1.1 no such user"]
    done = run("send", "brief", "--team", "payments", "--to", "Kim <kim@acme.example>", "--to", "gone@acme.example")
    assert done.exit_code == 1
    assert [to for to, _ in mail.taken] == ["kim@acme.example"]
    assert "no such user" in done.stdout
    [failed] = json.loads(run("outbox", "list", "--status", "failed", "--json").stdout)
    assert (failed["address"], failed["asked_by"], failed["team"]) == (
        "gone@acme.example",
        "operator",
        "team:payments",
    )
    assert "no such user" in run("outbox", "show", failed["id"][:6]).stdout
    assert "payments" in run("outbox", "show", failed["id"], "--text").stdout
    assert "1 message will be tried again" in run("outbox", "retry", "--all").stdout
    [waiting] = json.loads(run("outbox", "list", "--status", "waiting", "--json").stdout)
    assert waiting["id"] == failed["id"]
    assert run("outbox", "show", "zzz").exit_code != 0
    # Typed twice is meant twice.
    assert run("send", "brief", "--to", "kim@acme.example").exit_code == 0
    assert run("send", "brief", "--to", "kim@acme.example").exit_code == 0
    assert len(mail.taken) == 3


def test_a_dry_run_shows_the_mail_and_sends_nothing(run: Any, mail: MailServer) -> None:
    done = run("send", "standup", "--to", "kim@acme.example", "--language", "de", "--dry-run")
    assert done.exit_code == 0
    shown = message_from_string(done.stdout, policy=default)
    assert str(shown["To"]) == "kim@acme.example"
    assert "https://fairlead.acme.example/standup" in done.stdout.replace("=\n", "")
    assert mail.taken == []
    assert json.loads(run("outbox", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("brif", "--to", "kim@acme.example"), "did you mean `brief`"),
        (("brief", "--to", "kim"), "is no address"),
        (("brief", "--to", "kim@acme.example", "--team", "paymnts"), "no team"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_sent(words: Any, told: str, run: Any, mail: MailServer) -> None:
    done = run("send", *words)
    assert done.exit_code != 0
    assert told in str(done.exception)
    assert mail.taken == []


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], Services]]:
    made: list[Services] = []

    def open_(toml: str) -> Services:
        file = tmp_path / "fairlead.toml"
        file.write_text(toml, encoding="utf-8")
        made.append(Services(load(file), tmp_path / "home", FixedClock(NOW)))
        return made[-1]

    yield open_
    for services in made:
        services.close()


def told_of(services: Services, what: str) -> list[tuple[bool | None, str]]:
    return [(finding.ok, finding.detail) for finding in checkup(services) if finding.what == what]


def test_doctor_connects_and_sends_nothing(opened: Any, mail: MailServer) -> None:
    services = opened(TOML.replace("{port}", str(mail.port)))
    assert told_of(services, "mail") == [(True, f"127.0.0.1:{mail.port}, no encryption, without sign-in")]
    assert mail.taken == []


def test_doctor_tells_what_stands_in_the_way(opened: Any) -> None:
    with serving() as server:
        port = server.port
    [(ok, detail)] = told_of(opened(TOML.replace("{port}", str(port))), "mail")
    assert (ok, "refused" in detail) == (False, True)


def test_reports_whose_page_is_called_otherwise_have_it() -> None:
    assert set(PAGES.values()) <= {page.path for page in pages()}
    assert PAGES.keys() <= REPORTS.keys()


def test_a_mail_for_one_kind_of_reader_leads_to_their_page(run: Any) -> None:
    done = run("send", "update-executive", "--to", "kim@acme.example", "--dry-run")
    [text] = [
        part.get_content()
        for part in message_from_string(done.stdout, policy=default).walk()
        if part.get_content_type() == "text/plain"
    ]
    assert "https://fairlead.acme.example/update?for=executive" in text
