"""Secrets in a file that SOPS encrypted: its own command opens it, with the keys that this process has."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from fairlead.config.kept import Kept
from fairlead.model.errors import Abort

_TIMEOUT_S = 20.0
"""Its keys may lie in a cloud's service, which answers in a second or two."""
_KEPT_S = 60.0
_KEPT = Kept()


def decrypt(path: Path, key: str, environ: Mapping[str, str]) -> str:
    """The value of a dotted key; raises `Abort` that never quotes what the file holds."""
    if not path.is_file():
        raise Abort(f"no SOPS file {path}", hint="put it there, or name another in fairlead.toml")
    stamp = path.stat().st_mtime_ns
    return _KEPT.get((path, stamp, key), lambda: (_extract(path, key, environ), _KEPT_S))


def _extract(path: Path, key: str, environ: Mapping[str, str]) -> str:
    place = "".join(f"[{part if part.isdecimal() else json.dumps(part)}]" for part in key.split("."))
    # No shell, and the path is absolute: nothing in a name can become an option or a command.
    command = ["sops", "--decrypt", "--extract", place, str(path.absolute())]
    try:
        done = subprocess.run(
            command, env=dict(environ), capture_output=True, timeout=_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as fault:
        raise Abort("the command `sops` is not installed here", hint="get it: https://getsops.io") from fault
    except subprocess.TimeoutExpired as fault:
        said = f"`sops` did not open {path} within {_TIMEOUT_S:g} s"
        raise Abort(said, hint="does the service that holds its key answer?") from fault
    if done.returncode:
        words = done.stderr.decode("utf-8", errors="replace").split("\n")
        reason = next((line.strip() for line in words if line.strip()), f"exit code {done.returncode}")
        raise Abort(f"`sops` cannot open `{key}` of {path}: {reason[:200]}", hint=f"try: sops -d {path}")
    return done.stdout.decode("utf-8").strip()
