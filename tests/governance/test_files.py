"""Reports as files: whole, in their folder and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.clocks import NOON

from fairlead.governance.carrier import Carrier
from fairlead.governance.files import Shelf
from fairlead.governance.letter import Letter, Part
from fairlead.governance.outbox import Order, Outbox
from fairlead.store import outbox as kept
from fairlead.store.database import Database


@pytest.fixture
def carried(sqlite_database: Database, clock: Any, tmp_path: Path) -> Any:
    """Puts a file under an address and carries it; gives what became of it."""
    outbox = Outbox(sqlite_database, clock)
    shelf = Carrier(outbox, {"file": Shelf(tmp_path / "reports")})

    def carry(address: str, data: bytes = b"# Brief", once: str = "1") -> Any:
        part = Part(name="brief.md", media_type="text/markdown", data=data)
        order = Order(channel="file", address=address, made_from="brief", asked_by="x", as_of=NOON, once=once)
        [message] = outbox.post([order], Letter(subject="s", text="t", parts=(part,)))
        shelf.carry()
        with sqlite_database.read() as tx:
            return kept.get(tx, message.id)

    return carry


def test_a_file_is_written_whole_and_over_an_older_one(carried: Any, tmp_path: Path) -> None:
    path = tmp_path / "reports" / "payments" / "2026-03-02-brief.md"
    assert carried("payments/2026-03-02-brief.md").answer == str(path)
    assert path.read_bytes() == b"# Brief"
    carried("payments/2026-03-02-brief.md", b"# Later", once="2")
    assert path.read_bytes() == b"# Later"
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("address", ["../out.md", "/etc/out.md", "a/../../out.md", "link/out.md", ".", ""])
def test_nothing_is_written_beside_the_folder(address: str, carried: Any, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "reports" / "link").symlink_to(tmp_path / "elsewhere")
    found = carried(address)
    assert (found.status, "leads out of" in found.error) == ("failed", True)
    assert not list((tmp_path / "elsewhere").iterdir())
    assert not (tmp_path / "out.md").exists()


def test_a_folder_that_cannot_be_written_is_waited_for(carried: Any, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    found = carried("payments/brief.md")
    assert found.status == "waiting"
    assert "cannot write" in found.error
