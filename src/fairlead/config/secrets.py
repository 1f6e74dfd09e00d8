"""Resolves references to secrets; a resolved secret lives only in the call that needs it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from fairlead.config.settings import SecretRef, SourceSetup
from fairlead.model.errors import Abort


def resolve(reference: SecretRef, environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> str:
    """The secret itself; raises `Abort` that names the place where it was looked for.

    `folder` is that of `fairlead.toml`: a relative path of a file starts there, wherever the program was started.
    """
    if reference.env:
        # Files and shells end secrets with a newline that no tool knows of.
        if value := environ.get(reference.env, "").strip():
            return value
        raise Abort(f"environment variable `{reference.env}` is not set", hint=f"export {reference.env}=...")
    # At each call anew: a secret that was rotated holds without a restart.
    path = (folder or Path()) / Path(reference.file).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        said = f"cannot read secret file {path}: {(fault.strerror or '').lower()}"
        raise Abort(said, hint="put it there, readable for this user, or name another in fairlead.toml") from fault


def credentials(
    source: SourceSetup, environ: Mapping[str, str] = os.environ, folder: Path | None = None
) -> dict[str, str]:
    """What a connector signs in with, by name."""
    found = {"app_id": source.app_id, "installation_id": source.installation_id, "user": source.user}
    for name in ("token", "private_key"):
        if reference := getattr(source, name):
            found[name] = resolve(reference, environ, folder)
    return {name: value for name, value in found.items() if value}


def webhook_secrets(
    source: SourceSetup, environ: Mapping[str, str] = os.environ, folder: Path | None = None
) -> list[str]:
    """All live webhook secrets of a source."""
    return [resolve(reference, environ, folder) for reference in source.webhook_secrets]
