"""A wire to a NATS server that loses a message of a page, as a slow consumer's server does."""

from __future__ import annotations

import socket
import threading
from typing import BinaryIO


class Lossy:
    """Takes connections and hands on what comes, but for one message when it is told to lose one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"nats://127.0.0.1:{self._door.getsockname()[1]}"
        self.lose = 0
        """Which message of the stream to lose from now on, counted from one; 0 is none."""

    def __enter__(self) -> Lossy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            threading.Thread(target=_pump, args=(near, far), daemon=True).start()
            threading.Thread(target=self._answers, args=(far.makefile("rb"), near), daemon=True).start()

    def _answers(self, far: BinaryIO, near: socket.socket) -> None:
        while line := far.readline():
            words = line.split()
            body = far.read(int(words[-1]) + 2) if words and words[0] in (b"MSG", b"HMSG") else b""
            if self.lose and b"Nats-Sequence:" in body:
                self.lose -= 1
                if self.lose == 0:
                    continue
            try:
                near.sendall(line + body)
            except OSError:
                # the client has thrown its connection away
                break
        near.close()


def _pump(near: socket.socket, far: socket.socket) -> None:
    while said := near.recv(65536):
        far.sendall(said)
    far.close()
