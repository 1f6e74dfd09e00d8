"""The ground of the state machine: accounts, repositories, time, and the one place where webhooks leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.hooks import Hook, Wants
from fairlead.connectors.github.fake.names import Counter
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.payloads.user import organization, user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Account, App, Label, Milestone, Team
from fairlead.model.times import EPOCH


class World:
    """State that all parts of the organisation share."""

    def __init__(
        self, org: str, *, secret: str, seed: int = 1, slim: bool = False, wants: Wants | None = None
    ) -> None:
        self.wire = Wire(slim=slim)
        """How webhooks are written; the API writes in its own, always in full."""
        self.counter = Counter()
        self.now = EPOCH
        """Time of the last driver call; calls come in the order of time."""
        self.accounts: dict[str, Account] = {}
        self.by_address: dict[str, Account] = {}
        self.apps: dict[str, App] = {}
        self.teams: dict[str, Team] = {}
        self.repositories: dict[str, Repository] = {}
        self.moved: dict[str, int] = {}
        """Former full name (lower case) -> repository id, for redirects."""
        self.effects: list[str] = []
        """What requests to the API changed that somebody can see, like `comment acme/payments#42`."""
        self.org = self._account(org, "Organization", EPOCH)
        self.accounts[org] = self.org
        self.installation = self.counter.next("installation")
        self.hook = Hook(self.counter.next("hook"), secret, seed)
        if wants is not None:
            self.hook.wants = wants

    def _account(self, login: str, kind: Any, at: datetime) -> Account:
        return Account(self.counter.next("user"), login, kind, at)

    def account(self, login: str) -> Account:
        """The account with this login; raises `KeyError` for a stranger."""
        return self.accounts[login]

    def repository(self, name: str) -> Repository:
        """The repository with this present name, without the owner."""
        return self.repositories[name]

    def add_user(self, login: str, *, name: str, at: datetime, emails: tuple[str, ...] = ()) -> Account:
        """A person joins; the addresses are those that the host knows to be theirs."""
        return self._enter(login, "User", name, at, emails)

    def add_bot(self, slug: str, *, name: str, at: datetime) -> Account:
        """An app with its bot account `<slug>[bot]`."""
        account = self._enter(f"{slug}[bot]", "Bot", name, at, ())
        address = f"{account.id}+{slug}[bot]@users.noreply.github.com"
        account.email, account.emails = address, (address,)
        self.by_address[address] = account
        account.app = self.apps[slug] = App(self.counter.next("app"), slug, name, self.org, at)
        return account

    def _enter(self, login: str, kind: Any, name: str, at: datetime, emails: tuple[str, ...]) -> Account:
        account = self._account(login, kind, at)
        account.name, account.emails = name, emails
        account.email = emails[0] if emails else None
        self.accounts[login] = account
        for address in emails:
            self.by_address[address.lower()] = account
        return account

    def delete_user(self, login: str, *, at: datetime) -> None:
        """An account is deleted: from now on GitHub shows its ghost, or nobody."""
        account = self.accounts[login]
        account.deleted_at = at
        for address in account.emails:
            self.by_address.pop(address.lower(), None)

    def label(self, repo: Repository, name: str, color: str = "ededed") -> Label:
        """The label of a repository, made at its first use."""
        if name not in repo.labels:
            repo.labels[name] = Label(self.counter.next("label"), name, color)
        return repo.labels[name]

    def milestone(self, repo: Repository, title: str) -> Milestone:
        """The milestone of a repository by its title."""
        return next(found for found in repo.milestones.values() if found.title == title)

    def emit(self, event: str, sender: Account | None, at: datetime, repo: Repository | None, payload: Json) -> None:
        """Sends a webhook with what every webhook carries: repository, organisation, installation, sender."""
        self.now = max(self.now, at)
        if not self.hook.wants(event, str(payload.get("action", ""))):
            return
        about = {"repository": repository(self.wire, repo)} if repo is not None else {}
        whole = {
            **payload,
            **{key: value for key, value in about.items() if key not in payload},
            "organization": organization(self.wire, self.org),
            "installation": {"id": self.installation, "node_id": f"MDIz{self.installation}"},
            **({"sender": user(self.wire, sender)} if sender is not None else {}),
        }
        number = self.counter.next("delivery")
        self.hook.send(number, event, whole, at, repo.id if repo is not None else None)
