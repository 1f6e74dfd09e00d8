"""Brings people, links and kinds of accounts up to date with what the store holds; runs in the batch's transaction.

The result depends on what is there and not on the order in which it came. Rows are only written where they change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from fairlead.connectors.fairlead import link_id
from fairlead.connectors.kit.trailers import split_person
from fairlead.ingest.batches import After, Applied
from fairlead.ingest.identity.clusters import Clusters, Pair, distinct, join, person_id
from fairlead.ingest.identity.evidence import STRENGTH, Known, Tie, named_accounts, ties
from fairlead.ingest.identity.suggestions import Suggestion, suggestions
from fairlead.model.agents import account_kind
from fairlead.model.patch import Patch
from fairlead.model.records.people import Absence, Account, IdentityLink, Membership, Person
from fairlead.model.setup import Setup
from fairlead.model.times import EPOCH, from_us
from fairlead.store import lookups, records, state
from fairlead.store.database import Transaction

_SOURCE = "fairlead"
_MARK = "identity"
_WATCHED = ("accounts", "identity_links", "documents", "memberships", "absences")


def after_batch(setup: Setup) -> After:
    """Resolves identities in the transaction of each batch that touched accounts, links or mailmaps."""

    def after(tx: Transaction, applied: Applied) -> None:
        if needed(tx, setup):
            for table, ids in resolve(tx, setup).items():
                applied.tables.setdefault(table, set()).update(ids)

    return after


def needed(tx: Transaction, setup: Setup) -> bool:
    """Whether something was written since the last time, or the configuration speaks of other people."""
    mark = state.get(tx, _MARK) or {}
    if mark.get("setup") != _print(setup):
        return True
    rev = int(mark.get("rev", 0))
    return any(next(iter(records.deltas(tx, table, rev)), None) is not None for table in _WATCHED)


def resolve(tx: Transaction, setup: Setup) -> dict[str, set[str]]:
    """Writes what follows from accounts, links, mailmaps and configuration; gives the ids that changed by table."""
    view = _View.load(tx, setup)
    found = join(view.accounts, view.ties, view.confirmed, view.refused)
    wanted = _Wanted(view, found, setup)
    # later than what was resolved before, and earlier than anything that a tool, a file or a person dates
    at = from_us(records.revision(tx) + 1)
    patches = [
        *wanted.people(),
        *wanted.accounts(),
        *wanted.links(_shared_places(tx, found)),
        *wanted.members(),
    ]
    applied = records.apply(tx, [Patch(record, at=at) for record in patches])
    state.put(tx, _MARK, {"rev": records.revision(tx), "setup": _print(setup)})
    return applied.changed


def _print(setup: Setup) -> str:
    return repr((setup.people, setup.identity))


@dataclass(slots=True)
class _View:
    """What the store holds, in the form in which identity thinks."""

    rows: dict[str, dict[str, Any]]
    links: dict[str, dict[str, Any]]
    people: dict[str, dict[str, Any]]
    memberships: list[dict[str, Any]]
    absences: list[dict[str, Any]]
    accounts: dict[str, Known] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    confirmed: set[Pair] = field(default_factory=set)
    refused: set[Pair] = field(default_factory=set)

    @classmethod
    def load(cls, tx: Transaction, setup: Setup) -> _View:
        view = cls(
            rows={row["id"]: row for row in records.rows(tx, "accounts")},
            links={row["id"]: row for row in records.rows(tx, "identity_links")},
            people={row["id"]: row for row in records.rows(tx, "people")},
            memberships=list(records.rows(tx, "memberships")),
            absences=list(records.rows(tx, "absences")),
        )
        view.accounts = {row["id"]: _known(row, setup) for row in view.rows.values()}
        for person in setup.people.values():
            for account in named_accounts(view.accounts, person):
                # an address that the team lists is an account before its owner has committed anything
                if account.startswith("email:"):
                    view.accounts.setdefault(account, Known(account, email=account[6:], kind=person.kind))
        maps = [row["body"] for row in records.rows(tx, "documents") if row["path"] == ".mailmap" and row["body"]]
        view.ties = list(ties(view.accounts, maps, setup.people))
        view._heed_links()
        return view

    def _heed_links(self) -> None:
        for link in self.links.values():
            one, other = sorted((link["account"] or "", link["other"] or ""))
            if not one or link["deleted_at"]:
                continue
            if link["status"] == "confirmed":
                self.confirmed.add((one, other))
            elif link["status"] == "refused":
                self.refused.add((one, other))
            elif link["method"] in STRENGTH and link["source"] != _SOURCE:
                # what a tool states holds again once a decision against it was taken back
                self.ties.append(Tie(one, other, link["method"], link["reason"] or ""))


def _known(row: Mapping[str, Any], setup: Setup) -> Known:
    address = row["id"][6:] if row["id"].startswith("email:") else ""
    email = (row["email"] or address).lower()
    stated = _stated_kind(row["id"], setup)
    return Known(
        id=row["id"],
        handle=row["handle"] or "",
        name=row["name"] or "",
        email=email,
        email_verified=bool(row["email_verified"]),
        external_id=row["external_id"] or "",
        kind=stated or account_kind(row["handle"], row["tool_kind"], row["name"], email, setup.identity),
    )


def _stated_kind(account: str, setup: Setup) -> Any:
    for person in setup.people.values():
        if account in person.accounts or (person.email and account == f"email:{person.email.lower()}"):
            return person.kind
    return None


class _Wanted:
    """The rows that should be there; each method yields only those that differ from what is."""

    def __init__(self, view: _View, found: Clusters, setup: Setup) -> None:
        self._view = view
        self._setup = setup
        self._clusters = found.members()
        self._found = found
        self._owner: dict[str, str] = {}
        self._configured = {
            account: f"person:{key}"
            for key, person in setup.people.items()
            for account in named_accounts(view.accounts, person)
        }
        stated: set[str] = set()
        for root, members in self._clusters.items():
            named = [self._configured[member] for member in members if member in self._configured]
            owner = min(named) if named else person_id(view.accounts[member] for member in members)
            self._owner[root] = owner
            if named:
                stated.add(root)
        # a configured person with accounts keeps the id also before the first of them is seen
        awaited = {f"person:{key}" for key, person in setup.people.items() if person.accounts or person.email}
        self._owner = distinct(self._owner, stated, awaited)

    def people(self) -> Iterator[Person]:
        """One for each cluster and each configured person; those that became part of another are tombstones."""
        wanted = {owner: self._person(owner, self._clusters[root]) for root, owner in sorted(self._owner.items())}
        for key in self._setup.people:
            wanted.setdefault(f"person:{key}", self._person(f"person:{key}", ()))
        for person in wanted.values():
            if _differs(person, self._view.people.get(person.id)):
                yield person
        for known in self._view.people.values():
            if known["id"] not in wanted and known["source"] == _SOURCE and not known["deleted_at"]:
                yield Person(id=known["id"], deleted_at=EPOCH, active=False)

    def _person(self, owner: str, members: Sequence[str]) -> Person:
        stated = self._setup.people.get(owner.removeprefix("person:"))
        accounts = [self._view.accounts[member] for member in members]
        names = [one.name for one in accounts if one.name]
        emails = [one.email for one in accounts if one.email and ".noreply." not in one.email]
        kinds = {one.kind for one in accounts}
        return Person(
            id=owner,
            source=_SOURCE,
            name=(stated and stated.name) or (min(names, key=_worth) if names else _spoken(owner, accounts)),
            email=(stated and stated.email) or (min(emails) if emails else None),
            kind=stated.kind if stated else _one_kind(kinds),
            time_zone=(stated and stated.time_zone) or None,
            calendar=(stated and stated.calendar) or None,
            active=True,
            deleted_at=None,
        )

    def accounts(self) -> Iterator[Account]:
        """Owner and kind of each account."""
        for account, known in sorted(self._view.accounts.items()):
            owner = self._owner[self._found.of[account]]
            if account not in self._view.rows:
                yield Account(id=account, source=_SOURCE, email=known.email, person=owner, kind=known.kind)
                continue
            row = self._view.rows[account]
            if row["person"] != owner or row["kind"] != known.kind:
                yield Account(id=account, person=owner, kind=known.kind)

    def links(self, places: Callable[[Iterable[str]], Mapping[str, set[str]]]) -> Iterator[IdentityLink]:
        """Ties as automatic links, look-alikes as suggestions; suggestions that no longer hold go."""
        view = self._view
        wanted: dict[str, IdentityLink] = {}
        held_back = {tie.pair for tie in self._found.held_back}
        strongest = sorted(view.ties, key=lambda tie: -STRENGTH[tie.method])
        for tie in strongest:
            if tie.pair not in held_back and tie.one in view.accounts and tie.other in view.accounts:
                wanted[link_id(*tie.pair)] = _link(*tie.pair, tie.method, 1.0, tie.reason, "automatic")
        settled = view.confirmed | view.refused
        for each in self._suggestions(places, settled):
            wanted[link_id(each.one, each.other)] = _link(
                each.one, each.other, each.method, each.score, each.reason, "suggested"
            )
        for identity, link in sorted(wanted.items()):
            row = view.links.get(identity)
            foreign = row is not None and row["source"] not in (None, _SOURCE)
            decided = row is not None and row["status"] in ("confirmed", "refused")
            if not foreign and not decided and _differs(link, row):
                yield link
        for row in view.links.values():
            stale = row["source"] == _SOURCE and row["status"] in ("suggested", "automatic") and not row["deleted_at"]
            if stale and row["id"] not in wanted and row["method"] != "person":
                yield IdentityLink(id=row["id"], deleted_at=EPOCH)

    def _suggestions(
        self, places: Callable[[Iterable[str]], Mapping[str, set[str]]], settled: set[Pair]
    ) -> list[Suggestion]:
        view = self._view
        first = suggestions(self._clusters, view.accounts, {}, self._found.held_back, settled)
        # only those who look alike are worth asking where they work
        alike = {account for each in first for account in (each.one, each.other)}
        seen = places(alike) if alike else {}
        return suggestions(self._clusters, view.accounts, seen, self._found.held_back, settled) if seen else first

    def members(self) -> Iterator[Membership | Absence]:
        """The person behind memberships and absences that name an account."""
        for table, rows in ((Membership, self._view.memberships), (Absence, self._view.absences)):
            for row in rows:
                root = self._found.of.get(row["account"] or "")
                if root is not None and row["person"] != self._owner[root]:
                    yield table(id=row["id"], person=self._owner[root])


def _shared_places(tx: Transaction, found: Clusters) -> Callable[[Iterable[str]], Mapping[str, set[str]]]:
    """Asks in which repositories the people behind accounts opened changes."""

    def places(accounts: Iterable[str]) -> Mapping[str, set[str]]:
        roots = {found.of[account] for account in accounts}
        wanted = {account for account, root in found.of.items() if root in roots}
        seen: dict[str, set[str]] = {}
        for account, repository in lookups.distinct_pairs(tx, "changes", "author", wanted, "repository"):
            seen.setdefault(account, set()).add(repository)
        return seen

    return places


def _link(one: str, other: str, method: str, score: float, reason: str, status: Any) -> IdentityLink:
    return IdentityLink(
        id=link_id(one, other),
        source=_SOURCE,
        account=one,
        other=other,
        method=method,
        score=score,
        reason=reason,
        status=status,
        deleted_at=None,
    )


def _differs(record: Any, row: Mapping[str, Any] | None) -> bool:
    if row is None:
        return True
    said = {name: value for name in record.__struct_fields__ if (value := getattr(record, name)) is not UNSET}
    return any(row[name] != value for name, value in said.items())


def _one_kind(kinds: set[Any]) -> Any:
    return next((kind for kind in ("human", "coding_agent", "review_agent", "bot") if kind in kinds), "human")


def _worth(name: str) -> tuple[bool, int, str]:
    """Full names before single words, longer before shorter."""
    return " " not in name.strip(), -len(name), name


def _spoken(owner: str, accounts: Sequence[Known]) -> str:
    handles = sorted(one.handle for one in accounts if one.handle)
    if handles:
        return handles[0]
    emails = sorted(one.email for one in accounts if one.email)
    return split_person(emails[0])[1].partition("@")[0] if emails else owner.removeprefix("person:")
