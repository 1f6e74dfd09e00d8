"""Accounts joined into people by ties and decisions, the same whatever the order in which they came. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fairlead.ingest.identity.evidence import STRENGTH, Known, Tie

Pair = tuple[str, str]


@dataclass(slots=True)
class Clusters:
    """Which accounts are one person."""

    of: dict[str, str] = field(default_factory=dict)
    """Account -> the smallest account id of its cluster."""
    held_back: list[Tie] = field(default_factory=list)
    """Ties that would have merged what must stay apart without a person's word."""

    def members(self) -> dict[str, list[str]]:
        """Smallest account id -> all accounts of the cluster, sorted."""
        found: dict[str, list[str]] = {}
        for account, root in sorted(self.of.items()):
            found.setdefault(root, []).append(account)
        return found


def join(
    accounts: Mapping[str, Known], ties: Iterable[Tie], confirmed: Collection[Pair], refused: Collection[Pair]
) -> Clusters:
    """Confirmed pairs first, then ties from the surest on; a refused pair never ends up in one cluster.

    Two logins of one tool are two people until somebody says otherwise: a person with two logins is rare, a shared
    address is not. The same holds for a human and a bot.
    """
    forest = _Forest(accounts, refused)
    for one, other in sorted(confirmed):
        if one in accounts and other in accounts:
            forest.unite(one, other, stated=True)
    clusters = Clusters()
    for tie in sorted(ties, key=lambda tie: (STRENGTH.get(tie.method, 99), tie.pair)):
        stated = tie.method in ("configured", "external_id")
        known = tie.one in accounts and tie.other in accounts
        if known and not forest.unite(tie.one, tie.other, stated=stated):
            clusters.held_back.append(tie)
    clusters.of = {account: forest.root(account) for account in accounts}
    return clusters


class _Forest:
    """Union-find that knows what must stay apart."""

    def __init__(self, accounts: Mapping[str, Known], refused: Collection[Pair]) -> None:
        self._parent = {account: account for account in accounts}
        self._members = {account: {account} for account in accounts}
        self._logins = {account.id: _logins(account) for account in accounts.values()}
        self._kinds = {account.id: {account.kind} for account in accounts.values()}
        self._apart: dict[str, set[str]] = {}
        for one, other in refused:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def root(self, account: str) -> str:
        while (parent := self._parent[account]) != account:
            self._parent[account] = self._parent[parent]
            account = parent
        return account

    def unite(self, one: str, other: str, *, stated: bool) -> bool:
        """Joins the clusters of both; false if something forbids it."""
        first, second = sorted((self.root(one), self.root(other)))
        if first == second:
            return True
        if any(self._apart.get(member, set()) & self._members[second] for member in self._members[first]):
            return False
        if not stated and (self._two_logins(first, second) or self._kinds[first] != self._kinds[second]):
            return False
        self._parent[second] = first
        self._members[first] |= self._members.pop(second)
        self._logins[first] = {
            source: self._logins[first].get(source, frozenset()) | self._logins[second].get(source, frozenset())
            for source in {*self._logins[first], *self._logins[second]}
        }
        self._kinds[first] |= self._kinds[second]
        return True

    def _two_logins(self, first: str, second: str) -> bool:
        one, other = self._logins[first], self._logins[second]
        return any(not (one[source] & other[source]) for source in one.keys() & other.keys())


def _logins(account: Known) -> dict[str, frozenset[str]]:
    """Login by tool; a renamed login counts as the same by its immutable id."""
    if account.is_address or not account.handle:
        return {}
    return {account.source: frozenset({account.external_id or account.handle.lower()})}


def person_id(members: Iterable[Known]) -> str:
    """Id of a cluster's person: made from its own accounts alone, so that who came first does not matter.

    A login beats an address, a code host beats other tools, and among equals the smallest id counts.

    >>> person_id([Known("email:kim@acme.example", email="kim@acme.example"), Known("github:@kim", handle="kim")])
    'person:kim'
    """
    chosen = min(members, key=_rank)
    if chosen.handle and not chosen.is_address:
        name = chosen.handle.lower()
        suffix = "" if chosen.source == "github" else f"-{chosen.source}"
    else:
        name, suffix = chosen.id.partition(":")[2].lower(), ""
    slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")
    plain = slug if slug == name else f"{slug or 'someone'}-{_mark(chosen.id)}"
    return f"person:{plain}{suffix}"


def distinct(owners: Mapping[str, str], stated: Collection[str], awaited: Collection[str] = ()) -> dict[str, str]:
    """Person by root, no two the same: of clusters that ask for one id, the stated one keeps it, else the smallest.

    The others add a mark of their smallest account. Nobody but a stated cluster gets an awaited id.

    >>> asked = {"github:@kim": "person:kim", "github:@kim-adler": "person:kim"}
    >>> sorted(distinct(asked, {"github:@kim-adler"}).items())
    [('github:@kim', 'person:kim-a1acb2'), ('github:@kim-adler', 'person:kim')]
    """
    given: dict[str, str] = {}
    taken: set[str] = set()
    for root in sorted(owners, key=lambda root: (root not in stated, root)):
        owner = owners[root]
        while owner in taken or (owner in awaited and root not in stated):
            owner = f"{owners[root]}-{_mark(owner + root)}"
        taken.add(owner)
        given[root] = owner
    return given


_HOSTS = ("github", "gitlab", "bitbucket", "azure")


def _rank(account: Known) -> tuple[bool, int, str]:
    host = _HOSTS.index(account.source) if account.source in _HOSTS else len(_HOSTS)
    return account.is_address or not account.handle, host, account.id


def _mark(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=3).hexdigest()
