"""Reads `git log` while git is still walking: commits with the lines of each file, in batches."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from fairlead.connectors.git.command import Git

_FORMAT = "%x02%H%x00%P%x00%aN%x00%aE%x00%at%x00%cN%x00%cE%x00%ct%x00%B%x00"
"""The marker cannot begin a line of numbers, so a commit without files needs no closing mark."""

_FIELDS = 9
_NO_BLOB = "0" * 40
"""An id that no object has: git passes over a map that is not there."""

_CHUNK = 256 * 1024
_AHEAD = 96
"""Chunks that git may be ahead of us: 24 MB, so that it keeps working while a batch is stored."""

_DIFF = (
    "--numstat",
    # said outright, because the repository's configuration could say otherwise
    "--find-renames=50%",
    "-l1000",
    "--diff-algorithm=myers",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--ignore-submodules=none",
)

Stat = tuple[str, str | None, int | None, int | None]
"""Path, path before (renames), lines added and deleted (binary files: unknown)."""


@dataclass(slots=True)
class LoggedCommit:
    """A commit as git prints it, after `.mailmap`."""

    sha: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    authored: int | None
    """Seconds since 1970."""
    committer_name: str
    committer_email: str
    committed: int | None
    message: str
    stats: list[Stat] = field(default_factory=list)


def commits(
    git: Git, revisions: str, *, numstat: bool, mailmap: str, more: tuple[str, ...] = ()
) -> Iterator[LoggedCommit]:
    """Commits of the revisions (one a line, `^` before those to leave out), newest first, parents after children."""
    arguments = [
        "log",
        "-z",
        "--topo-order",
        "--encoding=UTF-8",
        "--no-color",
        "--no-show-signature",
        "--no-decorate",
    ]
    arguments += [*(_DIFF if numstat else ()), *more, f"--format={_FORMAT}", "--stdin"]
    # the map of this very step, not whatever lies in the folder today
    settings = [f"mailmap.blob={mailmap or _NO_BLOB}", "mailmap.file="]
    with git.stream(*arguments, given=revisions, settings=settings) as out:
        yield from _parse(_tokens(out))


def _tokens(out: IO[bytes]) -> Iterator[list[str]]:
    """Runs of whole tokens between NUL bytes."""
    held = b""
    for chunk in _ahead(out):
        whole, found, rest = chunk.rpartition(b"\0")
        if not found:
            held += rest
            continue
        yield _decode(held + whole).split("\0")
        held = rest
    if held:
        yield _decode(held).split("\0")


def _decode(text: bytes) -> str:
    # file names and very old messages may be in any encoding: what is no UTF-8 is shown as U+FFFD
    return text.decode("utf-8", "replace")


def _ahead(out: IO[bytes]) -> Iterator[bytes]:
    """Chunks read by a thread of their own, so that git never waits for the store unless it is far ahead."""
    waiting: queue.Queue[bytes | BaseException] = queue.Queue(_AHEAD)
    gone = threading.Event()
    reader = threading.Thread(target=_pump, args=(out, waiting.put, gone), name="git log", daemon=True)
    reader.start()
    try:
        while chunk := waiting.get():
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk
    finally:
        gone.set()
        # frees a reader that waits for room; it sees `gone` next
        while reader.is_alive():
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                reader.join(0.05)


def _pump(out: IO[bytes], put: Callable[[bytes | BaseException], None], gone: threading.Event) -> None:
    try:
        while not gone.is_set() and (chunk := out.read(_CHUNK)):
            put(chunk)
    except (OSError, ValueError) as fault:
        put(fault)
    put(b"")


def _parse(runs: Iterator[list[str]]) -> Iterator[LoggedCommit]:
    """Puts tokens together; a token that begins with the marker opens a commit, others are its files."""
    head: list[str] = []
    commit: LoggedCommit | None = None
    renamed: list[str] = []
    for run in runs:
        for token in run:
            if head:
                head.append(token)
                if len(head) == _FIELDS:
                    commit = _commit(head)
                    head = []
            elif renamed:
                renamed.append(token)
                if len(renamed) == 3:
                    assert commit is not None
                    added, deleted, _ = renamed[0].split("\t", 2)
                    commit.stats.append((renamed[2], renamed[1], _count(added), _count(deleted)))
                    renamed = []
            elif token[:1] == "\x02":
                if commit is not None:
                    yield commit
                    commit = None
                head = [token[1:]]
            elif commit is not None and "\t" in token:
                added, deleted, path = token.lstrip("\n").split("\t", 2)
                if path:
                    commit.stats.append((path, None, _count(added), _count(deleted)))
                else:
                    renamed = [token.lstrip("\n")]
    if commit is not None:
        yield commit


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)


def _commit(head: list[str]) -> LoggedCommit:
    sha, parents, author, author_email, authored, committer, committer_email, committed, message = head
    return LoggedCommit(
        sha=sha,
        parents=tuple(parents.split()),
        author_name=author,
        author_email=author_email,
        authored=_seconds(authored),
        committer_name=committer,
        committer_email=committer_email,
        committed=_seconds(committed),
        message=message,
    )


_LAST_SECOND = 253402300799
"""The end of the year 9999, the last that a datetime can hold."""


def _seconds(text: str) -> int | None:
    """Seconds since 1970; a date of zero or beyond all calendars stands for one that was lost."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if 0 < number <= _LAST_SECOND else None
