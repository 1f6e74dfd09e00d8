"""Reads, compiles and asks policies in a process of its own: some texts bring rego-cpp down, or never come to an end.

`python -m fairlead.governance.policy.trial` takes modules, data, questions and documents as JSON; it says on a line
each what it begins with, so that of a process that is no more it is known where it was, and last the faults as JSON.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from fairlead.governance.policy.syntax import place
from fairlead.model.errors import ConfigFault

_CPU_S = 4
"""Of processor time for each file and each rule, so that a busy machine makes nobody guilty."""
_SLOW_S = 1.0
"""Of processor time for one answer: no decision may take as long."""
_TIMEOUT_S = 90.0
_ROUNDS = 4
"""Processes that may hang or die one after the other; what is guilty beside them shows when those are mended."""
_BEGINS, _TOGETHER = "at ", "together"
_ERROR = re.compile(r"\(error \d+:(?P<path>[^|]*)\|(?P<at>\d+)\|\d+\s+\(errormsg \d+:(?P<words>[^\n]*)\)\n")


@dataclass(frozen=True, slots=True)
class Question:
    """A rule that is asked, and where it stands."""

    entry: str
    path: str = ""
    """Empty where all files together are asked."""
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried."""

    modules: Mapping[str, str]
    data: Mapping[str, Any]
    questions: Sequence[Question]
    """In the order in which they are asked; none: the modules are only read."""
    documents: Sequence[Any] = ()
    own: Sequence[str] = ()
    """Paths of modules that a team wrote."""


@dataclass(frozen=True, slots=True)
class _End:
    """What came of a process."""

    faults: tuple[ConfigFault, ...] = ()
    at: str = ""
    """Where it was when it ended before its time: `together`, a path, or the number of a question."""
    why: str = ""


def try_out(trial: Trial) -> list[ConfigFault]:
    """What the embedded engine says of policies; of one that never ends, or ends the engine, which rule it was."""
    faults: list[ConfigFault] = []
    questions, together = list(trial.questions), ""
    for _ in range(_ROUNDS):
        end = _process(trial, questions)
        if not end.why:
            return [*faults, *end.faults] or ([ConfigFault(_first(trial), 1, 1, together)] if together else [])
        if end.at == _TOGETHER:
            return [*faults, *_guilty(trial, questions, end)]
        if not end.at.isdigit():
            return [*faults, ConfigFault(end.at or _first(trial), 1, 1, end.why)]
        found = questions[int(end.at)]
        if found.path:
            faults.append(ConfigFault(found.path, found.line, found.column, end.why))
        else:
            # told where no single rule turns out to be why
            together = end.why
        # all together would come to the same rule again
        questions = [one for one in questions if one.path and one.path != found.path]
    return faults


def _guilty(trial: Trial, questions: Sequence[Question], end: _End) -> Iterator[ConfigFault]:
    """Each of the team's files for itself, beside ours."""
    alone = False
    for path in trial.own if len(trial.own) > 1 else ():
        others = {one for one in trial.own if one != path}
        kept = {name: text for name, text in trial.modules.items() if name not in others}
        less = Trial(kept, trial.data, [], own=[path])
        found = _process(less, [one for one in questions if one.path not in others])
        if found.why:
            alone = True
            yield ConfigFault(path, 1, 1, found.why)
    if not alone:
        yield ConfigFault(_first(trial), 1, 1, end.why)


def _first(trial: Trial) -> str:
    return next(iter((*trial.own, *trial.modules)), "")


def _process(trial: Trial, questions: Sequence[Question]) -> _End:
    said = json.dumps({
        "modules": trial.modules, "data": trial.data, "questions": [asdict(one) for one in questions],
        "documents": trial.documents,
    })  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=said,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        return _End(at=_last(_text(fault.stdout)), why=_too_long(_TIMEOUT_S))
    except OSError as fault:
        return _End(why=f"policies cannot be tried: {fault}")
    if done.returncode == 0:
        found = tuple(ConfigFault(**one) for one in json.loads(done.stdout.splitlines()[-1]))
        return _End(found) if all(one.path for one in found) else _End(at=_TOGETHER, why=found[0].message)
    if done.returncode == -signal.SIGXCPU:
        return _End(at=_last(done.stdout), why=_too_long(_CPU_S))
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1].strip()
    return _End(at=_last(done.stdout), why=f"the embedded engine dies of this ({last})")


def _too_long(limit_s: float) -> str:
    return f"this does not end: it took more than {limit_s:g} s, and every decision would be a no"


def _text(said: str | bytes | None) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said or ""


def _last(stdout: str) -> str:
    begun = [line.removeprefix(_BEGINS) for line in stdout.splitlines() if line.startswith(_BEGINS)]
    return begun[-1] if begun else ""


def _begin(what: str | int) -> None:
    # each part has the whole time: many harmless rules together are not one that hangs
    with suppress(ImportError, ValueError):
        import resource

        used, (_, most) = resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + _CPU_S, most))
    sys.stdout.write(f"{_BEGINS}{what}\n")
    sys.stdout.flush()


def _faults(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    from fairlead.governance.policy.embedded import Interpreting
    from fairlead.governance.policy.engine import EngineFault

    faults = [fault for path, text in said["modules"].items() for fault in _read(path, text)]
    questions = [Question(**one) for one in said["questions"]]
    if faults or not questions:
        return faults
    _begin(_TOGETHER)
    try:
        engine = Interpreting(said["modules"], said["data"], [one.entry for one in questions])
    except EngineFault as fault:
        return [_told(Question(""), fault)]
    found: list[dict[str, Any]] = []
    for index, question in enumerate(questions):
        # all together would only fail where one of them did
        if question.path or not found:
            found += _ask(engine, index, question, said)
    return found


def _ask(engine: Any, index: int, question: Question, said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    from fairlead.governance.policy.engine import EngineFault, Undefined

    _begin(index)
    for document in said["documents"]:
        began = time.process_time()
        try:
            with suppress(Undefined):
                engine.ask(question.entry, document)
            if (took := time.process_time() - began) > _SLOW_S:
                raise EngineFault(f"this takes {took:.1f} s of a `{document['act']['kind']}`, and a decision may not")
        except EngineFault as fault:
            yield _told(question, fault)
            return


def _told(question: Question, fault: Any) -> dict[str, Any]:
    return {"path": question.path, "line": question.line, "column": question.column, "message": fault.message}


def _read(path: str, text: str) -> list[dict[str, Any]]:
    from regopy import Interpreter, LogLevel, RegoError

    _begin(path)
    rego = Interpreter()
    rego.log_level = LogLevel.NONE
    try:
        rego.add_module(path, text)
    except RegoError as fault:
        found = list(_ERROR.finditer(str(fault)))
        # it counts bytes
        raw = text.encode()
        places = [place(text, len(raw[: int(one["at"])].decode(errors="ignore"))) for one in found]
        told = [
            {"path": path, "line": line, "column": column, "message": one["words"].strip().lower()}
            for one, (line, column) in zip(found, places, strict=True)
        ]
        return told or [{"path": path, "line": 1, "column": 1, "message": "cannot be read"}]
    return []


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_faults(json.load(sys.stdin))) + "\n")
