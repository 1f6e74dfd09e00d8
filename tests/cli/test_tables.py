"""Whether there is a terminal is found out where the words are typed: tables fit it, or go out whole."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

QUERY = "select id, title, repository, created_at from changes where title is not null order by id limit 3"


def _typed(demo: Path, columns: int = 0) -> list[str]:
    """Lines of an answer, at a terminal of so many columns or into a pipe."""
    words = [sys.executable, "-m", "fairlead", "--demo", "sql", QUERY]
    environ = {**os.environ, "FAIRLEAD_DEMO_HOME": str(demo), "NO_COLOR": "1"}
    environ.pop("COLUMNS", None)
    if not columns:
        done = subprocess.run(words, env=environ, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.splitlines()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(words, env=environ, stdout=theirs, stdin=theirs) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 4096):
                said += part
        # So Linux says that the last one at the other end has left.
        except OSError:
            pass
        os.close(ours)
        assert process.wait(60) == 0
    return said.decode().replace("\r\n", "\n").splitlines()


def test_a_pipe_gets_a_line_a_row_and_a_terminal_what_fits(demo_home: Path, tmp_path: Path) -> None:
    demo = shutil.copytree(demo_home, tmp_path / "demo")
    names, *rows, count = _typed(demo)
    assert names.split() == ["id", "title", "repository", "created_at"]
    assert (len(rows), count) == (3, "3 rows")
    ids = [row.split()[0] for row in rows]
    narrow, wide, slim = _typed(demo, 70), _typed(demo, 300), _typed(demo, 44)
    # a window beside another one: nothing runs over its edge but an id, which is never cut
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in slim]
    assert max(len(line) for line in bare if not line.startswith("id ")) <= 44
    assert [line.split()[1] for line in bare if line.startswith("id ")] == ids
    assert [line.split()[1] for line in narrow if line.startswith("id ")] == ids
    assert narrow.count("─" * 70) == 2
    assert [line.split()[0] for line in wide[1:-1]] == ids
    assert all(line.split()[-1].endswith("Z") for line in rows)
