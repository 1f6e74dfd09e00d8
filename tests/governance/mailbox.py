"""A mail server of the tests' own, on this machine: it keeps what it takes, and refuses as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from fairlead.model.addresses import read_address

SENDER = read_address("Fairlead <fairlead@acme.example>")


@dataclass
class MailServer:
    """What it was sent, and what it says next; an empty answer is yes."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    on_recipient: list[str] = field(default_factory=list)
    on_data: list[str] = field(default_factory=list)
    breaks_off: int = 0
    """How many times it drops the line where it should have said that it took the message."""
    sessions: int = 0
    options: list[list[str]] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> bool:
        """Waits until so many mails are there."""
        with self.came:
            return self.came.wait_for(lambda: len(self.taken) >= count, timeout=30)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:  # noqa: N802
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.on_recipient and (said := self.on_recipient.pop(0)):
            return said
        self.options.append(list(envelope.mail_options))
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.breaks_off:
            self.breaks_off -= 1
            server.transport.abort()
            return "451 gone"
        if self.on_data and (said := self.on_data.pop(0)):
            return said
        self.raw.append(envelope.content)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        with self.came:
            self.taken.append((envelope.rcpt_tos[0], mail))
            self.came.notify_all()
        return f"250 taken as {len(self.taken)}"


@contextmanager
def serving(**more: Any) -> Iterator[MailServer]:
    """A server in a thread of its own, for a block."""
    server = MailServer()
    # Port 0 is any, and the controller looks for itself at the one it was given: a free one is found first.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(server, hostname="127.0.0.1", port=port, ready_timeout=20, **more)
    controller.start()
    server.port = port
    try:
        yield server
    finally:
        controller.stop()
