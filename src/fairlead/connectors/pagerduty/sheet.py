"""PagerDuty's sheet: how it names people, services and teams."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import UNSET

from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.people import PeopleSheet, account
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.code import Service
from fairlead.model.records.kinds import Text
from fairlead.model.records.people import Team

_USERS = ("user_reference", "user")


class Sheet(PeopleSheet):
    """What one payload says, as far as it has been read."""

    __slots__ = ()

    def account(self, user: Doc | None) -> str | None:
        """By id. Services and integrations act too, and are nobody."""
        if user is None or user.text("type") not in _USERS or not (identity := user.text("id")):
            return None
        name, url = user.text("summary"), user.text("html_url")
        return self.said(account(self.source, identity, external_id=identity, name=name or "", url=url or ""))

    def service(self, doc: Doc | None) -> Text:
        """Service by the name that people gave it, unless the configuration says which one it is.

        Two tools that name one service alike mean the same; PagerDuty's own id would keep them apart for ever.
        """
        if doc is None or not (identity := doc.text("id")):
            return UNSET
        # `{PABC123 = "checkout"}`, where the name at PagerDuty is another one
        stated = self.options.get("services")
        name = doc.text("summary") or doc.text("name") or identity
        key = stated.get(identity) if isinstance(stated, dict) else None
        return self.said(_service(self.source, str(key or _slug(name)), name, doc.text("html_url") or ""))

    def team(self, doc: Doc) -> str:
        """A team as PagerDuty knows it: a proposal for one of the configuration."""
        return self.said(_team(self.source, doc.need_text("id"), doc.text("summary") or doc.text("name") or ""))

    def incident_of(self, doc: Doc) -> str:
        """Id of the incident that an embedded reference names."""
        return f"{self.source}:{doc.need('incident').need_text('id')}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-") or "unnamed"


# These carry no version of their own where they are embedded, and each payload repeats them.


@lru_cache(maxsize=1024)
def _service(source: str, key: str, name: str, url: str) -> Patch:
    return Patch(Service(id=f"service:{key}", source=source, name=name, url=url or UNSET), OLDEST)


@lru_cache(maxsize=1024)
def _team(source: str, identity: str, name: str) -> Patch:
    record = Team(id=f"{source}:team/{identity}", source=source, name=name or UNSET, proposed=True)
    return Patch(record, OLDEST)
