"""The program as whoever types it calls it: a process for each command, forked from one that has read its libraries.

Reading them takes 0.7 s of processor time, a small command a tenth of that, and the suite types two hundred. All
else is as in a process of its own: folder, environment, streams, exit code, and nothing that one command leaves to
the next. What is tested by the interpreter's start, a terminal or a signal starts `python -m fairlead` itself.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

# Not pyarrow: it starts a thread as it is read, and of a process with threads a fork has but one.
READ = (
    "babel.dates", "duckdb", "email.policy", "httpx", "rich.table", "ruamel.yaml", "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite", "tomlkit", "typer", "fairlead.bus.sql", "fairlead.cli.asking",
    "fairlead.cli.output", "fairlead.connectors.kit.registry", "fairlead.governance.carrier", "fairlead.ingest.apply",
    "fairlead.ingest.replay", "fairlead.metrics.executor", "fairlead.reports.registry", "fairlead.store.migrate",
    "fairlead.wiring.answers", "fairlead.wiring.checkup", "fairlead.wiring.services", "fairlead.wiring.syncing",
    "fairlead.wiring.verbs",
)  # fmt: skip
WITHIN_S = 120.0


def typed(*words: str, folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What `fairlead` says to these words, typed in a folder with this environment and no more."""
    source = _source()
    with tempfile.TemporaryDirectory(prefix="fairlead-typed-") as said:
        source.send((words, str(folder), dict(environ), said))
        assert source.poll(WITHIN_S), f"{words}: no end within {WITHIN_S:.0f} s"
        code = source.recv()
        out, err = (Path(said, name).read_text("utf-8") for name in ("out", "err"))
    return subprocess.CompletedProcess(words, code, out, err)


@cache
def _source() -> Connection:
    """The line to the process that forks, which ends when our end of it closes."""
    ours, theirs = socket.socketpair()
    with theirs:
        words = [sys.executable, "-P", __file__, str(theirs.fileno())]
        # A session of its own: a Ctrl-C at the tests would end it in the midst of a command.
        subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True)
    return Connection(ours.detach())


def _serve(line: Connection) -> tuple[str, ...]:
    """Forks for whatever is asked: in the child the words that it is to run, and none once nobody asks any more."""
    for name in READ:
        importlib.import_module(name)
    threads = Path("/proc/self/task")
    assert not threads.is_dir() or len(list(threads.iterdir())) == 1, "something that was read has started a thread"
    # Else each child looks through all that was read, and copies the pages of it, as often as its collector runs.
    gc.freeze()
    while True:
        try:
            words, folder, environ, said = line.recv()
        except EOFError:
            return ()
        child = os.fork()
        if not child:
            break
        line.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    line.close()
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for stream, name in enumerate(("out", "err"), start=1):
        os.dup2(os.open(Path(said, name), os.O_WRONLY | os.O_CREAT, 0o600), stream)
    return tuple(words)


def _run(words: tuple[str, ...]) -> int:
    """Runs a command up to where the interpreter would take itself apart; gives the exit code."""
    from fairlead.cli.main import run

    # By this name the program calls itself when it tells of a wrong call.
    sys.argv = ["fairlead", *words]
    code: object = None
    try:
        run()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    _words = _serve(Connection(int(sys.argv[1])))
    # To take a thousand modules apart takes as long as a small command does.
    os._exit(_run(_words) if _words else 0)
