"""Signed notes and checkpoints as C2SP writes them (signed-note, tlog-checkpoint): texts that other tools can read.

A note is a text, an empty line, and a line for each signature: a dash, the key's name, four bytes of its id and the
signature. A checkpoint's text is origin, number of entries and root.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from fairlead.model.errors import Unreadable

_DASH = "— "
_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who signed it."""

    text: str
    """Ends with a line break, which is signed along."""
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return (
            self.text
            + "\n"
            + "".join(f"{_DASH}{one.name} {_b64(one.key_id + one.signature)}\n" for one in self.signatures)
        )


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a signature is checked with, and whose it is."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a note's line names the key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        """As it is handed around: name, id and key in one word."""
        return f"{self.name}+{self.id.hex()}+{_b64(_ED25519 + self.raw)}"

    def signed(self, note: Note) -> bool:
        """Whether a line under the note is this key's signature of its text."""
        # late: a process that signs and verifies nothing does without the library
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        public = Ed25519PublicKey.from_public_bytes(self.raw)
        for one in note.signatures:
            if (one.name, one.key_id) == (self.name, self.id):
                try:
                    public.verify(one.signature, note.text.encode())
                except InvalidSignature:
                    return False
                return True
        return False


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()
    """Further lines, which only the trailer of an export has."""

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, _b64(self.root), *self.more))


def read_key(text: str) -> PublicKey:
    """A key from the word that `str` makes of it."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _unb64(encoded)
    if len(raw) == 33 and raw[:1] == _ED25519 and name:
        found = PublicKey(name, raw[1:])
        if found.id.hex() == key_id:
            return found
    raise Unreadable("key", "not a key of a ledger: it looks like <name>+<8 hex digits>+<base64>")


def read_note(text: str) -> Note:
    """A note from its text."""
    said, blank, below = text.rpartition("\n\n")
    lines = below.splitlines()
    if not blank or not lines or not all(line.startswith(_DASH) for line in lines):
        raise Unreadable("note", "not a signed note")
    signatures = []
    for line in lines:
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        raw = _unb64(encoded)
        signatures.append(Signature(name, raw[:4], raw[4:]))
    return Note(said + "\n", tuple(signatures))


def read_statement(note: Note) -> Statement:
    """What the text of a note says as a checkpoint."""
    lines = note.text.splitlines()
    if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit():
        raise Unreadable("checkpoint", "not a checkpoint: origin, size and root are missing")
    return Statement(lines[0], int(lines[1]), _unb64(lines[2]), tuple(lines[3:]))


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
