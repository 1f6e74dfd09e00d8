"""Changes, repositories, branches and environments."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.cdevents.telling import Telling
from fairlead.model.records.code import Change, ChangeEvent, Repository
from fairlead.model.times import iso

_CHANGE_KINDS: Mapping[str, str] = MappingProxyType(
    {"created": "opened", "updated": "pushed", "reviewed": "reviewed", "merged": "merged", "abandoned": "closed"}
)


def change(telling: Telling) -> None:
    home = telling.reference("repository")
    repository = f"{telling.source}:{home}" if home else telling.prefix
    identity, number = f"{repository}#{telling.subject_id}", telling.subject_id
    merged, closed = telling.predicate == "merged", telling.predicate in ("merged", "abandoned")
    telling.say(
        Change(
            id=identity,
            source=telling.source,
            url=telling.custom.text("url"),
            created_at=telling.at if telling.predicate == "created" else UNSET,
            updated_at=telling.at,
            repository=repository,
            number=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else UNSET,
            title=telling.content.text("description") or UNSET,
            state="merged" if merged else "closed" if closed else "open",
            head_sha=telling.sha() if not merged else UNSET,
            merge_sha=telling.sha() if merged else UNSET,
            merged_at=telling.at if merged else UNSET,
            closed_at=telling.at if closed else None,
        )
    )
    kind = _CHANGE_KINDS.get(telling.predicate)
    if kind:
        telling.say(
            ChangeEvent(
                id=f"{identity}/{kind}/{iso(telling.at)}",
                source=telling.source,
                change=identity,
                repository=repository,
                kind=kind,
                at=telling.at,
            )
        )
    telling.happened(identity)


def repository(telling: Telling) -> None:
    identity = f"{telling.source}:{telling.subject_id}"
    content = telling.content
    owner, name = content.text("owner"), content.text("name")
    telling.say(
        Repository(
            id=identity,
            source=telling.source,
            url=content.text("viewUrl") or content.text("url") or UNSET,
            created_at=telling.at if telling.predicate == "created" else UNSET,
            deleted_at=telling.at if telling.predicate == "deleted" else None,
            name=f"{owner}/{name}" if owner and name else name or telling.subject_id,
        )
    )
    telling.happened(identity)


def branch(telling: Telling) -> None:
    telling.happened(f"{telling.source}:{telling.reference('repository') or 'unknown'}/branch/{telling.subject_id}")


def environment(telling: Telling) -> None:
    telling.happened(telling.own("environment"))
