"""Reads and compiles policies in a process of its own: some texts bring rego-cpp down, and ours must go on.

`python -m fairlead.governance.policy.trial` takes modules, data and entries as JSON and gives faults as JSON.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.governance.policy.syntax import place
from fairlead.model.errors import ConfigFault

_TIMEOUT_S = 30.0
_ERROR = re.compile(r"\(error \d+:(?P<path>[^|]*)\|(?P<at>\d+)\|\d+\s+\(errormsg \d+:(?P<words>[^\n]*)\)\n")


def try_out(
    modules: Mapping[str, str], data: Mapping[str, Any], entries: Sequence[str], documents: Sequence[Any] = ()
) -> list[ConfigFault]:
    """What the embedded engine says of policies, its own death included."""
    said = json.dumps({"modules": modules, "data": data, "entries": list(entries), "documents": list(documents)})
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=said,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return [ConfigFault(next(iter(modules), ""), 1, 1, f"policies cannot be tried: {fault}")]
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1].strip()
        words = f"the embedded engine dies of these policies ({last})"
        return [ConfigFault(next(iter(modules), ""), 1, 1, words)]
    return [ConfigFault(**one) for one in json.loads(done.stdout.splitlines()[-1])]


def _faults(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    from fairlead.governance.policy.embedded import Interpreting
    from fairlead.governance.policy.engine import EngineFault, Undefined

    faults = [fault for path, text in said["modules"].items() for fault in _read(path, text)]
    if faults:
        return faults
    first = next(iter(said["modules"]), "")
    try:
        engine = Interpreting(said["modules"], said["data"], said["entries"])
        for document in said["documents"]:
            for entry in said["entries"]:
                try:
                    engine.ask(entry, document)
                except Undefined:
                    continue
    except EngineFault as fault:
        return [{"path": first, "line": 1, "column": 1, "message": fault.message}]
    return []


def _read(path: str, text: str) -> list[dict[str, Any]]:
    from regopy import Interpreter, LogLevel, RegoError

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
