"""Resolves references to secrets; a resolved secret lives only in the call that needs it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fairlead.config.settings import SecretRef, SourceSetup, Vault
from fairlead.model.errors import Abort


@dataclass(frozen=True, slots=True)
class Places:
    """Where references are looked up."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path | None = None
    """That of `fairlead.toml`: a relative path of a file starts there, wherever the program was started."""
    vault: Vault = field(default_factory=Vault)

    def path(self, said: str) -> Path:
        """A path of the settings."""
        return (self.folder or Path()) / Path(said).expanduser()

    @property
    def server(self) -> Vault:
        """The Vault to ask, its authority found beside the settings."""
        own = self.vault.authority
        return msgspec.structs.replace(self.vault, authority=str(self.path(own))) if own else self.vault


def resolve(reference: SecretRef, places: Places) -> str:
    """The secret itself; raises `Abort` that names the place where it was looked for."""
    if reference.env:
        # Files and shells end secrets with a newline that no tool knows of.
        if value := places.environ.get(reference.env, "").strip():
            return value
        raise Abort(f"environment variable `{reference.env}` is not set", hint=f"export {reference.env}=...")
    if reference.sops:
        from fairlead.config.sops import decrypt

        return decrypt(places.path(reference.sops), reference.key, places.environ)
    if reference.vault:
        # late: who has no Vault loads no client
        from fairlead.config import vault

        return vault.read(places.server, reference.vault, reference.key, lambda own: resolve(own, places))
    return _file(places.path(reference.file))


def _file(path: Path) -> str:
    # At each call anew: a secret that was rotated holds without a restart.
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        said = f"cannot read secret file {path}: {(fault.strerror or '').lower()}"
        raise Abort(said, hint="put it there, readable for this user, or name another in fairlead.toml") from fault


def credentials(source: SourceSetup, places: Places) -> dict[str, str]:
    """What a connector signs in with, by name."""
    found = {"app_id": source.app_id, "installation_id": source.installation_id, "user": source.user}
    for name in ("token", "private_key"):
        if reference := getattr(source, name):
            found[name] = resolve(reference, places)
    return {name: value for name, value in found.items() if value}


def webhook_secrets(source: SourceSetup, places: Places) -> list[str]:
    """All live webhook secrets of a source."""
    return [resolve(reference, places) for reference in source.webhook_secrets]
