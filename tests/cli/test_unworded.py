"""A fault that no room has put into words leaves as one line and a hint, by exit code 1; its traceback on request."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from fairlead.cli.main import _told


@contextmanager
def hanging_up(home: Path) -> Iterator[None]:
    """A server that takes a question and closes the line, as one does that is killed meanwhile."""
    home.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home / "fairlead.sock"))
        server.listen()

        def serve() -> None:
            # The first call only asks whether anybody is there.
            for _ in range(2):
                server.accept()[0].close()

        thread = Thread(target=serve)
        thread.start()
        yield
        thread.join()


def asked(home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Asks whatever holds the home."""
    return subprocess.run(
        [sys.executable, "-m", "fairlead", "brief"],
        env={**os.environ, "FAIRLEAD_HOME": str(home), **environ},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_server_that_hangs_up_is_one_line_and_a_hint(tmp_path: Path) -> None:
    home = tmp_path / "h"
    with hanging_up(home):
        done = asked(home, FAIRLEAD_DEBUG="")
    assert done.returncode == 1
    error, empty, hint = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert (empty, hint) == ("", "hint: is the other side up and reachable? `fairlead doctor` checks the sources")


def test_a_traceback_is_shown_to_whoever_asks_for_it(tmp_path: Path) -> None:
    home = tmp_path / "h"
    with hanging_up(home):
        done = asked(home, FAIRLEAD_DEBUG="1")
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert "httpx." in done.stderr.splitlines()[-1]


def _not_a_warehouse(folder: Path) -> object:
    (folder / "warehouse.duckdb").write_bytes(b"no warehouse" * 2000)
    return duckdb.connect(str(folder / "warehouse.duckdb"))


def _not_a_store(folder: Path) -> object:
    (folder / "facts.db").write_bytes(b"no store" * 2000)
    return sqlite3.connect(folder / "facts.db").execute("select 1 from sqlite_master")


@pytest.mark.parametrize(
    ("happens", "hint"),
    [
        (_not_a_warehouse, "the warehouse can be made anew: delete warehouse.duckdb in the home"),
        (lambda _: duckdb.sql("selekt 1"), "FAIRLEAD_DEBUG=1 shows where it happened"),
        (_not_a_store, "`fairlead doctor` checks the store"),
        (lambda folder: (folder / "none").read_text(), "FAIRLEAD_DEBUG=1 shows where it happened"),
    ],
    ids=["warehouse", "statement", "store", "file"],
)
def test_a_fault_of_a_library_says_where_to_look(
    happens: Callable[[Path], object], hint: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception) as raised:
        happens(tmp_path)
    words, where = _told(raised.value)
    assert words
    assert "\n" not in words
    assert where == hint
