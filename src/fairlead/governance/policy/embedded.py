"""The embedded engine: Rego by rego-cpp, each interpreter in a thread of its own, so that none is ever shared."""

from __future__ import annotations

import json
import logging
import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event, Lock, Thread
from typing import Any

from fairlead.governance.policy.engine import EngineFault, Undefined

log = logging.getLogger(__name__)

_BUILDING_S = 30.0
_LOST_AT_MOST = 4
"""Threads that may hang in a policy before nobody is let in any more: each holds an interpreter and spins a core."""

_LONGEST = 8_192
"""Characters of a text that the engine's own patterns are given: at some 30,000 they end the process."""


class Embedded:
    """Interpreters with the same modules and data; one document at a time each."""

    name = "embedded"

    def __init__(
        self,
        modules: Mapping[str, str],
        data: Mapping[str, Any],
        entries: Sequence[str],
        *,
        timeout_s: float = 1.0,
        threads: int = 2,
    ) -> None:
        self._make = lambda: Interpreting(modules, data, entries)
        self._timeout_s, self._threads = timeout_s, threads
        self._matches = any("regex." in text for text in modules.values())
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._made = self._lost = 0
        self._lock, self._begun = Lock(), Event()

    def ask(self, entry: str, document: Mapping[str, Any]) -> Any:
        """What a rule says; raises `EngineFault`, also when it takes longer than allowed."""
        if self._matches and (longest := max(map(len, _texts(document)), default=0)) > _LONGEST:
            raise EngineFault(
                f"a text of {longest} characters is longer than {_LONGEST}, and a policy matches by `regex`"
            )
        until = time.monotonic() + self._timeout_s
        # building takes longer than deciding and happens once: on a machine that is busy starting, it is no time-out,
        # neither for the one who builds nor for those who wait meanwhile
        starting = not self._begun.is_set()
        worker = self._worker(until + _BUILDING_S if starting else until)
        if not worker.built.is_set():
            starting = worker.built.wait(_BUILDING_S)
        if starting:
            until = time.monotonic() + self._timeout_s
        self._begun.set()
        job = _Job(entry, document)
        worker.jobs.put(job)
        if not job.done.wait(max(until - time.monotonic(), 0.001)):
            # nothing stops rego-cpp in the middle: the thread is left behind and ends when it comes back
            worker.leave()
            with self._lock:
                self._made, self._lost = self._made - 1, self._lost + 1
            raise EngineFault(f"the policies took longer than {self._timeout_s:g} s")
        self._idle.put(worker)
        if job.fault is not None:
            raise job.fault
        return job.result

    def close(self) -> None:
        """Ends the threads that wait."""
        while True:
            try:
                self._idle.get_nowait().jobs.put(None)
            except queue.Empty:
                return

    def _worker(self, until: float) -> _Worker:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            pass
        with self._lock:
            if self._lost >= _LOST_AT_MOST:
                raise EngineFault(
                    f"{self._lost} decisions hang in a policy", hint="mend the policy, then start again"
                )
            if more := self._made < self._threads:
                self._made += 1
        if more:
            return _Worker(self._make, self._returned)
        try:
            return self._idle.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            raise EngineFault("every interpreter is at work") from None

    def _returned(self) -> None:
        with self._lock:
            self._lost = max(self._lost - 1, 0)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


class _Job:
    def __init__(self, entry: str, document: Mapping[str, Any]) -> None:
        self.entry, self.document = entry, document
        self.done = Event()
        self.result: Any = None
        self.fault: EngineFault | None = None


class _Worker:
    """A thread and its interpreter."""

    def __init__(self, make: Callable[[], Interpreting], returned: Callable[[], None]) -> None:
        self.jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.built = Event()
        self._returned, self._left = returned, False
        Thread(target=self._run, args=(make,), name="policy", daemon=True).start()

    def leave(self) -> None:
        """Nobody waits for it any more: it ends with what it does."""
        self._left = True
        self.jobs.put(None)

    def _run(self, make: Callable[[], Interpreting]) -> None:
        interpreter: Interpreting | None = None
        broken: EngineFault | None = None
        try:
            interpreter = make()
        except Exception as fault:  # each of those who ask hears why
            broken = _as_fault(fault)
        self.built.set()
        while (job := self.jobs.get()) is not None:
            job.fault = broken
            try:
                job.result = interpreter.ask(job.entry, job.document) if interpreter else None
            except Exception as fault:  # whatever it is, the one who asked must hear no
                job.fault = _as_fault(fault)
            job.done.set()
        if self._left:
            self._returned()


class Interpreting:
    """One interpreter with its compiled bundle; never to be used by two threads."""

    def __init__(self, modules: Mapping[str, str], data: Mapping[str, Any], entries: Sequence[str]) -> None:
        # late: the library takes 60 ms and 20 MB, and most commands decide nothing
        from regopy import Interpreter, LogLevel, RegoError

        self._error = RegoError
        self._rego = Interpreter()
        # it writes to the terminal otherwise
        self._rego.log_level = LogLevel.NONE
        # a built-in that fails would leave its rule undefined, and a denial that is undefined lets everything pass
        self._rego.strict_built_in_errors = True
        try:
            for path, text in modules.items():
                self._rego.add_module(path, text)
            self._rego.add_data_json(json.dumps(data))
            self._bundle = self._rego.build(None, list(entries))
        except RegoError as fault:
            raise EngineFault(f"the policies do not compile: {_first_words(str(fault))}") from fault
        if not self._bundle.ok():
            raise EngineFault("the policies do not compile")

    def ask(self, entry: str, document: Mapping[str, Any]) -> Any:
        """What a rule says; anything but one value is a fault."""
        try:
            self._rego.set_input(document)
            said = self._rego.query_bundle_entrypoint(self._bundle, entry)
        except (self._error, ValueError) as fault:
            raise EngineFault(f"`{entry}` cannot be told: {_first_words(str(fault))}") from fault
        if not said.ok():
            raise EngineFault(f"`{entry}` cannot be told: {_first_words(str(said))}")
        if len(said) != 1 or len(said[0].expressions) != 1:
            raise Undefined(f"`{entry}` is undefined")
        return said[0].expressions[0]


def _as_fault(fault: Exception) -> EngineFault:
    return fault if isinstance(fault, EngineFault) else EngineFault(f"{type(fault).__name__}: {fault}")


def _first_words(text: str) -> str:
    return " ".join(text.split())[:300]
