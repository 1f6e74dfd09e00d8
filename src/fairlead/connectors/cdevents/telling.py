"""One CDEvent while it is being read: who tells it, of what, and what has been said of it so far.

Ids are made of the producer's `source` and the subject's id. What CDEvents has no field for may stand in
`customData`: `repository`, `sha`, `branch`, `version`, `change`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import unquote

from msgspec import UNSET

from fairlead.connectors.cdevents.envelope import Enveloped
from fairlead.connectors.kit.connector import Options
from fairlead.connectors.kit.payload import Doc
from fairlead.model.errors import Unreadable
from fairlead.model.events import EVENT_TYPES, Event, EventType
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.code import Service
from fairlead.model.records.kinds import Record, Text
from fairlead.model.records.people import Account
from fairlead.model.times import iso

TYPE = re.compile(r"dev\.cdevents\.([a-z]+)\.([a-z]+)\.[0-9].*")
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_EMITTED: Mapping[tuple[str, str], EventType] = MappingProxyType(
    {(found[1], found[2]): cast(EventType, name) for name in EVENT_TYPES if (found := TYPE.fullmatch(name))}
)
_RANKS: Mapping[str, int] = MappingProxyType(
    {"created": 10, "queued": 10, "detected": 10, "started": 20, "updated": 20, "reported": 20, "reviewed": 20,
     "deployed": 30, "finished": 30, "skipped": 30, "merged": 40, "abandoned": 40, "closed": 40, "resolved": 40,
     "deleted": 99}
)  # fmt: skip
_HOSTS: Mapping[str, str] = MappingProxyType(
    {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}
)


@dataclass(slots=True)
class Telling:
    """One CDEvent and what has been said of it so far."""

    predicate: str
    source: str
    prefix: str
    """Of ids: our source and the producer's."""
    id: str
    at: datetime
    subject_id: str
    kind: str
    content: Doc
    custom: Doc
    options: Mapping[str, Any]
    patches: list[Patch]
    emitted: list[Event]

    def say(self, record: Record) -> None:
        self.patches.append(Patch(record, self.at, _RANKS.get(self.predicate, 20)))

    def happened(self, record: str) -> None:
        if type_ := _EMITTED.get((self.kind, self.predicate)):
            self.emitted.append(Event(type=type_, source=self.source, subject=record, time=self.at))

    def own(self, noun: str, identity: str | None = None) -> str:
        return f"{self.prefix}/{noun}/{identity or self.subject_id}"

    def reference(self, key: str) -> str | None:
        """Id below `content.<key>`, which older versions write as plain text."""
        value = self.content.plain(key)
        if type(value) is str:
            return value or None
        found = self.content.child(key)
        return (found.text("id") or found.text("name") or None) if found else None

    def name_of(self, key: str) -> str | None:
        """What people call `content.<key>`."""
        found = self.content.child(key)
        return (found.text("name") or found.text("id") or None) if found else None

    def repository(self) -> Text:
        """The repository meant, by the id that its own connector gives it."""
        given = self.custom.text("repository") or self.custom.text("repo")
        given = given or artifact(self.content.text("artifactId") or "").repository
        return _repository_id(given, self.options) if given else UNSET

    def sha(self) -> Text:
        given = self.custom.text("sha") or self.custom.text("commit")
        return given or artifact(self.content.text("artifactId") or "").sha or UNSET

    def version(self) -> Text:
        return self.custom.text("version") or artifact(self.content.text("artifactId") or "").version or UNSET


def telling(event: Enveloped, kind: str, predicate: str, options: Options) -> Telling:
    context, subject = event.data.child("context"), event.data.need("subject")
    source = (context.text("source") if context else None) or event.source
    at = (context.time("timestamp") if context else None) or event.time
    if at is None:
        raise Unreadable("context.timestamp", "expected a time, got nothing")
    below = source.strip("/")
    return Telling(
        predicate=predicate,
        source=options.source,
        prefix=f"{options.source}:{below}" if below else f"{options.source}:events",
        id=(context.text("id") if context else None) or event.id or iso(at),
        at=at,
        subject_id=subject.need_text("id"),
        kind=kind,
        content=subject.child("content") or Doc({}, "subject.content"),
        custom=_custom(event.data),
        options=options.values,
        patches=[],
        emitted=[],
    )


def _custom(data: Doc) -> Doc:
    """`customData` may be anything; only an object can hold names that we know."""
    given = data.plain("customData")
    return Doc(given if type(given) is dict else {}, "customData")


@dataclass(frozen=True, slots=True)
class _Purl:
    name: str = ""
    version: str = ""
    sha: str = ""
    digest: str = ""
    repository: str = ""


def artifact(purl: str) -> _Purl:
    """Name, version and commit of a package URL like `pkg:oci/app@sha256%3A...?tag=1.4&vcs_url=...@<sha>`."""
    if not purl:
        return _Purl()
    main, _, qualifiers = purl.partition("#")[0].partition("?")
    name, _, version = unquote(main).partition("@")
    known = dict(part.split("=", 1) for part in qualifiers.split("&") if "=" in part)
    home, _, vcs = unquote(known.get("vcs_url", "")).rpartition("@")
    sha = vcs if _SHA.fullmatch(vcs) else version if _SHA.fullmatch(version) else ""
    digest = version if version.startswith("sha256:") else ""
    return _Purl(name.rpartition("/")[2], unquote(known.get("tag", "")) or version, sha, digest, home)


def _repository_id(given: str, options: Mapping[str, Any]) -> str:
    """`acme/payments`, an address or an id -> id; `repositories` and `code_host` of the options decide first."""
    table = options.get("repositories")
    if isinstance(table, Mapping) and isinstance(stated := table.get(given), str):
        return stated
    address = re.sub(r"^(?:[a-z+]+://)?(?:[^@/\s]+@)?", "", given).removesuffix(".git").rstrip("/")
    host, mark, path = address.replace(":", "/", 1).partition("/")
    if mark and "." in host and "/" in path:
        return f"{_HOSTS.get(host, host)}:{path}"
    if ":" in given:
        return given
    return f"{options.get('code_host', 'github')}:{given}"


def service(telling: Telling, identity: str) -> str:
    """Kubernetes-like ids name the kind of workload first; the last part is what people call it."""
    name = identity.rstrip("/").rpartition("/")[2] or identity
    key = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-") or "unnamed"
    record = Service(id=f"service:{key}", source=telling.source, name=name)
    telling.patches.append(Patch(record, OLDEST))
    return record.id


def account(telling: Telling, name: Text) -> Text:
    if not isinstance(name, str) or not name:
        return name or UNSET
    record = Account(id=f"{telling.source}:@{name}", source=telling.source, handle=name)
    telling.patches.append(Patch(record, OLDEST))
    return record.id
