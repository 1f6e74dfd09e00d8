"""A range of refs -> repository, tags, the files that speak about people. Pure; history is read in `expand.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from fairlead.connectors.git.range import Range, Text
from fairlead.connectors.git.rows import account, address, moment
from fairlead.connectors.git.survey import Tag
from fairlead.connectors.kit.connector import Reading, Sweep
from fairlead.connectors.kit.owners import code_owner_rows
from fairlead.model.events import Event
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.code import Repository
from fairlead.model.records.conversation import Document
from fairlead.model.records.delivery import Release
from fairlead.model.records.people import Account, CodeOwner

_PRERELEASE = re.compile(
    r"\d(?:[-.]?(?:a|b|c|rc|alpha|beta|pre|preview|dev|snapshot|canary|nightly|next|ea|m)[-.]?\d*)(?:[-.+].*)?$",
    re.IGNORECASE,
)


def read(step: Range, source: str) -> Reading:
    """What the log itself holds of the step."""
    patches = [
        _repository(step, source),
        *_tags(step, source),
        *_documents(step, source),
        *_code_owners(step, source),
    ]
    return Reading(patches=patches, events=list(_events(step, source)), sweeps=list(_sweeps(step)))


def is_prerelease(tag: str) -> bool:
    """Whether a version says of itself that it is not for production, like `v2.0.0-rc.1` or `1.4b2`."""
    return bool(_PRERELEASE.search(tag))


def _repository(step: Range, source: str) -> Patch:
    if not step.infer_changes:
        # the code host knows better: the row only has to be there
        return Patch(Repository(id=step.repository, source=step.repository.partition(":")[0]), at=OLDEST)
    record = Repository(
        id=step.repository,
        source=source,
        name=step.name,
        default_branch=step.default_branch or None,
        pushed_at=step.at,
    )
    return Patch(record, at=step.at)


def _tags(step: Range, source: str) -> Iterator[Patch]:
    for tag in step.tags.values():
        email = address(tag.tagger_email)
        if email:
            yield Patch(
                Account(id=f"email:{email}", source=source, email=email, name=tag.tagger_name),
                at=moment(max(tag.at or 0, 0)) or OLDEST,
            )
        yield Patch(_release(step, source, tag), at=step.at)


def _release(step: Range, source: str, tag: Tag) -> Release:
    when = moment(tag.at) if tag.at and tag.at > 0 else None
    return Release(
        id=f"{step.repository}/tag/{tag.name}",
        source=source,
        repository=step.repository,
        tag=tag.name,
        name=tag.title or tag.name,
        body=tag.body or None,
        sha=tag.commit,
        author=account(address(tag.tagger_email)),
        draft=False,
        prerelease=is_prerelease(tag.name),
        published_at=when,
        created_at=when,
        deleted_at=None,
        kind="tag",
    )


def _documents(step: Range, source: str) -> Iterator[Patch]:
    for path, file in step.files.items():
        document = Document(
            id=f"{step.repository}/file/{path}",
            source=source,
            repository=step.repository,
            path=path,
            title=path.rpartition("/")[2],
            body=file.text,
            updated_at=step.at,
            deleted_at=None if file.blob else step.at,
        )
        yield Patch(document, at=step.at)


def _code_owners(step: Range, source: str) -> Iterator[Patch]:
    for path, file in step.files.items():
        if path.endswith("CODEOWNERS"):
            yield from _new_lines(step, source, path, file)
            yield from _old_lines(step, path, file)


def _new_lines(step: Range, source: str, path: str, file: Text) -> Iterator[Patch]:
    for line in code_owner_rows(file.text):
        record = CodeOwner(
            id=_line_id(step, path, file.blob, line.position),
            source=source,
            repository=step.repository,
            path=path,
            position=line.position,
            pattern=line.pattern,
            owners=line.owners,
            # what was there when the repository was first read held before as well, for all that is known
            valid_from=step.at if file.before else None,
            valid_to=None,
        )
        yield Patch(record, at=step.at)


def _old_lines(step: Range, path: str, file: Text) -> Iterator[Patch]:
    """Ends the lines of the version before; line numbers without a rule stay rows that hold nothing."""
    if not file.before:
        return
    for position in file.lines_before:
        yield Patch(CodeOwner(id=_line_id(step, path, file.before, position), valid_to=step.at), at=step.at)


def _line_id(step: Range, path: str, blob: str, position: int) -> str:
    return f"{step.repository}/codeowners/{path}@{blob[:12]}:{position}"


def _sweeps(step: Range) -> Iterator[Sweep]:
    if step.tags_left is not None:
        scope = f"{step.repository}/tag/"
        yield Sweep("releases", scope, frozenset(scope + name for name in step.tags_left), step.at)


def _events(step: Range, source: str) -> Iterator[Event]:
    for ref, moved in step.refs.items():
        if ref == "HEAD" or ref.startswith("refs/tags/") or not moved.new:
            continue
        data = {"ref": ref, "before": moved.old, "after": moved.new, "forced": moved.forced}
        yield _event(step, source, data)


def _event(step: Range, source: str, data: dict[str, object]) -> Event:
    when: datetime = step.at
    return Event(
        type="dev.fairlead.commits.pushed.0.1.0",
        source=source,
        subject=f"{step.repository}@{data['after']}",
        time=when,
        data=data,
    )
