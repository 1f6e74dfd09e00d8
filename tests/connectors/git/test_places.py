"""Where repositories lie and in what state: bare, linked, shallow, partial, forced, empty, damaged, hostile."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.connectors.git.repos import Loader, Repo, load

from fairlead.connectors.git.command import locate
from fairlead.connectors.git.connector import CONNECTOR
from fairlead.model.errors import Refused, Skip
from fairlead.store.database import Database

_PROGRAMS = (
    "core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.sshCommand", "diff.x.textconv",
    "diff.x.command", "filter.x.clean", "filter.x.smudge", "core.alternateRefsCommand", "core.askPass",
)  # fmt: skip


def _clone(source: Path, target: Path, *arguments: str) -> Repo:
    line = ["git", "-c", "protocol.file.allow=always", "clone", "-q", *arguments, f"file://{source}", str(target)]
    subprocess.run(line, check=True, capture_output=True)
    return Repo(target)


def _filled(path: Path, commits: int = 5) -> Repo:
    repo = Repo.new(path)
    for number in range(commits):
        repo.commit(f"Step {number}", {"a.txt": "line\n" * (number + 1), f"f{number}": "x\n"})
    return repo


@pytest.mark.parametrize("form", ["bare", "worktree", "inside", "submodule"])
def test_every_form_of_a_repository_is_found(tmp_path: Path, form: str) -> None:
    repo = _filled(tmp_path / "origin", 3)
    path = repo.path
    if form == "bare":
        path = _clone(repo.path, tmp_path / "origin.git", "--bare").path
    elif form == "worktree":
        repo.git("worktree", "add", "-q", str(tmp_path / "side"), "-b", "side")
        path = tmp_path / "side"
    elif form == "inside":
        path = repo.path / ".git"
    else:
        outer = _filled(tmp_path / "outer", 1)
        outer.git("submodule", "add", "-q", f"file://{repo.path}", "origin")
        path = outer.path / "origin"
    loader = load(tmp_path / "home", path)
    assert loader.left_out == []
    assert len(loader.rows("commits")) == 3
    assert set(loader.rows("repositories")) == {"git:origin"}


def test_an_empty_repository_is_a_row_and_later_fills(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "fresh")
    loader = load(tmp_path / "home", repo.path)
    assert set(loader.rows("repositories")) == {"git:fresh"}
    assert loader.sync() == []
    repo.commit("First", {"a": "1"})
    loader.sync()
    assert len(loader.rows("commits")) == 1


def test_paths_that_are_none_are_told_and_the_others_read(tmp_path: Path) -> None:
    good = _filled(tmp_path / "good", 1)
    (tmp_path / "plain").mkdir()
    loader = load(tmp_path / "home", tmp_path / "gone", tmp_path / "plain", good.path)
    assert [words.split(": ")[-1] for words in loader.left_out] == [
        "there is nothing here",
        "this is no git repository",
    ]
    assert len(loader.rows("commits")) == 1


def test_a_shallow_clone_says_where_it_ends_and_can_be_completed(tmp_path: Path) -> None:
    origin = _filled(tmp_path / "deep", 6)
    expected = load(tmp_path / "whole", origin.path).rows("commits")
    clone = _clone(origin.path, tmp_path / "clone" / "deep", "--depth=2")
    loader = load(tmp_path / "home", clone.path)
    assert "shallow" in " ".join(loader.left_out)
    end = clone.git("rev-parse", "HEAD~1")
    row = loader.rows("commits")[f"git:deep@{end}"]
    assert row["parents"] == expected[f"git:deep@{end}"]["parents"] != ()
    assert row["additions"] is None
    assert not [file for file in loader.rows("commit_files").values() if file["commit"].endswith(end)]
    clone.git("fetch", "-q", "--unshallow")
    loader.sync()
    assert loader.rows("commits") == expected


def test_a_partial_clone_is_read_without_the_network(tmp_path: Path) -> None:
    origin = _filled(tmp_path / "origin", 4)
    origin.git("config", "uploadpack.allowFilter", "true")
    clone = _clone(origin.path, tmp_path / "clone" / "origin", "--filter=blob:none", "--no-checkout")
    before = sorted((clone.path / ".git" / "objects" / "pack").iterdir())
    loader = load(tmp_path / "home", clone.path)
    assert "partial (blob:none)" in " ".join(loader.left_out)
    assert len(loader.rows("commits")) == 4
    assert loader.rows("commit_files") == {}
    assert sorted((clone.path / ".git" / "objects" / "pack").iterdir()) == before


def test_a_forced_push_is_marked_and_what_it_left_behind_stays(tmp_path: Path) -> None:
    repo = _filled(tmp_path / "forced", 3)
    lost = repo.git("rev-parse", "HEAD")
    loader = load(tmp_path / "home", repo.path)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.commit("Another way", {"b": "1"})
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    (page,) = loader.sync()
    assert b'"forced":true' in page.body
    assert loader.left_out == []
    assert [words.partition(";")[0] for words in loader.noted] == ["git:forced: `main` was rewritten"]
    found = loader.rows("commits")
    assert f"git:forced@{lost}" in found
    assert len(found) == 4
    # a replay of the first range finds what is still there, and does not fail on the rest
    again = Loader(Database.open(f"sqlite:///{tmp_path / 'again.db'}"), {})
    for one in loader.pages:
        again.apply(one)
    assert set(found) - set(again.rows("commits")) <= {f"git:forced@{lost}", *found}
    assert any(row["message"] == "Another way" for row in again.rows("commits").values())


def test_a_damaged_repository_is_told_with_what_to_do(tmp_path: Path) -> None:
    repo = _filled(tmp_path / "broken", 3)
    blob = repo.git("rev-parse", "HEAD~1:a.txt")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(Skip) as told:
        load(tmp_path / "home", repo.path)
    assert "git fsck" in told.value.hint


def test_nothing_that_the_repository_names_is_run(tmp_path: Path) -> None:
    repo = _filled(tmp_path / "hostile", 1)
    mark = tmp_path / "ran"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    for key in _PROGRAMS:
        repo.git("config", key, str(script))
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "core.hooksPath", str(tmp_path))
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc"):
        (tmp_path / hook).symlink_to(script)
    repo.git("config", "core.attributesFile", str(tmp_path / "attributes"))
    (tmp_path / "attributes").write_text("* diff=x filter=x\n")
    (repo.path / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n")
    signed = b"tree " + repo.git("rev-parse", "HEAD^{tree}").encode()
    signed += b"\nauthor K <k@acme.example> 1790000000 +0000\ncommitter K <k@acme.example> 1790000000 +0000\n"
    signed += b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nSigned\n"
    mark.unlink(missing_ok=True)
    commit = subprocess.run(
        ["git", f"--git-dir={repo.path}/.git", "hash-object", "-t", "commit", "-w", "--stdin"],
        input=signed, capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    (repo.path / ".git" / "refs" / "heads" / "signed").write_text(commit + "\n")
    mark.unlink(missing_ok=True)
    loader = load(tmp_path / "home", repo.path)
    assert any(row["message"] == "Signed" for row in loader.rows("commits").values())
    assert not mark.exists()


def test_two_repositories_of_one_name_are_not_mixed(tmp_path: Path) -> None:
    one, two = _filled(tmp_path / "x" / "api", 1), _filled(tmp_path / "y" / "api", 2)
    loader = load(tmp_path / "home", one.path, two.path)
    assert "git:api is already" in loader.left_out[0]
    assert len(loader.rows("commits")) == 1


def test_ranges_never_come_from_outside(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        CONNECTOR.verify({}, b"{}", ["secret"], None)  # type: ignore[arg-type]
    with pytest.raises(Skip):
        locate(tmp_path)
