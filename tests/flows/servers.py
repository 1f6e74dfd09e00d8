"""Real processes for whole journeys: GitHub's fake behind a socket, and the program as a stranger calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from tests.typed import typed

from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.kit.fake import server


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The fake's address while it is served."""
    serving = uvicorn.Server(uvicorn.Config(server.app(desk), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    until(lambda: serving.started)
    port = serving.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        serving.should_exit = True
        thread.join(10)


def until(true: Callable[[], Any], seconds: float = 30) -> Any:
    """Looks until it is so, where another process must act."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.1)
    return found


@dataclass
class Shell:
    """A working directory with a home in it, and the environment of whoever types there."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The home that commands work with."""
        return self.folder / "home"

    @property
    def settings(self) -> Path:
        """The settings file that commands find."""
        return self.folder / "fairlead.toml"

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRLEAD", "GITHUB"))}
        return {**kept, "FAIRLEAD_HOME": str(self.home), **self.environ}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command that runs on."""
        return subprocess.Popen(
            [sys.executable, "-m", "fairlead", *words],
            cwd=self.folder,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """A command to its end; fails unless it ends with this code."""
        done = typed(*words, folder=self.folder, environ=self._environ())
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *words: str, code: int = 0) -> Any:
        """What a command answers with `--json`."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What `fairlead sql` answers."""
        return self.json("sql", query)  # type: ignore[no-any-return]

    @contextmanager
    def up(self) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
        """A server on any port, and what it says of itself; killed at the end unless it has ended."""
        process = self.start("up", "--port", "0", "--json")
        assert process.stdout is not None
        try:
            said = ""
            while not said.rstrip().endswith("}"):
                line = process.stdout.readline()
                assert line, process.stderr.read() if process.stderr else ""
                said += line
            yield process, json.loads(said)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def signed_in(link: str) -> httpx.Client:
    """A browser that came in by a one-time link."""
    base = link.partition("/sign-in/")[0]
    client = httpx.Client(base_url=base, timeout=60, headers={"origin": base})
    assert client.post(link).status_code == 303
    return client
