"""Mail addresses as people write them: `Kim Sørensen <kim@acme.example>`.

Stricter than the standard where it allows what nobody has (quotes, comments, literals): such an address is a slip, or
somebody's try to say more in a header than an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(?:(?P<name>[^<>]*)<(?P<within>[^<>]*)>|(?P<plain>[^<>]*))")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\]+")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox."""

    name: str
    """What a reader of mail shows."""
    local: str
    domain: str
    """As name servers know it: letters beyond ASCII are encoded."""

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def read_address(text: str) -> Address:
    """The mailbox that a text names; raises `ValueError` that says what is wrong with it."""
    # A line break here would begin another header, or another recipient.
    if any(not sign.isprintable() for sign in text):
        raise ValueError("an address has no line breaks or other hidden signs")
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"`{text}` is no address: write it like `Kim <kim@acme.example>`")
    local, at, domain = (found["within"] or found["plain"] or "").strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64 or not all(local.split(".")):
        raise ValueError(f"`{text}` is no address: write it like `kim@acme.example`")
    return Address((found["name"] or "").strip().strip('"'), local, _ascii(domain, text))


def _ascii(domain: str, text: str) -> str:
    if not domain.isascii():
        # Late: its tables are only needed here. Python's own codec knows the rules of 2003, by which ß is ss: another
        # domain, which may be somebody else's.
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError as fault:
            raise ValueError(f"`{text}`: no such domain can be: {fault}") from fault
    if len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise ValueError(f"`{text}`: `{domain}` is no domain")
    return domain.lower()
