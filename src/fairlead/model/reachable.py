"""Which addresses may be written to: those that the world can reach, and private ones that the settings mean."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Networks without IPv4 reach it through these addresses, whose last four bytes are the real one."""
_WHOLE = ("0.0.0.0/0", "::/0")
_LOOPBACK = ("localhost", ".localhost")


def networks_of(said: Iterable[str]) -> tuple[Network, ...]:
    """Networks as the settings write them; `*` is every address."""
    written = [part for one in said for part in (_WHOLE if one == "*" else (one,))]
    return tuple(ipaddress.ip_network(one, strict=False) for one in written)


def unwrapped(address: Address) -> Address:
    """The IPv4 address that one of IPv6 stands for: what is judged must be what is reached."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def is_metadata(address: Address) -> bool:
    """Whether a cloud may keep its metadata there, with credentials: no setting lets us ask it."""
    return unwrapped(address).is_link_local or str(address) == "fd00:ec2::254"


def is_public(address: Address) -> bool:
    """Whether the whole world can reach it."""
    address = unwrapped(address)
    return address.is_global and not address.is_multicast


def unsendable(host: str, address: Address, networks: Iterable[Network]) -> tuple[str, str]:
    """Why nothing is sent to an address, and what would allow it; both empty where something is."""
    if is_metadata(address):
        return f"{host} is a link-local address, where clouds keep credentials: nothing is sent there", ""
    if is_public(address) or any(address in network for network in networks):
        return "", ""
    return f"{host} is {address}, an address of a private network", (
        f'if it is meant: networks = ["{address}"] in [actions]'
    )


def unsendable_url(url: str, networks: Iterable[str]) -> str:
    """Why nothing would be sent to a URL, as far as it can be told without asking for its name; empty if nothing."""
    host, private = urlsplit(url).hostname or "", networks_of(networks)
    try:
        address = unwrapped(ipaddress.ip_address("127.0.0.1" if host.endswith(_LOOPBACK) else host))
    except ValueError:
        return "" if urlsplit(url).scheme == "https" else f"nothing is sent to {host} without https"
    said, hint = unsendable(host, address, private)
    if said or urlsplit(url).scheme == "https" or address.is_loopback:
        return f"{said}; {hint}" if hint else said
    return f"nothing is sent to {host} without https"
