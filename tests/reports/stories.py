"""A team's records as a test states them, in a real store and warehouse."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.schema import TABLES
from fairlead.model.setup import Setup
from fairlead.model.times import FixedClock
from fairlead.store import records
from fairlead.store.database import Database

NOW = datetime(2026, 11, 18, 9, 2, tzinfo=UTC)
"""A Wednesday."""


@dataclass
class Story:
    """Records in the making; `told` puts them into a warehouse."""

    folder: Path
    patches: list[Patch] = field(default_factory=list)
    opened: list[Warehouse] = field(default_factory=list)

    def add(self, table: str, **values: Any) -> str:
        """One record."""
        self.patches.append(Patch(TABLES[table](**values), OLDEST))
        return str(values["id"])

    def person(self, key: str, name: str = "", **more: Any) -> str:
        """A human with one account."""
        self.add("people", id=f"person:{key}", name=name or key.title(), kind="human", active=True, **more)
        return self.add("accounts", id=f"github:@{key}", person=f"person:{key}", handle=key, kind="human")

    def change(self, number: int, author: str, hours_ago: float, **more: Any) -> str:
        """An open change of acme/pay with its `opened` event."""
        change = f"github:acme/pay#{number}"
        said: dict[str, Any] = {
            "repository": "github:acme/pay", "number": number, "state": "open", "title": f"Change {number}",
            "author": author, "created_at": ago(hours_ago), "source": "github", "draft": False,
            "head_sha": f"h{number}",
            "url": f"https://github.example/acme/pay/pull/{number}", "additions": 10, "deletions": 5,
        }  # fmt: skip
        self.add("changes", id=change, **(said | more))
        self.event(change, "opened", hours_ago, author)
        return change

    def event(self, change: str, kind: str, hours_ago: float, actor: str | None = None, **more: Any) -> None:
        """Something that happened to a change."""
        self.add(
            "change_events", id=f"{change}/{kind}/{hours_ago}/{more.get('subject', '')}", change=change, kind=kind,
            repository="github:acme/pay", at=ago(hours_ago), actor=actor, **more,
        )  # fmt: skip

    def told(self, setup: Setup | None = None, now: datetime = NOW) -> Warehouse:
        """The warehouse of all records so far."""
        path = self.folder / f"facts{len(self.opened)}.db"
        shutil.copy(_migrated(self.folder), path)
        database = Database.open(f"sqlite:///{path}")
        with database.begin() as tx:
            records.apply(tx, self.patches)
        warehouse = Warehouse(None, database, setup or Setup(), FixedClock(now))
        warehouse.refresh()
        self.opened.append(warehouse)
        return warehouse


def _migrated(folder: Path) -> Path:
    """An empty store, migrated once for all tests of a run: that takes longer than the tests themselves."""
    template = folder.parent / "empty.db"
    if not template.exists():
        Database.open(f"sqlite:///{template}").close()
    return template


def ago(hours: float) -> datetime:
    """A moment before the story's now."""
    return NOW - timedelta(hours=hours)
