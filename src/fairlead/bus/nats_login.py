"""What lets us in at NATS: a user or token in the address, or a file of credentials (`.creds`) or an NKEY's seed.

The client would read such files with a library for nothing but this; the keys are Ed25519, which is here already.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fairlead.model.errors import Abort

_JWT = re.compile(r"-+BEGIN NATS USER JWT-+\s+([\w.-]+)")
_SEED = re.compile(r"\bSU[A-Z2-7]{56}\b")
_USER = 20 << 3
"""First byte of a user's public key, by which its text begins with U."""


class Key(NamedTuple):
    """Who we are by a key: the server sends a word of chance, and the signature of it lets us in."""

    private: Ed25519PrivateKey
    jwt: str
    """What the account says of the key; empty where the server itself lists it."""

    def sign(self, nonce: str) -> bytes:
        """The signature in the form in which the client sends it."""
        return base64.b64encode(self.private.sign(nonce.encode()))

    @property
    def public(self) -> str:
        """The public key as NATS writes it."""
        raw = bytes([_USER]) + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode().rstrip("=")


def read_key(path: str) -> Key:
    """The key of a file, read at each connection: a credential that was renewed holds without a restart."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise Abort(f"[bus] credentials: cannot read {path} ({fault.strerror})") from fault
    if seed := _SEED.search(text):
        # in front of the key two bytes of kind, behind it a check sum
        raw = base64.b32decode(seed[0] + "=" * (-len(seed[0]) % 8))
        if binascii.crc_hqx(raw[:-2], 0).to_bytes(2, "little") == raw[-2:]:
            jwt = _JWT.search(text)
            return Key(Ed25519PrivateKey.from_private_bytes(raw[2:34]), jwt[1] if jwt else "")
    said = f"[bus] credentials: {path} holds no seed of a user"
    raise Abort(said, hint="a file of `nsc generate creds`, or an NKEY seed that begins with SU")


def login(server: str) -> tuple[str, dict[str, Any]]:
    """An address without what lets us in, and that as the client takes it: it would not decode `%40` itself."""
    parts = urlsplit(server)
    said, _, place = parts.netloc.rpartition("@")
    user, colon, password = said.partition(":")
    options: dict[str, Any] = {}
    if colon:
        options = {"user": unquote(user), "password": unquote(password)}
    elif user:
        options = {"token": unquote(user)}
    return parts._replace(netloc=place).geturl(), options


def signing(key: Key) -> dict[str, Any]:
    """Options of the client that make it sign."""
    # It signs only where it is to log in by something; of these two it sends neither where the server asks to sign.
    options: dict[str, Any] = {"user": "credentials", "password": "credentials", "signature_cb": key.sign}
    return options | ({"user_jwt_cb": key.jwt.encode} if key.jwt else {})
