"""Jira's sheet: how it names people and items, and what its fields and statuses mean here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import UNSET

from fairlead.connectors.jira import fields, statuses
from fairlead.connectors.kit import sheet as kit
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.kinds import Text
from fairlead.model.records.people import Account

_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,254}-\d{1,18}")


class Sheet(kit.Sheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ("fields", "statuses")

    def __init__(self, options: Options, date: datetime | None, headers: Mapping[str, str]) -> None:
        super().__init__(options, date, headers)
        # what people state replaces what was found for that meaning alone
        self.fields: fields.Fields = {**fields.noted(headers.get("fields", "")), **fields.stated(options.values)}
        self.statuses = statuses.noted(headers.get("statuses", ""))

    def meaning(self, field: str) -> str:
        """What a field id means, empty where nothing is known of it."""
        return next((meaning for meaning, ids in self.fields.items() if field in ids), "")

    def item(self, key: str) -> str:
        """Id of an item by its key."""
        return f"{self.source}:{key}"

    def item_named(self, word: Text) -> str | None:
        """Id of the item that a text names, if it is a key and nothing else."""
        return self.item(word) if isinstance(word, str) and _KEY.fullmatch(word) else None

    def person(self, doc: Doc, key: str) -> Text:
        """Account under a key: missing stays unsaid, null (nobody, or a deleted user) is nobody."""
        return self.account(doc.child(key)) if key in doc else UNSET

    def account(self, user: Doc | None) -> str | None:
        """Says the account of an embedded user and gives its id.

        Cloud knows people by account id alone. Data Center has a key, which outlives a rename, and a login.
        """
        if user is None:
            return None
        cloud = user.text("accountId")
        name, key = user.text("name"), user.text("key")
        identity = cloud or key or name
        if not identity:
            return None
        address = (user.text("emailAddress") or "").strip().lower()
        # Data Center takes any address that an administrator types; Atlassian has asked its owner
        patch = _account(
            self.source, identity, "" if cloud else name or "", user.text("displayName") or "", address,
            bool(cloud and address), user.text("accountType") or "",
        )  # fmt: skip
        self.once(patch)
        return patch.record.id

    def account_named(self, identity: Text, name: Text) -> str | None:
        """Account that a changelog names by id and shown name."""
        if not identity:
            return None
        patch = _account(self.source, identity, "", name or "", "", False, "")
        self.once(patch)
        return patch.record.id


def id_of(doc: Doc, key: str = "id") -> str:
    """An id, which REST writes as text and the Agile API and webhooks write as a number."""
    value = doc.plain(key)
    return str(doc.need_whole(key)) if type(value) is int else doc.need_text(key)


def is_key(text: str) -> bool:
    """Whether it is the key of an issue."""
    return bool(_KEY.fullmatch(text))


# Users carry no version of their own where they are embedded, and each payload repeats them.


@lru_cache(maxsize=8192)
def _account(source: str, identity: str, handle: str, name: str, address: str, verified: bool, kind: str) -> Patch:
    record = Account(
        id=f"{source}:@{identity}",
        source=source,
        external_id=identity,
        handle=handle or UNSET,
        name=name or UNSET,
        email=address or UNSET,
        email_verified=verified or UNSET,
        tool_kind=kind or UNSET,
    )
    return Patch(record, OLDEST)
