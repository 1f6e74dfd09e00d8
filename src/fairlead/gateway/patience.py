"""How long the server waits for a stranger to finish the head of a request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S = 10.0


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a time limit on request heads: it bounds idle connections, but not slow ones."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Starts the clock: a connection on which nobody says anything is closed as well."""
        super().connection_made(transport)
        self._start()

    def on_message_begin(self) -> None:
        """A further request on a kept connection has the same time."""
        super().on_message_begin()
        self._start()

    def on_headers_complete(self) -> None:
        """The head is here; bodies have limits of their own."""
        self._stop()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._stop()
        super().connection_lost(exc)

    def _start(self) -> None:
        self._stop()
        self._deadline = self.loop.call_later(HEAD_WITHIN_S, self._give_up)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        # Without an answer: who sends a byte a minute would read it as slowly.
        if not self.transport.is_closing():
            self.transport.close()
