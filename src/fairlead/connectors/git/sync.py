"""Compares the refs of each repository with what was read before and yields one range for each that moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from fairlead.connectors.git.command import Git, locate
from fairlead.connectors.git.guess import branch_of
from fairlead.connectors.git.range import KIND, Moved, Range, Text, encode
from fairlead.connectors.git.survey import Survey, home, is_ancestor, survey, text_of
from fairlead.connectors.kit.connector import Finding, Page, Progress, SyncRequest
from fairlead.connectors.kit.owners import code_owner_rows
from fairlead.model.counting import counted
from fairlead.model.errors import Fault, Skip
from fairlead.model.raw import content_id
from fairlead.model.times import EPOCH
from fairlead.model.typed import ready


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the cursor remembers of one repository."""

    path: str
    number: int = 0
    refs: dict[str, str] = {}
    tags: dict[str, str] = {}
    shallow: tuple[str, ...] = ()
    partial: str = ""
    files: dict[str, tuple[str, tuple[int, ...]]] = {}
    """Path -> object id, and the lines that hold a rule where it is a CODEOWNERS file."""


ready(Known)


def sync(request: SyncRequest) -> Iterator[Page]:
    """One page for each repository in which something moved; those that cannot be read are reported and passed."""
    known = _cursor(request.state)
    paths = _paths(request)
    for done, path in enumerate(paths):
        request.report(Progress(done=done, total=len(paths), what=f"{path}: refs"))
        try:
            step, after = _step(request, path, known)
        except Fault as fault:
            request.report(Progress(done=done, total=len(paths), what=str(path), left_out=str(fault)))
            continue
        if step is None:
            continue
        known = {**known, step.repository: after}
        yield Page(
            kind=KIND,
            delivery=content_id(encode(msgspec.structs.replace(step, at=EPOCH))),
            body=encode(step),
            state={"repositories": msgspec.to_builtins(known)},
        )
    request.report(Progress(done=len(paths), total=len(paths), what="refs compared"))


def check(request: SyncRequest) -> Iterator[Finding]:
    """Whether each path is a repository, and what its clone cannot tell."""
    for path in _paths(request):
        try:
            seen = survey(locate(path))
        except Fault as fault:
            # the path stands in front already, as whoever imports is told it
            said = fault.message.removeprefix(f"{path}: ")
            yield Finding(what=str(path), ok=False, detail=said, remedy=fault.hint)
            continue
        branches = sum(name.startswith(("refs/heads/", "refs/remotes/")) for name in seen.refs)
        holds = f"{counted(branches, 'branch', 'branches')}, {counted(len(seen.tags), 'tag')}"
        yield Finding(what=str(path), ok=True, detail=holds)
        for words in seen.left_out:
            yield Finding(what=str(path), ok=None, detail=f"left out: {words}")


def _cursor(state: Mapping[str, Any]) -> dict[str, Known]:
    return msgspec.convert(state.get("repositories", {}), type=dict[str, Known])


def _paths(request: SyncRequest) -> list[Path]:
    return [Path(path).expanduser().absolute() for path in request.settings.get("paths", ())]


def _step(request: SyncRequest, path: Path, known: Mapping[str, Known]) -> tuple[Range | None, Known]:
    git = locate(path)
    seen = survey(git)
    shared = home(git)
    name = _name(shared)
    repository = _identity(request, name)
    before = known.get(repository, Known(path=str(shared)))
    if before.path != str(shared) and Path(before.path).exists():
        raise Skip(f"{path}: {repository} is already {before.path}", hint="name one of them with `--as`")
    for words in seen.left_out:
        request.report(Progress(done=0, total=None, what=repository, left_out=f"{repository}: {words}"))
    step = _compare(request, git, seen, before, repository, name)
    if step and any(moved.forced and branch_of(ref) == step.default_branch for ref, moved in step.refs.items()):
        # of topic branches nobody wants to hear it: they are rewritten every day
        words = f"`{step.default_branch}` was rewritten; commits and changes that left it stay as they were read"
        request.report(Progress(done=0, total=None, what=repository, noted=f"{repository}: {words}"))
    after = Known(
        path=str(shared),
        number=before.number + 1,
        refs=seen.refs,
        tags={tag.name: _tag_print(tag) for tag in seen.tags.values()},
        shallow=tuple(sorted(seen.shallow)),
        partial=seen.partial,
        files={path: (blob, _lines(step, path, before)) for path, blob in seen.files.items()},
    )
    return step, after


