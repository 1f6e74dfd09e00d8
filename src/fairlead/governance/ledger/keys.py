"""The key that signs checkpoints: a file that only its owner may read, made when it is first needed.

Beside it lies the last checkpoint signed with it, apart from the store: a store that was set back contradicts it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.governance.ledger.notes import Note, PublicKey, Signature, read_note
from fairlead.model.errors import Abort, Unreadable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = "ledger.pem"
_NEXT = "ledger-next.pem"
# Hidden, so that no backup takes it along: restored with an older store it would contradict nothing.
_SEEN = ".ledger-seen"


class Signer:
    """A private key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def public(self, name: str) -> PublicKey:
        """What others check its signatures with."""
        return PublicKey(name, self._private.public_key().public_bytes_raw())

    def sign(self, name: str, text: str) -> Note:
        """The text with a signature under it."""
        return Note(text, (Signature(name, self.public(name).id, self._private.sign(text.encode())),))


class KeyRing:
    """The files of a home's key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Signer | None:
        """The key, if it is here."""
        return self._read(KEY)

    def create(self) -> Signer:
        """A new key, where there is none."""
        return self._write(KEY)

    def create_next(self) -> Signer:
        """The key that is to follow; it takes its place when the ledger says so, in `promote`."""
        # one that a kill left behind was announced by no entry
        (self.folder / _NEXT).unlink(missing_ok=True)
        return self._write(_NEXT)

    def follower(self) -> Signer | None:
        """The key that is to follow, where a kill came between its entry and its taking over."""
        return self._read(_NEXT)

    def promote(self, *, keep_old: bool) -> None:
        """Puts the key that follows in the place of the old one, which is gone for good unless it is kept aside."""
        if keep_old and (self.folder / KEY).exists():
            # not ours to destroy: somebody may have put the right one back under a wrong name
            (self.folder / KEY).rename(self.folder / f"ledger-{os.urandom(4).hex()}.pem")
        (self.folder / _NEXT).replace(self.folder / KEY)

    def seen(self) -> Note | None:
        """The last checkpoint signed from this home."""
        try:
            return read_note((self.folder / _SEEN).read_text())
        except (FileNotFoundError, Unreadable):
            return None

    def saw(self, note: Note) -> None:
        """Remembers a checkpoint."""
        half = self.folder / f"{_SEEN}-{os.getpid()}"
        half.write_text(str(note))
        half.replace(self.folder / _SEEN)

    def _read(self, name: str) -> Signer | None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        path = self.folder / name
        try:
            private = load_pem_private_key(path.read_bytes(), None)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as fault:
            raise Abort(
                f"{path} cannot be read as a key: {type(fault).__name__}", hint="bring it back from a backup"
            ) from fault
        if not isinstance(private, Ed25519PrivateKey):
            raise Abort(f"{path} is no Ed25519 key", hint="bring it back from a backup")
        return Signer(private)

    def _write(self, name: str) -> Signer:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # with its rights from the first byte, and on the disk before any entry speaks of it
        with os.fdopen(os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        return Signer(private)
