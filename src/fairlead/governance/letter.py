"""What a message says, whatever way it travels: a subject, the same words as text and HTML, and files."""

from __future__ import annotations

import hashlib

import msgspec
import zstandard

from fairlead.model.typed import ready
from fairlead.store.statements import clean


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes along."""

    name: str
    """File name, like `brief.html`."""
    media_type: str
    data: bytes
    inline: bool = False
    """Whether the HTML shows it, as the image `cid:<name>`."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message before it has an address."""

    subject: str
    text: str
    html: str = ""
    """The same in HTML; empty where text is all there is."""
    parts: tuple[Part, ...] = ()


ready(Letter)


def pack(letter: Letter) -> tuple[str, bytes]:
    """The letter as it is kept, and its id by content: what goes to twenty people is kept once."""
    # what a tool sent may hold half a letter, which no form of text takes
    words = {name: clean(getattr(letter, name)) for name in ("subject", "text", "html")}
    plain = msgspec.msgpack.encode(msgspec.structs.replace(letter, **words))
    # a report is mostly its own evidence, said again and again: a sixth of it is left
    return hashlib.sha256(plain).hexdigest()[:32], zstandard.compress(plain, 9)


def unpack(kept: bytes) -> Letter:
    """The letter again."""
    return msgspec.msgpack.decode(zstandard.decompress(kept), type=Letter)
