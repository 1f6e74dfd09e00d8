"""A home in one file: written while a server runs on it, restored elsewhere, and the answers are the same."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.flows.servers import Shell

from fairlead.config.load import load
from fairlead.ingest.records_export import export_records
from fairlead.metrics.figures import group
from fairlead.model.figures import Figure, Window
from fairlead.model.times import FixedClock, SystemClock
from fairlead.wiring.imports import import_folder
from fairlead.wiring.services import Services

QUERY = "select change, total_s, deployment from change_lead_times order by change"
WINDOW = Window(start=datetime(2026, 9, 1, tzinfo=UTC), end=datetime(2026, 10, 14, tzinfo=UTC))
MEANT = {"value", "n", "excluded", "parts"}


@pytest.fixture
def shell(demo_home: Path, tmp_path: Path) -> Shell:
    """The demo's home as a team's own."""
    made = Shell(tmp_path, {"FAIRLEAD_DEMO_WEBHOOK_SECRET": "x"})
    shutil.copytree(demo_home, made.home)
    return made


def test_a_backup_of_a_running_server_answers_the_same_elsewhere(shell: Shell, tmp_path: Path) -> None:
    archive = tmp_path / "copy.tar.gz"
    with shell.up():
        shell.run("backup", str(archive))
        before = shell.rows(QUERY)
    assert len(before) > 50
    assert archive.stat().st_mode & 0o077 == 0
    assert "exists" in shell.run("backup", str(archive), code=1).stderr
    assert "already holds" in shell.run("restore", str(archive), code=1).stderr

    other = Shell(tmp_path / "other", shell.environ)
    other.folder.mkdir()
    other.run("restore", str(archive))
    assert other.rows(QUERY) == before

    damaged = tmp_path / "damaged.tar.gz"
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 0xFF
    damaged.write_bytes(data)
    third = Shell(tmp_path / "third")
    third.folder.mkdir()
    assert "damaged.tar.gz" in third.run("restore", str(damaged), code=1).stderr
    assert not (third.home / "facts.db").exists()


def test_exported_records_give_the_same_figures(demo_services: Services, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export_records(folder, demo_services.database, "jsonl")
    settings = load(demo_services.home / "fairlead.toml", {})
    clock = demo_services.clock
    assert isinstance(clock, FixedClock | SystemClock)
    with Services(settings, tmp_path / "home", clock) as other:
        import_folder(other, folder, apply=True)
        other.warehouse.refresh()
        told = [_meant(figure) for figure in group(other.warehouse, "dora", window=WINDOW)]
    assert told == [_meant(figure) for figure in group(demo_services.warehouse, "dora", window=WINDOW)]


def _meant(figure: Figure) -> dict[str, object]:
    said = {name: getattr(figure, name) for name in MEANT if name != "parts"}
    return said | {"parts": [_meant(part) for part in figure.parts]}
