"""Jira's sheet: how it names people and items, and what its fields and statuses mean here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fairlead.connectors.jira import fields, statuses
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.people import PeopleSheet, account
from fairlead.model.records.kinds import Text

_NOBODY = "unknown"
"""Account id that Cloud gives to whomever it has lost: taken for an account, all of them would be one person."""
_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,254}-\d{1,18}")


class Sheet(PeopleSheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ("_accounts", "_categories", "_meant", "fields", "statuses")

    def __init__(self, options: Options, date: datetime | None, headers: Mapping[str, str]) -> None:
        super().__init__(options, date, headers)
        self.fields: fields.Fields = {}
        self._meant: dict[str, str] = {}
        # what people state replaces what was found for that meaning alone
        self.learn({**fields.noted(headers.get("fields", "")), **fields.stated(options.values)})
        self.statuses = statuses.noted(headers.get("statuses", ""))
        # A page names the same dozen people and steps in each of its thousand entries: what they mean is found once.
        self._accounts: dict[tuple[Any, ...], str] = {}
        self._categories: dict[tuple[Text, ...], Text] = {}

    def learn(self, found: fields.Fields) -> None:
        """From here on fields mean this."""
        self.fields = found
        # backwards, so that a field of two meanings has the first of them
        self._meant = {name: meaning for meaning, names in [*found.items()][::-1] for name in names}

    def meaning(self, field: str) -> str:
        """What a field id means, empty where nothing is known of it."""
        return self._meant.get(field, "")

    def category(self, identity: str, name: str, word: str | None, resolution: Text) -> Text:
        """Category of a status in our words (`statuses.category`)."""
        asked = (identity, name, word, resolution)
        if asked not in self._categories:
            self._categories[asked] = statuses.category(identity, name, word, resolution, self.options)
        return self._categories[asked]

    def item(self, key: str) -> str:
        """Id of an item by its key."""
        return f"{self.source}:{key}"

    def item_named(self, word: Text) -> str | None:
        """Id of the item that a text names, if it is a key and nothing else."""
        return self.item(word) if isinstance(word, str) and _KEY.fullmatch(word) else None

    def account(self, user: Doc | None) -> str | None:
        """Cloud knows people by account id alone. Data Center has a key, which outlives a rename, and a login."""
        if user is None:
            return None
        said = user.data
        # all that an account is made of; what is missing and what is null say the same of it
        known = (
            said.get("accountId"), said.get("key"), said.get("name"), said.get("displayName"),
            said.get("emailAddress"), said.get("accountType"),
        )  # fmt: skip
        try:
            return self._accounts[known]
        # unknown so far, or no text and refused below
        except (KeyError, TypeError):
            found = self._account(user)
        if found:
            self._accounts[known] = found
        return found

    def _account(self, user: Doc) -> str | None:
        cloud = user.text("accountId")
        name, key = user.text("name"), user.text("key")
        identity = cloud or key or name
        if not identity or cloud == _NOBODY:
            return None
        address = (user.text("emailAddress") or "").strip().lower()
        return self.said(
            account(
                self.source,
                identity,
                external_id=identity,
                handle="" if cloud else name or "",
                name=user.text("displayName") or "",
                email=address,
                # Data Center takes any address that an administrator types; Atlassian has asked its owner
                verified=bool(cloud and address),
                kind=user.text("accountType") or "",
            )
        )

    def account_named(self, identity: Text, name: Text) -> str | None:
        """Account that a changelog names by id and shown name."""
        if not identity or identity == _NOBODY:
            return None
        return self.said(account(self.source, identity, external_id=identity, name=name or ""))


def id_of(doc: Doc, key: str = "id") -> str:
    """An id, which REST writes as text and the Agile API and webhooks write as a number."""
    value = doc.plain(key)
    return str(doc.need_whole(key)) if type(value) is int else doc.need_text(key)


def is_key(text: str) -> bool:
    """Whether it is the key of an issue."""
    return bool(_KEY.fullmatch(text))
