"""A connector that calls out is a folder: `read.py` is pure, `sync.py` asks the API, `check.py` asks for `doctor`.

One that writes has an `act.py` beside them, and names its `acts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.connector import Delivery, Finding, Options, Page, Reading, SyncRequest


class Folder:
    """What `connector.py` of such a folder need not write: each part is the function of its module's name.

    The modules load when they are first needed. The gateway checks signatures and reads nothing, a command that shows
    a brief does neither, and twenty readers and HTTP clients would make both wait.
    """

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Webhooks and API pages alike."""
        reading: Reading = self._beside("read").read(delivery, options)
        return reading

    def sync(self, request: SyncRequest) -> Iterator[Page]:
        """Raw pages of the API."""
        pages: Iterator[Page] = self._beside("sync").sync(request)
        return pages

    def check(self, request: SyncRequest) -> Iterator[Finding]:
        """Who we are there, and what is missing."""
        findings: Iterator[Finding] = self._beside("check").check(request)
        return findings

    def plan(self, request: ActRequest) -> Sequence[Call]:
        """The exact requests of an act; only a connector that names its `acts` is asked."""
        calls: Sequence[Call] = self._beside("act").plan(request)
        return calls

    def act(self, request: ActRequest) -> Outcome:
        """Does it, once."""
        outcome: Outcome = self._beside("act").act(request)
        return outcome

    def _beside(self, name: str) -> Any:
        return import_module(f"{type(self).__module__.rpartition('.')[0]}.{name}")
