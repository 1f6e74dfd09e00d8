"""What could not be read is listed until it can be: for people by what is wrong and where, for programs as JSON."""

import json
from pathlib import Path

import pytest
from tests.flows.servers import Shell

UNREADABLE = {"action": "opened", "pull_request": {"number": "\x1b[31mforty"}}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A home into which a delivery came that cannot be read."""
    made = Shell(tmp_path)
    headers = {"X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "d1"}
    captured = json.dumps({"source": "github", "headers": headers, "body": UNREADABLE})
    (tmp_path / "captured.jsonl").write_text(captured)
    assert "1 unreadable" in made.run("import", "events", str(tmp_path / "captured.jsonl")).stdout
    return made


def test_what_is_still_unreadable_is_listed(shell: Shell) -> None:
    said = shell.run("replay", "--quarantined").stdout
    first, listed = said.splitlines()
    assert first == "read 1 raw event: 0 records changed, 1 in quarantine"
    assert "still unreadable: raw event 1, github pull_request, received 20" in listed
    assert " at " in listed, "the field is named"
    assert "\x1b" not in said
    answer = shell.json("replay", "--quarantined")
    assert {name: answer[name] for name in ("read", "changed", "quarantined")} == {
        "read": 1, "changed": 0, "quarantined": 1,
    }  # fmt: skip
    (held,) = answer["unreadable"]
    assert (held["raw_seq"], held["source"], held["kind"]) == (1, "github", "pull_request")
    assert held["field"]
    assert held["error"]


def test_a_source_that_nobody_knows_is_refused(shell: Shell) -> None:
    assert "did you mean `github`?" in shell.run("replay", "gitub", code=1).stderr
    assert shell.json("replay", "github")["read"] == 1
    assert "no source `gitub`" in shell.run("sync", "gitub", code=1).stderr


def test_a_source_of_which_files_were_imported_alone_is_noted_as_such(shell: Shell) -> None:
    (row,) = shell.json("sql", "select of, kind from sync_runs")
    assert (row["of"], row["kind"]) == ("github", "import"), "else it would be called silent a day later"
