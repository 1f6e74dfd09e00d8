"""What says that two accounts belong to one person, without asking anybody. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fairlead.model.agents import Kind
from fairlead.model.setup import PersonSetup


@dataclass(frozen=True, slots=True)
class Known:
    """An account as far as identity needs it."""

    id: str
    handle: str = ""
    name: str = ""
    email: str = ""
    email_verified: bool = False
    external_id: str = ""
    kind: Kind = "human"

    @property
    def source(self) -> str:
        """Tool of the account; `email` for a bare address."""
        return self.id.partition(":")[0]

    @property
    def is_address(self) -> bool:
        """Whether it is only an address, as git and calendars know people."""
        return self.source == "email"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two accounts that are one person by what a tool or a file says."""

    one: str
    other: str
    method: str
    reason: str

    @property
    def pair(self) -> tuple[str, str]:
        """Both ids, the smaller first."""
        return (self.one, self.other) if self.one < self.other else (self.other, self.one)


STRENGTH: Mapping[str, int] = MappingProxyType(
    {
        "configured": 0,
        "person": 1,
        "external_id": 2,
        "noreply_email": 3,
        "verified_email": 4,
        "commit_author": 5,
        "mailmap": 6,
        "co_author": 7,
    }
)
"""Methods that merge by themselves, the surest first: where two contradict each other, the first wins."""

_NOREPLY = re.compile(r"^(?:(\d+)\+)?([^@+]+)@users\.noreply\.(.+)$")
_NOBODYS = re.compile(
    r"^(no-?reply|donotreply|root|nobody|none|unknown|anonymous|admin|git|user|you|your|ci|bot|actions|test)@|@localhost|"
    r"@example\.(com|org|net)$|@(.*\.)?(local|localdomain|invalid)$|^[^@]*$",
    re.IGNORECASE,
)
_MAPPED = re.compile(r"^([^<#]*)<([^<>]+)>\s*(?:([^<]*)<([^<>]+)>)?\s*(?:#.*)?$")


def is_nobodys(email: str) -> bool:
    """Whether an address stands for no one person, like `noreply@github.com` or `root@localhost`."""
    return bool(_NOBODYS.search(email))


def ties(accounts: Mapping[str, Known], mailmaps: Iterable[str], people: Mapping[str, PersonSetup]) -> Iterator[Tie]:
    """All ties that accounts, mailmaps and the configuration hold."""
    yield from _same_external_id(accounts.values())
    yield from _addresses(accounts)
    for text in mailmaps:
        yield from _mailmap(accounts, text)
    for key, person in people.items():
        yield from _configured(accounts, key, person)


def _same_external_id(accounts: Iterable[Known]) -> Iterator[Tie]:
    """One login that was renamed: the tool's own id stayed."""
    first: dict[tuple[str, str], Known] = {}
    for account in sorted(accounts, key=lambda one: one.id):
        if account.external_id and not account.is_address:
            known = first.setdefault((account.source, account.external_id), account)
            if known is not account:
                reason = f"{account.source} gives both the id {account.external_id}: the login was renamed"
                yield Tie(known.id, account.id, "external_id", reason)


def _addresses(accounts: Mapping[str, Known]) -> Iterator[Tie]:
    handles = {(one.source, one.handle.lower()): one for one in accounts.values() if one.handle}
    numbers = {(one.source, one.external_id): one for one in accounts.values() if one.external_id and one.handle}
    for account in accounts.values():
        address = account.email.lower()
        if not address:
            continue
        bare = f"email:{address}"
        if account.email_verified and bare in accounts and bare != account.id and not is_nobodys(address):
            yield Tie(account.id, bare, "verified_email", f"{account.source} has verified {address}")
        if account.is_address and (found := _NOREPLY.match(address)):
            number, login, _host = found.groups()
            owner = numbers.get(("github", number or "")) or handles.get(("github", login))
            if owner is not None:
                reason = f"GitHub gives {address} to @{owner.handle} alone"
                yield Tie(account.id, owner.id, "noreply_email", reason)


def _mailmap(accounts: Mapping[str, Known], text: str) -> Iterator[Tie]:
    for line in text.splitlines():
        found = _MAPPED.match(line.strip())
        if found is None or not found.group(4) or (found.group(3) or "").strip():
            # a line that also names the author splits one shared address: that proves nothing about the address
            continue
        one, other = (f"email:{found.group(place).strip().lower()}" for place in (2, 4))
        if one != other and one in accounts and other in accounts and not is_nobodys(other[6:]):
            yield Tie(one, other, "mailmap", f"`.mailmap` says: {line.strip()[:200]}")


def _configured(accounts: Mapping[str, Known], key: str, person: PersonSetup) -> Iterator[Tie]:
    """Ties all accounts of a configured person to the first of them."""
    own = [account for account in named_accounts(accounts, person) if account in accounts]
    for other in own[1:]:
        yield Tie(own[0], other, "configured", f"[people.{key}] lists both")


def named_accounts(accounts: Mapping[str, Known], person: PersonSetup) -> list[str]:
    """Account ids that a configured person lists: ids, addresses or plain handles."""
    found: dict[str, None] = {}
    by_handle: dict[str, list[str]] = {}
    for account in accounts.values():
        if account.handle:
            by_handle.setdefault(account.handle.lower(), []).append(account.id)
    for name in (*person.accounts, *((person.email,) if person.email else ())):
        if ":" in name:
            found[name] = None
        elif "@" in name.lstrip("@"):
            found[f"email:{name.lower()}"] = None
        else:
            found.update(dict.fromkeys(sorted(by_handle.get(name.lstrip("@").lower(), []))))
    return list(found)
