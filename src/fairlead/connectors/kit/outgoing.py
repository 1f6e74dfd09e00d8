"""The one way out for what we write: named hosts, by https, at addresses that the world can reach, without detours.

A host is looked up once, its addresses are judged, and the connection goes to one of those that were judged: a name
that answers something else a moment later ("rebinding") leads nowhere. Nothing is redirected, and an answer has a
limit in size and in time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from fairlead.model.errors import Denied, Retry
from fairlead.model.reachable import Address, Network, networks_of, unsendable, unwrapped

Lookup = Callable[[str, int], Sequence[str]]
LARGEST = 5_000_000
"""Bytes of an answer: a write is answered with one thing, a look with a page of them."""
LONGEST_S = 30.0
_CONNECT_S = 10.0


@dataclass(frozen=True, slots=True)
class Ways:
    """Where something may be sent."""

    hosts: frozenset[str]
    """Names in lower case."""
    networks: tuple[Network, ...] = ()
    """Private networks that are meant all the same; loopback among them may be spoken to without TLS."""

    @classmethod
    def of(cls, addresses: Collection[str], hosts: Collection[str] = (), networks: Collection[str] = ()) -> Ways:
        """From addresses whose hosts are meant, further hosts, and private networks as the settings write them."""
        named = {urlsplit(address).hostname or "" for address in addresses} | {host.lower() for host in hosts}
        return cls(frozenset(named - {""}), networks_of(networks))

    def admit(self, url: httpx.URL, lookup: Lookup) -> str:
        """The address to connect to; raises `Denied` for what may not be sent to."""
        host = url.host.lower()
        if host not in self.hosts:
            raise Denied(f"nothing is sent to {host}", hint=f'add it: allowed_hosts = ["{host}"] in [actions]')
        found = [unwrapped(ipaddress.ip_address(text)) for text in lookup(host, url.port or _port(url))]
        # one bad address among good ones is how a name is made to pass at one look and to lead inside at the next
        for address in found:
            self._judge(host, address)
        if url.scheme != "https" and not all(address.is_loopback for address in found):
            raise Denied(f"nothing is sent to {host} without https")
        return str(found[0])

    def _judge(self, host: str, address: Address) -> None:
        said, hint = unsendable(host, address, self.networks)
        if said:
            raise Denied(said, hint=hint)


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a name; raises `Retry` while nobody knows it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Retry(f"{host} cannot be found: {fault}") from None
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def client(ways: Ways, lookup: Lookup = looked_up) -> httpx.Client:
    """A client for what is written: give it to `ActRequest`."""
    return httpx.Client(
        transport=Guarded(ways, lookup),
        timeout=httpx.Timeout(LONGEST_S, connect=_CONNECT_S),
        # where a redirect leads nobody has approved, and it would carry the token there
        follow_redirects=False,
        headers={"user-agent": "fairlead"},
    )


@dataclass
class Guarded(httpx.BaseTransport):
    """A transport that connects to the address that was judged, in the name of the host."""

    ways: Ways
    lookup: Lookup = looked_up
    inner: httpx.BaseTransport | None = None
    """What carries it; tests watch what would go out."""
    _made: dict[str, httpx.BaseTransport] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it, if it may be sent."""
        proxy = _proxy(request.url)
        if proxy:
            # Behind a proxy only the proxy can look names up: what is left to us is which of them may be asked for.
            if request.url.host.lower() not in self.ways.hosts or request.url.scheme != "https":
                raise Denied(f"nothing is sent to {request.url.host}", hint="add it to allowed_hosts in [actions]")
        else:
            address = self.ways.admit(request.url, self.lookup)
            # the certificate is still asked for by name, and the `host` header was made before
            extensions = {**request.extensions, "sni_hostname": request.url.host}
            request = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions=extensions,
            )
        answer = self._carrier(proxy).handle_request(request)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=_Bounded(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        """Closes its connections."""
        for one in self._made.values():
            one.close()

    def _carrier(self, proxy: str) -> httpx.BaseTransport:
        if self.inner is not None:
            return self.inner
        if proxy not in self._made:
            self._made[proxy] = httpx.HTTPTransport(proxy=proxy or None, verify=_trusted())
        return self._made[proxy]


@cache
def _trusted() -> ssl.SSLContext:
    # once a process: to read all authorities takes 30 ms, which was a third of an act
    return httpx.create_ssl_context()


class _Bounded(httpx.SyncByteStream):
    """An answer that ends: by size, and by the clock where it drips."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream
        self._until = time.monotonic() + LONGEST_S

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > LARGEST:
                raise httpx.RemoteProtocolError(f"the answer is larger than {LARGEST:,} bytes")
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout(f"the answer takes longer than {LONGEST_S:g} s")
            yield part

    def close(self) -> None:
        self._stream.close()


def _proxy(url: httpx.URL) -> str:
    proxies: dict[str, Any] = getproxies()
    found = str(proxies.get(url.scheme) or proxies.get("all") or "")
    return "" if not found or proxy_bypass(url.host) else found


def _port(url: httpx.URL) -> int:
    return 443 if url.scheme == "https" else 80
