"""Which names this server answers to: a page elsewhere must not reach it by a name of its own (DNS rebinding)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit


class Hosts:
    """Names by which the server may be called, and origins from which its pages come."""

    def __init__(self, host: str, public_url: str = "", further: Iterable[str] = ()) -> None:
        public = urlsplit(public_url)
        self._public = public.netloc.lower()
        self._names = {name.lower() for name in ("localhost", host, public.hostname or "", *further) if name}

    def admits(self, host_header: str) -> bool:
        """Whether a Host header is one of ours; a plain address is, for no one can rebind an address."""
        name = host_name(host_header)
        return name in self._names or _is_address(name)

    def same_origin(self, host_header: str, origin: str) -> bool:
        """Whether an Origin header names this site; the port counts, since `localhost` runs other things as well."""
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return False
        # A reverse proxy need not hand the Host header on: what it serves is our public address.
        return parts.netloc.lower() in {host_header.strip().lower(), self._public}


def host_name(host_header: str) -> str:
    """Name or address of a Host header without its port; empty if it is malformed."""
    try:
        return (urlsplit(f"//{host_header.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
