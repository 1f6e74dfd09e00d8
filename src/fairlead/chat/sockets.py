"""Socket Mode: requests come over a connection that we open, so nothing of ours has to be reachable."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from fairlead.chat.app import Pool, make_app
from fairlead.chat.hands import Hands

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 300.0


class SocketFollower:
    """Holds the connection until told to stop. The SDK opens the next one when Slack recycles this one."""

    def __init__(self, hands: Hands, token: Callable[[], str], base: str, stop: threading.Event) -> None:
        self._hands = hands
        self._token = token
        self._base = base
        self._stop = stop

    def run(self) -> None:
        """Connects, and again after a while where that fails: Slack may be down, or the token wrong."""
        pause_s = _FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                self._hold()
                pause_s = _FIRST_PAUSE_S
            except SlackApiError as fault:
                _log.warning("no connection to Slack: %s", fault.response.get("error", "unknown"))
            except Exception as fault:
                # The SDK raises whatever its sockets do; a chat that is down must not end the server.
                _log.warning("no connection to Slack: %s: %s", type(fault).__name__, fault)
            self._stop.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _hold(self) -> None:
        web = WebClient(base_url=f"{self._base.rstrip('/')}/")
        handler = SocketModeHandler(make_app(self._hands, Pool()), self._token(), web_client=web)
        try:
            handler.connect()  # type: ignore[no-untyped-call]
            self._stop.wait()
        finally:
            handler.close()  # type: ignore[no-untyped-call]
