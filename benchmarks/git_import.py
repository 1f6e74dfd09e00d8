"""How long `fairlead import git` takes against `git log --numstat`, on a repository made for it.

    python benchmarks/git_import.py [--commits 100000] [--runs 3] [--keep FOLDER]

The repository is the same every time: files of changing size in 200 folders, about three files a commit, merges of
pull requests, squashes, renames, tags, forty authors. Each run imports into a fresh home, so nothing is left over.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_START = 1_500_000_000
_WORDS = ["ledger", "payment", "retry", "quota", "shard", "cursor", "report", "export", "limit", "refund"]


class History:
    """Writes a fast-import stream."""

    def __init__(self, commits: int, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._wanted = commits
        self._mark = 0
        self._now = _START
        self._files: dict[str, list[str]] = {}
        self._number = 0

    def stream(self) -> Iterator[bytes]:
        """The whole stream."""
        main = 0
        while self._mark < self._wanted:
            kind = self._random.random()
            if main and kind < 0.15:
                branch = main
                for _ in range(self._random.randint(1, 4)):
                    text, branch = self._commit("refs/heads/work", self._words(), branch)
                    yield text
                self._number += 1
                title = f"Merge pull request #{self._number} from acme/work-{self._number}\n\n{self._words()}"
                text, main = self._commit("refs/heads/main", title, main, branch)
            elif kind < 0.5:
                self._number += 1
                text, main = self._commit("refs/heads/main", f"{self._words()} (#{self._number})", main)
            else:
                text, main = self._commit("refs/heads/main", self._words() + self._trailers(), main)
            yield text
            if self._random.random() < 0.003:
                yield f"reset refs/tags/v{self._number // 10}.{self._number}\nfrom :{main}\n\n".encode()
        yield f"reset refs/heads/main\nfrom :{main}\n\ndone\n".encode()

    def _words(self) -> str:
        return " ".join(self._random.choices(_WORDS, k=5))

    def _trailers(self) -> str:
        person = self._random.randint(0, 39)
        return (
            f"\n\nWhy: {self._words()}\n\nCo-authored-by: Dev {person} <dev{person}@acme.example>\n"
            if person % 4 == 0
            else ""
        )

    def _commit(self, ref: str, message: str, parent: int, other: int = 0) -> tuple[bytes, int]:
        self._mark += 1
        self._now += self._random.randint(20, 1200)
        person = self._random.randint(0, 39)
        who = f"Dev {person} <dev{person}@acme.example>"
        body = message.encode()
        lines = [
            f"commit {ref}\nmark :{self._mark}\nauthor {who} {self._now - 300} +0100\n".encode(),
            f"committer {who} {self._now} +0000\ndata {len(body)}\n".encode(),
            body,
            b"\n",
        ]
        if parent:
            lines.append(f"from :{parent}\n".encode())
        if other:
            lines.append(f"merge :{other}\n".encode())
        if not other:
            lines.extend(self._file() for _ in range(self._random.choice((1, 1, 2, 3, 3, 8))))
        return b"".join(lines) + b"\n", self._mark

    def _file(self) -> bytes:
        path = f"src/part{self._random.randint(0, 199)}/file{self._random.randint(0, 9)}.py"
        lines = self._files.setdefault(path, [])
        for _ in range(self._random.randint(1, 6)):
            lines.insert(self._random.randint(0, len(lines)), f"{self._words()} {self._random.random()}")
        del lines[120:]
        data = "\n".join(lines).encode()
        return f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"


def generate(folder: Path, commits: int) -> None:
    """Makes the repository."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    command = ["git", f"--git-dir={folder}", "fast-import", "--quiet", "--done"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        assert running.stdin
        for part in History(commits).stream():
            running.stdin.write(part)
    if running.returncode:
        raise SystemExit("git fast-import failed")


def timed(command: list[str]) -> tuple[float, float]:
    """Wall seconds of a command, and its largest memory in MB (its own process, without git's)."""
    started = time.perf_counter()
    with subprocess.Popen(["/usr/bin/env", *command], stdout=subprocess.DEVNULL) as running:
        peak = 0.0
        while running.poll() is None:
            peak = max(peak, _resident(running.pid))
            time.sleep(0.02)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - started, peak


def _resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


def main() -> None:
    """Generates, measures in pairs and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the repository; used again if it is there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        repository = asked.keep or Path(scratch) / "generated.git"
        if not repository.exists():
            generate(repository, asked.commits)
        ratios, walls, peaks = [], [], []
        for number in range(asked.runs):
            plain, _ = timed(["git", f"--git-dir={repository}", "log", "--numstat", "--all"])
            home = Path(scratch) / f"home{number}"
            program = Path(sys.executable).with_name("fairlead")
            ours, peak = timed([f"FAIRLEAD_HOME={home}", str(program), "import", "git", str(repository)])
            ratios.append(ours / plain)
            walls.append(ours)
            peaks.append(peak)
            print(
                f"run {number + 1}: git log --numstat {plain:.1f} s, "
                f"import {ours:.1f} s, {ours / plain:.2f}x, {peak:.0f} MB"
            )
        print(f"median: import {statistics.median(walls):.1f} s, {statistics.median(ratios):.2f}x git log --numstat")
        print(f"memory: {max(peaks):.0f} MB (goal: under 300); goal for the ratio: at most 1.5")
        print(f"of this script: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
