"""A demo home and a server on it, for the benchmarks that look at a running Fairlead from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from fairlead.ui.registry import pages

PROGRAM = str(Path(sys.executable).with_name("fairlead"))
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def demo_home(given: Path | None) -> Iterator[dict[str, str]]:
    """The environment of commands on a demo home: one that exists, else a new one that is told now."""
    with tempfile.TemporaryDirectory() as scratch:
        home = given or Path(scratch) / "demo"
        # compiled modules kept, as on any machine that has run it once
        environ = {
            **os.environ,
            "FAIRLEAD_DEMO_HOME": str(home),
            "PYTHONPYCACHEPREFIX": str(Path(scratch) / "compiled"),
        }
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        if not (home / "as-of").is_file():
            subprocess.run(
                [PROGRAM, "demo", "--no-serve"],
                env=environ,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        yield environ


@dataclass
class Server:
    """A running server and a browser that has signed in."""

    pid: int
    browser: httpx.Client
    first_ms: dict[str, float] = field(default_factory=dict)
    """What the first call of a page took."""

    def ask(self, path: str) -> tuple[float, str]:
        """Milliseconds that a page took, and its text."""
        started = time.perf_counter()
        answer = self.browser.get(path)
        spent_ms = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
        self.first_ms.setdefault(path, spent_ms)
        return spent_ms, answer.text

    def processes(self) -> list[int]:
        """The server and all below it."""
        found = [self.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, task.read_text().split())
        return found

    def core_s(self) -> float:
        """Processor time of the server process."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def paths(self) -> list[str]:
        """Every page of the product; of pages about one thing the first thing that another page leads to."""
        templates = [page.path for page in pages() if not page.development]
        found = [path for path in templates if "{" not in path]
        links: list[str] = []
        for path in found:
            links += re.findall(r'href="(/[^"#]*)"', self.ask(path)[1])
        for template in templates:
            if "{" in template:
                shape = re.compile(re.sub(r"\\{[^}]*\\}", "[^?]+", re.escape(template)) + r"(\?.*)?")
                found += [link.replace("&amp;", "&") for link in links if shape.fullmatch(link)][:1]
        return found


@contextmanager
def server(environ: dict[str, str]) -> Iterator[Server]:
    """`fairlead --demo up` on a free port, with pages and workers, until the block ends."""
    command = [PROGRAM, "--demo", "up", "--port", "0", "--json"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        try:
            said = json.loads("".join(iter(running.stdout.readline, "}\n")) + "}")
            address = f"http://localhost:{said['port']}"
            with httpx.Client(base_url=address, timeout=120, follow_redirects=True) as browser:
                browser.post(said["sign_in"]).raise_for_status()
                yield Server(running.pid, browser)
        finally:
            running.terminate()
            running.wait(30)
