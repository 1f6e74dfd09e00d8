"""Who holds something in the store: a process on a machine, which others on the machine can see die."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, and which of its parts."""

    host: str
    pid: int
    token: str

    @classmethod
    def here(cls) -> Holder:
        """A new holder in this process."""
        return cls(socket.gethostname(), os.getpid(), secrets.token_hex(8))

    @classmethod
    def read(cls, text: str) -> Holder:
        """A holder from its text."""
        host, pid, token = text.rsplit("/", 2)
        return cls(host, int(pid), token)

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.token}"

    def is_gone(self) -> bool:
        """Whether its process is known to have ended; that of another machine never is."""
        if self.host != socket.gethostname() or self.pid == os.getpid():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        # there, and another user's
        except PermissionError:
            return False
        return False
