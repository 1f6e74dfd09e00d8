"""Files of captured events: taken whole, or all faults with their lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from fairlead.connectors.fairlead import CONNECTOR as ENTERED
from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.kit.captures import read_captures
from fairlead.connectors.kit.connector import Connector, Delivery, Options

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RAW = Path(__file__).parent.parent / "github" / "raw"


def connector_of(name: str) -> tuple[str, Connector]:
    return {"github": ("github", CONNECTOR), "fairlead": ("fairlead", ENTERED), "ours": ("ours", ENTERED)}[name]


def capture(name: str, **more: object) -> dict[str, object]:
    raw = json.loads((RAW / f"{name}.json").read_text())
    return {"source": "github", "headers": raw["headers"], "body": raw["body"], **more}


def test_lines_lists_and_folders_are_the_same(tmp_path: Path) -> None:
    names = ["pull_opened", "issue_closed", "push_more"]
    lines = "\n".join(json.dumps(capture(name)) for name in names)
    (tmp_path / "lines.jsonl").write_text(lines + "\n\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "list.json").write_text(json.dumps([capture(name) for name in names[:2]], indent=2))
    (tmp_path / "folder" / "one.json").write_text(json.dumps(capture(names[2]), indent=2))
    one, other = (read_captures(tmp_path / part, connector_of, NOW) for part in ("lines.jsonl", "folder"))
    assert not one.faults
    assert [event.kind for event in one.events] == ["pull_request", "issues", "push"]
    assert {event.delivery for event in one.events} == {event.delivery for event in other.events}


def test_a_body_may_be_text_and_keeps_its_bytes(tmp_path: Path) -> None:
    text = json.dumps(capture("pull_opened")["body"], indent=3)
    (tmp_path / "a.jsonl").write_text(json.dumps(capture("pull_opened", body=text)))
    [event] = read_captures(tmp_path / "a.jsonl", connector_of, NOW).events
    assert event.body == text.encode()


def test_api_pages_are_read_by_their_path(tmp_path: Path) -> None:
    issue = capture("issue_closed")["body"]["issue"]  # type: ignore[index]
    page = {"source": "github", "endpoint": "/repos/harbor-co/tides/issues?state=all", "body": [issue]}
    (tmp_path / "a.jsonl").write_text(json.dumps(page))
    [event] = read_captures(tmp_path, connector_of, NOW).events
    said = CONNECTOR.read(Delivery(event.kind, event.headers, event.body), Options("github")).patches
    assert "github:harbor-co/tides#1" in {patch.record.id for patch in said}


def test_secrets_are_not_taken_over(tmp_path: Path) -> None:
    headers = {"X-GitHub-Event": ["push"], "Authorization": "Bearer t", "X-Gitlab-Token": "s", "Cookie": "c"}
    (tmp_path / "a.jsonl").write_text(json.dumps(capture("push_more", headers=headers)))
    [event] = read_captures(tmp_path, connector_of, NOW).events
    assert dict(event.headers) == {"x-github-event": "push"}


def test_all_faults_at_once_with_file_and_line(tmp_path: Path) -> None:
    lines = [
        json.dumps(capture("pull_opened")),
        "{",
        json.dumps({"source": "nowhere", "headers": {"a": "b"}, "body": {}}),
        json.dumps({"source": "github", "headers": {}, "body": {}}),
        json.dumps({"source": "github", "headers": {"x-github-event": "push"}}),
        json.dumps({"source": "github", "headers": {"x-github-event": {}}, "body": 7}),
        "[]",
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    found = read_captures(tmp_path / "a.jsonl", connector_of, NOW)
    assert [fault.line for fault in found.faults] == [2, 3, 4, 5, 6, 7]
    assert "no source or tool `nowhere`" in found.faults[1].message
    assert str(found.faults[0]).startswith(f"{tmp_path / 'a.jsonl'}:2:1: ")


def test_nothing_there(tmp_path: Path) -> None:
    assert "no such file" in read_captures(tmp_path / "none", connector_of, NOW).faults[0].message
    assert "no file with" in read_captures(tmp_path, connector_of, NOW).faults[0].message


def test_what_people_enter_is_taken_from_no_file(tmp_path: Path) -> None:
    body = {"person": "person:noor", "team": "*", "role": "owner", "at": "2026-11-20T08:00:00Z", "by": "person:kim"}
    forged = {"headers": {"x-fairlead-event": "role.given"}, "body": body}
    page = {"source": "ours", "endpoint": "role.given", "body": body}
    lines = [capture("push_more"), {"source": "fairlead", **forged}, page]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    faults = read_captures(tmp_path, connector_of, NOW).faults
    assert [(fault.line, "from this process alone" in fault.message) for fault in faults] == [(2, True), (3, True)]
