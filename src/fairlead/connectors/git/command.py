"""Runs git on a repository that nobody vouches for: no hooks, no filters, no network, no pager, no prompt.

The repository's own configuration may name programs (fsmonitor, signature checks, text conversions, remote helpers);
each of these doors is shut here, because a copied repository is data and must not run code.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fairlead.model.errors import Abort, Skip

_QUESTION_S = 120.0
"""How long a short question to git may take; history itself is streamed and has no limit."""

_SHUT = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.quotePath=false",
    "core.commitGraph=true",
    "protocol.allow=never",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.mailmap=true",
    "diff.external=",
    "gc.auto=0",
    "maintenance.auto=false",
    "safe.directory=*",
)


@dataclass(frozen=True, slots=True)
class Git:
    """Git on one repository's own folder (never its work tree, so that nothing of a checkout is consulted)."""

    directory: Path

    def run(self, *arguments: str, given: str = "", settings: Sequence[str] = ()) -> str:
        """What git prints; `Skip` with git's own first words if it fails."""
        return self.run_bytes(*arguments, given=given, settings=settings).decode("utf-8", "replace")

    def run_bytes(self, *arguments: str, given: str = "", settings: Sequence[str] = ()) -> bytes:
        """Like `run`, undecoded."""
        done = self.ask(*arguments, given=given, settings=settings)
        if done.returncode:
            raise Skip(f"{self.directory}: git {arguments[0]}: {_first_words(done.stderr)}", hint=_hint(done.stderr))
        return done.stdout

    def ask(
        self, *arguments: str, given: str = "", settings: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs a short command, whatever its exit code."""
        try:
            return subprocess.run(
                self._line(arguments, settings),
                input=given.encode(),
                capture_output=True,
                env=environment(),
                timeout=_QUESTION_S,
                check=False,
            )
        except FileNotFoundError as fault:
            raise Abort("git is not installed", hint="install git, version 2.30 or later") from fault
        except subprocess.TimeoutExpired as fault:
            raise Skip(f"{self.directory}: git {arguments[0]} took longer than {_QUESTION_S:.0f} s") from fault

    @contextmanager
    def stream(self, *arguments: str, given: str, settings: Sequence[str] = ()) -> Iterator[IO[bytes]]:
        """The output of a long command while it runs; a failure shows once all has been read."""
        line = self._line(arguments, settings)
        # files for both ends that nobody reads meanwhile: a full pipe would stop git
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
            asked.write(given.encode())
            asked.seek(0)
            with subprocess.Popen(
                line, stdin=asked, stdout=subprocess.PIPE, stderr=said, env=environment()
            ) as running:
                assert running.stdout
                try:
                    yield running.stdout
                    if running.wait():
                        said.seek(0)
                        words = said.read(65536)
                        raise Skip(f"{self.directory}: git {arguments[0]}: {_first_words(words)}", hint=_hint(words))
                finally:
                    if running.poll() is None:
                        running.kill()

    def _line(self, arguments: Sequence[str], settings: Sequence[str]) -> list[str]:
        # the git folder stands in for the work tree: no `.mailmap` or `.gitattributes` of a checkout is consulted
        line = ["git", "--no-pager", f"--git-dir={self.directory}", f"--work-tree={self.directory}"]
        for setting in (*_SHUT, *settings):
            line += ["-c", setting]
        return [*line, *arguments]


def environment() -> dict[str, str]:
    """What git sees of ours: the search path only, so that GIT_DIR and the like of a caller do not leak in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        # write in blocks, not after every commit
        "GIT_FLUSH": "0",
    }


def locate(path: Path) -> Git:
    """The repository at a path: bare, with a work tree, a linked work tree or a submodule."""
    if not path.exists():
        raise Skip(f"{path}: there is nothing here", hint="name the folder of a git repository")
    place = Git(path if path.is_dir() else path.parent)
    for candidate in (path / ".git", path):
        found = _answer(candidate)
        if found:
            return Git(found)
    hint = "name the folder that holds `.git`, or a bare repository"
    raise Skip(f"{place.directory}: this is no git repository", hint=hint)


def _answer(candidate: Path) -> Path | None:
    """The git folder behind a candidate; a `.git` file points to it (work trees, submodules)."""
    if candidate.is_file():
        try:
            text = candidate.read_text("utf-8", "replace")[:4096]
        except OSError:
            return None
        if not text.startswith("gitdir:"):
            return None
        target = Path(text.removeprefix("gitdir:").strip())
        candidate = target if target.is_absolute() else candidate.parent / target
    if not (candidate / "HEAD").is_file():
        return None
    return candidate.resolve()


def _first_words(complaint: bytes) -> str:
    lines = [line.strip() for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (fatal or lines or ["failed without a word"])[0].removeprefix("fatal: ").removeprefix("error: ")[:300]


def _hint(complaint: bytes) -> str:
    text = complaint.decode("utf-8", "replace").lower()
    if "corrupt" in text or "unable to read" in text or "missing" in text or "bad object" in text:
        return "the repository is damaged: `git fsck` names what is missing, a fresh clone repairs it"
    if "dubious ownership" in text:
        return "the repository belongs to another user: run Fairlead as its owner, or copy it"
    return ""