def _compare(request: SyncRequest, git: Git, seen: Survey, before: Known, repository: str, name: str) -> Range | None:
    """The step from what was read before to what is there now; `None` if nothing moved."""
    # a deeper clone shows history behind commits that were read before, so all of it is read again
    afresh = request.full or before.shallow != tuple(sorted(seen.shallow)) or before.partial != seen.partial
    refs = dict(_moved(git, {} if afresh else before.refs, seen.refs))
    refs.update({ref: Moved(old=old, new="") for ref, old in before.refs.items() if ref not in seen.refs})
    tags = {tag.name: tag for tag in seen.tags.values() if afresh or before.tags.get(tag.name) != _tag_print(tag)}
    files = dict(_changed_files(git, before, seen))
    gone = set(before.tags) - set(seen.tags)
    # an empty repository is still worth a row, once
    if before.number and not (refs or tags or files or gone):
        return None
    return Range(
        repository=repository,
        name=name,
        path=str(git.directory),
        number=before.number + 1,
        at=request.now,
        default_branch=seen.default_branch,
        refs=refs,
        known=() if afresh else tuple(sorted(set(before.refs.values()))),
        tags=tags,
        tags_left=tuple(sorted(seen.tags)) if gone else None,
        files=files,
        mailmap=seen.files.get(".mailmap", ""),
        shallow=seen.shallow,
        partial=seen.partial,
        infer_changes=not _host_id(request),
    )


def _moved(git: Git, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, Moved]]:
    for ref, new in now.items():
        old = before.get(ref, "")
        if old != new:
            branch = not ref.startswith("refs/tags/") and ref != "HEAD"
            yield ref, Moved(old=old, new=new, forced=bool(old) and branch and not is_ancestor(git, old, new))


def _changed_files(git: Git, before: Known, seen: Survey) -> Iterator[tuple[str, Text]]:
    for path in sorted({*before.files, *seen.files}):
        old, lines = before.files.get(path, ("", ()))
        new = seen.files.get(path, "")
        if old != new:
            text = text_of(git, new) if new else ""
            yield path, Text(blob=new, text=text or "", before=old, lines_before=lines)


def _lines(step: Range | None, path: str, before: Known) -> tuple[int, ...]:
    if not path.endswith("CODEOWNERS"):
        return ()
    if step and path in step.files:
        return tuple(line.position for line in code_owner_rows(step.files[path].text))
    return before.files.get(path, ("", ()))[1]


def _tag_print(tag: Any) -> str:
    return content_id(msgspec.json.encode(tag))[:16]


def _host_id(request: SyncRequest) -> str:
    """Id under which a code host tells of this repository, if the user said so."""
    given = request.settings.get("known_as") or request.options.values.get("as") or ""
    if given and len(request.settings.get("paths", ())) > 1:
        raise Skip("`known_as` holds for one path", hint="give each of these repositories a source of its own")
    return str(given)


def _identity(request: SyncRequest, name: str) -> str:
    return _host_id(request) or f"{request.options.source}:{name}"


def _name(shared: Path) -> str:
    """`payments` for `/srv/payments/.git`, `/srv/payments.git` and a submodule's `.git/modules/payments`."""
    own = shared.parent.name if shared.name == ".git" else shared.name
    return own.removesuffix(".git") or "repository"
