"""Listens: on an address for people and tools, on a socket in the home for the operator's own commands."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop
from starlette.types import ASGIApp

from fairlead.gateway.patience import PatientProtocol
from fairlead.model.errors import Abort

MOST_CONNECTIONS = 1000
"""Open connections and requests in work beyond which strangers are told 503."""

_STOP_WITHIN_S = 10


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server listens."""

    host: str
    port: int
    socket: Path | None
    trusted_proxies: Sequence[str] = ()


class Edge:
    """Serves one app to the network and one, with the operator's rights, to the home's socket."""

    def __init__(self, app: ASGIApp, operator_app: ASGIApp, listening: Listening) -> None:
        self._listening = listening
        self._servers: list[uvicorn.Server] = []
        self._sockets: list[socket.socket] = []
        self._stopping = threading.Event()
        self.port = listening.port
        """The port, once bound: 0 asks for any."""
        try:
            self._bind(app, operator_app)
        except BaseException:
            self._release()
            raise

    def run(self, ready: Callable[[], None] | None = None) -> None:
        """Serves until `stop` or, on the main thread, SIGTERM or SIGINT; requests in work are finished."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve(ready))

    def stop(self) -> None:
        """Ends `run`; may be called from any thread."""
        self._stopping.set()
        for server in self._servers:
            server.should_exit = True

    async def _serve(self, ready: Callable[[], None] | None) -> None:
        loop = asyncio.get_running_loop()
        # Python hands signals to the main thread alone; in others, `stop` is called by whoever owns it.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
        try:
            serving = [
                asyncio.create_task(server.serve(sockets=[listener]))
                for server, listener in zip(self._servers, self._sockets, strict=True)
            ]
            # A link that is printed before both sockets answer is tried too early.
            while not all(server.started for server in self._servers) and not any(task.done() for task in serving):
                await asyncio.sleep(0.01)
            if ready is not None:
                ready()
            await asyncio.gather(*serving)
        finally:
            self._release()

    def _bind(self, app: ASGIApp, operator_app: ASGIApp) -> None:
        listening = self._listening
        listener = _tcp(listening.host, listening.port)
        self._sockets.append(listener)
        self.port = listener.getsockname()[1]
        self._servers.append(_Server(_config(app, listening.trusted_proxies)))
        if listening.socket is not None:
            self._sockets.append(_unix(listening.socket))
            # No proxy stands before a file: a forwarded header there would be a lie.
            self._servers.append(_Server(_config(operator_app, ())))

    def _release(self) -> None:
        for listener in self._sockets:
            listener.close()
        # Only what was bound here: the socket of the server that was found living is its own.
        if self._listening.socket is not None and len(self._sockets) > 1:
            self._listening.socket.unlink(missing_ok=True)


class _Server(uvicorn.Server):
    """Leaves signals to the edge, which stops both servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def _config(app: ASGIApp, trusted_proxies: Sequence[str]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
        backlog=1024,
    )


def _tcp(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Else a restart would have to wait a minute for connections that have ended.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        taken = "fairlead up --port 0 takes any free one; to keep another, set `port` in [server]"
        hint = taken if fault.errno == errno.EADDRINUSE else "check `host` in [server]"
        raise Abort(f"cannot listen on {host}:{port}: {fault.strerror}", hint=hint) from fault
    return listener


def _unix(path: Path) -> socket.socket:
    """A socket that only the owner may open; a socket left by a killed server is replaced, a living one is not."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if path.exists():
        try:
            listener.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            listener.close()
            raise Abort(f"a server runs on this home already: {path}", hint="stop it, or choose another home")
        listener.close()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # The rights come with the file: nobody can open it in the moment before a chmod.
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError as fault:
        listener.close()
        raise Abort(f"cannot make the socket {path}: {fault.strerror or fault}") from fault
    finally:
        os.umask(before)
    return listener
