"""What a repository holds right now: its branches, tags, boundary and the few files that speak about people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from fairlead.connectors.git.command import Git
from fairlead.connectors.kit.owners import LOCATIONS
from fairlead.model.counting import counted
from fairlead.model.errors import Skip

FILES = (".mailmap", ".git-blame-ignore-revs", *LOCATIONS)
"""Files of the default branch that are read with their text."""

_FILE_CAP = 3 * 1024 * 1024
"""GitHub ignores a larger CODEOWNERS file, and no mailmap in the wild comes near."""

_NOT_HISTORY = ("refs/stash", "refs/notes/", "refs/replace/", "refs/bisect/", "refs/prefetch/", "refs/rewritten/")
_LIKELY_MAIN = ("main", "master", "trunk", "develop")
_REF_FIELDS = (
    "refname", "objecttype", "objectname", "*objecttype", "*objectname", "taggername", "taggeremail",
    "taggerdate:unix", "creatordate:unix", "contents:subject", "contents:body", "symref",
)  # fmt: skip
_TAG_TEXT_CAP = 20_000


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag with the commit that it leads to."""

    name: str
    commit: str
    tagger_name: str = ""
    tagger_email: str = ""
    at: int | None = None
    """Seconds since 1970: the tagger's date, else the commit's."""
    title: str = ""
    body: str = ""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a repository."""

    refs: dict[str, str]
    """Branches, tags and remote branches -> commit."""
    tags: dict[str, Tag]
    default_branch: str
    shallow: dict[str, tuple[str, ...]]
    """Commits at which a shallow clone ends -> their parents, which are not here."""
    partial: str
    """Filter of a partial clone, like `blob:none`; empty for a whole one."""
    files: dict[str, str]
    """Path of a known file -> object id of its content."""
    left_out: tuple[str, ...] = ()
    """What could not be read, in words."""


def survey(git: Git) -> Survey:
    """Looks at refs, boundary and known files; `Skip` if git cannot read the repository."""
    refs, tags, left_out = _refs(git)
    head = _head(git)
    if head:
        refs.setdefault("HEAD", head)
    default = _default_branch(git, refs)
    tip = refs.get(f"refs/heads/{default}") or refs.get(f"refs/remotes/origin/{default}") or head
    shallow = _boundary(git)
    partial = _filter(git)
    if shallow:
        left_out.append(
            f"history before {counted(len(shallow), 'commit')}: the clone is shallow "
            "(`git fetch --unshallow` completes it)"
        )
    if partial:
        left_out.append(
            f"lines and files of commits: the clone is partial ({partial}) and they would need the network"
        )
    return Survey(
        refs=dict(sorted(refs.items())),
        tags=tags,
        default_branch=default,
        shallow=shallow,
        partial=partial,
        files=_files(git, tip) if tip else {},
        left_out=tuple(left_out),
    )


def text_of(git: Git, blob: str) -> str | None:
    """Content of a small file; `None` if it is too large or not here (a partial clone)."""
    size = git.ask("cat-file", "-s", blob)
    if size.returncode or int(size.stdout) > _FILE_CAP:
        return None
    done = git.ask("cat-file", "blob", blob)
    return None if done.returncode else done.stdout.decode("utf-8", "replace").replace("\0", "")


def present(git: Git, commits: Sequence[str]) -> set[str]:
    """Which of these commits are still there: what a force-push left behind is collected some day."""
    found = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", given="\n".join(commits) + "\n")
    return {name for name, kind in (line.split(" ", 1) for line in found.splitlines()) if kind == "commit"}


def is_ancestor(git: Git, old: str, new: str) -> bool:
    """Whether `new` still contains `old`; false also if `old` is gone."""
    return git.ask("merge-base", "--is-ancestor", old, new).returncode == 0


def home(git: Git) -> Path:
    """Folder that all work trees of the repository share."""
    common = git.run("rev-parse", "--git-common-dir").strip()
    return (git.directory / common).resolve()


def _refs(git: Git) -> tuple[dict[str, str], dict[str, Tag], list[str]]:
    refs: dict[str, str] = {}
    tags: dict[str, Tag] = {}
    left_out: list[str] = []
    # two control characters close a field and a ref: neither can stand in a ref name, and texts lose them below
    form = "%01".join(f"%({field})" for field in _REF_FIELDS) + "%01%02"
    for line in git.run("for-each-ref", f"--format={form}").split("\x01\x02\n"):
        fields = line.split("\x01")
        if len(fields) != len(_REF_FIELDS) or fields[0].startswith(_NOT_HISTORY) or fields[-1]:
            continue
        name, kind, oid, inner_kind, inner = fields[:5]
        commit = oid if kind == "commit" else inner if inner_kind == "commit" else ""
        if kind == "tag" and inner_kind == "tag":
            commit = _peeled(git, name)
        if not commit:
            left_out.append(f"{name}: leads to a {inner_kind or kind}, not to a commit")
            continue
        refs[name] = commit
        if name.startswith("refs/tags/"):
            tags[name.removeprefix("refs/tags/")] = _tag(name, commit, kind == "tag", fields[5:11])
    return refs, tags, left_out


def _tag(ref: str, commit: str, annotated: bool, fields: Sequence[str]) -> Tag:
    tagger, email, tagged, created, title, body = fields
    moment = tagged or created
    return Tag(
        name=ref.removeprefix("refs/tags/"),
        commit=commit,
        tagger_name=tagger,
        tagger_email=email.strip("<>"),
        at=int(moment) if moment.lstrip("-").isdigit() else None,
        # a light tag has no words of its own: git shows those of the commit
        title=title if annotated else "",
        body=body.split("-----BEGIN PGP SIGNATURE-----")[0].strip()[:_TAG_TEXT_CAP] if annotated else "",
    )


def _peeled(git: Git, ref: str) -> str:
    done = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return done.stdout.decode().strip() if done.returncode == 0 else ""


def _head(git: Git) -> str:
    """Commit checked out, also when it is on no branch; empty in an empty repository."""
    return _peeled(git, "HEAD")


def _default_branch(git: Git, refs: dict[str, str]) -> str:
    remote = git.ask("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").stdout.decode().strip()
    if remote.removeprefix("refs/remotes/") != remote:
        return remote.removeprefix("refs/remotes/origin/")
    here = git.ask("symbolic-ref", "--quiet", "HEAD").stdout.decode().strip().removeprefix("refs/heads/")
    # somebody's feature branch may be checked out: a usual name that exists says more than HEAD
    names = [name for name in _LIKELY_MAIN if f"refs/heads/{name}" in refs]
    return here if here in _LIKELY_MAIN or not names else names[0]


def _boundary(git: Git) -> dict[str, tuple[str, ...]]:
    path = home(git) / "shallow"
    if not path.is_file():
        return {}
    commits = path.read_text("ascii", "replace").split()
    return {commit: _written_parents(git, commit) for commit in sorted(commits)}


def _written_parents(git: Git, commit: str) -> tuple[str, ...]:
    """Parents as the commit itself names them: git hides them at the boundary."""
    done = git.ask("cat-file", "commit", commit)
    head = done.stdout.split(b"\n\n", 1)[0].decode("ascii", "replace")
    return tuple(line.removeprefix("parent ") for line in head.splitlines() if line.startswith("parent "))


def _filter(git: Git) -> str:
    done = git.ask(
        "config", "--local", "--get-regexp", r"^(remote\..*\.(partialclonefilter|promisor)|extensions\.partialclone)$"
    )
    lines = [line.split(" ", 1) for line in done.stdout.decode("utf-8", "replace").splitlines()]
    values: dict[str, Any] = {line[0]: line[-1] for line in lines}
    filters = [value for key, value in sorted(values.items()) if key.endswith("partialclonefilter")]
    return filters[0] if filters else "promisor" if values else ""


def _files(git: Git, tip: str) -> dict[str, str]:
    try:
        listed = git.run("ls-tree", "-z", tip, "--", *FILES)
    except Skip:
        # a partial clone may lack even this tree
        return {}
    found: dict[str, str] = {}
    for line in listed.split("\0"):
        meta, _, path = line.partition("\t")
        if path and meta.split(" ")[1] == "blob":
            found[path] = meta.split(" ")[2]
    return found
