"""The durable engine: short workflows whose steps are remembered, so that a killed one goes on where it was.

The only module that knows DBOS. Its import takes two seconds and its start one, so that it starts in the background,
and no command ever waits for it. Requests are the truth: what this engine has lost or never heard of is
done from its row.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from fairlead.governance.executing import Step
from fairlead.model.errors import Abort

_log = logging.getLogger(__name__)

VERSION = "2"
"""Of the workflow and its steps, fixed: by its own account DBOS would strand what is pending at each change of code.
A change in the order of steps is a new one, and what is pending under the old one is done from its row."""
SCHEMA = "fairlead_workflows"
KEEP = timedelta(days=7)
_AT_ONCE = 8
_FORGET_AT_ONCE = 500

_AGAIN = {"retries_allowed": True, "max_attempts": 4, "interval_seconds": 1.0, "backoff_rate": 3.0}
"""A step raises where the store does not answer for a moment; what a tool says never comes out of one."""

Perform = Callable[[str, Step], str]
"""Does a request, each part of it as a step."""
Standing = Literal["unknown", "ours", "over", "elsewhere"]


def folder_url(home: Path) -> str:
    """Address of the engine's own file in a home."""
    return f"sqlite:///{home / 'workflows.db'}"


class Engine:
    """The engine of one worker; a process has one."""

    def __init__(self, url: str, executor: str, perform: Perform) -> None:
        """`executor` names the worker over restarts: what it held when it died is its own when it comes back."""
        self._url = url
        self._executor = executor
        self._perform = perform
        self._ready = threading.Event()
        self._starting = threading.Lock()
        self._dbos: Any = None
        self._workflow: Any = None

    @property
    def ready(self) -> bool:
        """Whether workflows can be started without waiting."""
        return self._ready.is_set()

    def start(self) -> None:
        """Imports and launches it, once; what was pending when it died goes on."""
        with self._starting:
            if self._ready.is_set():
                return
            self._launch()
            self._ready.set()

    def _launch(self) -> None:
        from dbos import DBOS
        from dbos._serialization import DBOSPortableJSON

        if self._url.startswith("sqlite"):
            _prepare(self._url.removeprefix("sqlite:///"))
        DBOS.destroy(destroy_registry=True)
        DBOS(
            config={
                "name": "fairlead",
                "system_database_url": self._url,
                "application_version": VERSION,
                "executor_id": self._executor,
                "dbos_system_schema": SCHEMA,
                # its usual one is pickle, which runs what it reads
                "serializer": DBOSPortableJSON,
                "max_executor_threads": _AT_ONCE,
                "sys_db_pool_size": _AT_ONCE,
                "log_level": "ERROR",
                "console_log_level": "ERROR",
                "enable_otlp": False,
                # nothing here waits for messages or runs by its clock
                "scheduler_polling_interval_sec": 3600.0,
            }
        )

        @DBOS.workflow(name="request")
        def workflow(request: str) -> str:
            def step(name: str, work: Callable[[], Any]) -> Any:
                options: Any = {**_AGAIN, "name": name}
                return DBOS.run_step(options, work)

            return self._perform(request, step)

        self._workflow, self._dbos = workflow, DBOS
        DBOS.launch()

    def begin(self, request: str) -> None:
        """Starts the workflow of a request, under its id; one that is there already is not started twice."""
        from dbos import SetWorkflowID

        if not self.ready:
            raise Abort("the engine is not started")
        with SetWorkflowID(request):
            self._dbos.start_workflow(self._workflow, request)

    def standing(self, request: str) -> Standing:
        """What the engine knows of the workflow of a request that nobody works on."""
        found = self._dbos.get_workflow_status(request)
        if found is None:
            return "unknown"
        if found.status not in ("PENDING", "ENQUEUED"):
            return "over"
        # nobody goes on with what another version has begun
        if found.app_version not in (VERSION, None):
            return "over"
        return "ours" if found.executor_id in (self._executor, None) else "elsewhere"

    def forget(self) -> int:
        """Drops workflows that were over long ago; gives how many. The ledger keeps what they did."""
        # by its clock, which is the machine's
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - KEEP.total_seconds()))
        over = self._dbos.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            end_time=before,
            limit=_FORGET_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if over:
            self._dbos.delete_workflows([one.workflow_id for one in over])
        return len(over)

    def stop(self) -> None:
        """Ends it; a workflow in work goes on at the next start."""
        with self._starting:
            if self._dbos is not None:
                self._ready.clear()
                self._dbos.destroy(workflow_completion_timeout_sec=0)
                self._dbos = None


def _prepare(path: str) -> None:
    # readers go on while somebody writes; it stays with the file
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
