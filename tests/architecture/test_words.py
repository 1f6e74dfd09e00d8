"""The project speaks of itself alone: no machine paths, no registry hosts, nothing unfinished."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "a machine's path": re.compile(r"/(?:root|home/\w+)/(?!\.)|/wor[k]/"),
    "a registry's host": re.compile(r"pypi\.(?:org)|files\.pythonhosted|registry\.npmjs|deb\.debian", re.IGNORECASE),
    # In quotes of its own it is what a tool calls a status, not a note of ours.
    "unfinished work": re.compile(r"(?<!\")\b(?:TOD[O]|FIXM[E]|XX[X])\b(?!\")"),
}


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_nothing_speaks_of_the_place_where_it_was_written() -> None:
    found = []
    for path in _tracked():
        if not path.is_file() or path == Path(__file__) or "vendor" in path.parts:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for what, pattern in FORBIDDEN.items():
            if match := pattern.search(text):
                found.append(f"{path.relative_to(ROOT)}: {what}: {match[0]}")
    assert not found
