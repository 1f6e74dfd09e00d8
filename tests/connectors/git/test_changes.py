"""Changes inferred from merges and squashes, tags, owners; and step by step equals at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.connectors.git.repos import Loader, Repo, load
from tests.examples import examples

from fairlead.connectors.git.guess import merged_change, squashed_change
from fairlead.connectors.git.log import LoggedCommit
from fairlead.connectors.git.read import is_prerelease
from fairlead.store.database import Database


def _commit(message: str) -> LoggedCommit:
    return LoggedCommit("0" * 40, (), "", "", None, "", "", None, message)


@pytest.mark.parametrize(
    ("message", "number", "title", "head", "base"),
    [
        ("Merge pull request #42 from acme/retry-quota\n\nRetry on quota", 42, "Retry on quota", "retry-quota", ""),
        ("Merge pull request #7 from kim/fix/deep", 7, "fix/deep", "fix/deep", ""),
        ("Merge branch 'quota' into 'main'\n\nAdd\n\nSee merge request acme/api!31", 31, "Add", "quota", "main"),
        ("Merge branch 'quota' into 'stable/2'\n\nAdd\n\nSee merge request !9", 9, "Add", "quota", "stable/2"),
        ("Merged in hot/fix (pull request #12)\n\nRound up", 12, "Round up", "hot/fix", ""),
        ("Merge pull request #3 in PAY/api from feature/x to develop\n\nWait", 3, "Wait", "feature/x", "develop"),
        ("Merged PR 815: Longer leases", 815, "Longer leases", "", ""),
        ("Merge branch 'refunds' of https://github.com/kim/api", None, "Merge branch 'refunds'", "refunds", ""),
        ("Merge branch 'refunds'", None, "Merge branch 'refunds'", "refunds", ""),
        ("Merge remote-tracking branch 'origin/refunds' into next", None,
         "Merge remote-tracking branch 'origin/refunds' into next", "refunds", "next"),
    ],
)  # fmt: skip
def test_forms_of_merges(message: str, number: int | None, title: str, head: str, base: str) -> None:
    guess = merged_change(_commit(message), on_chain=True)
    assert guess is not None
    assert (guess.number, guess.title, guess.head_branch, guess.base_branch) == (number, title, head, base)


@pytest.mark.parametrize(
    "message",
    ["Merge branch 'main' into refunds", "Merge branch 'develop'", "Merge branch 'master' of github.com:acme/api",
     "Merge tag 'v6.1' of git://git.kernel.example/x", "Merge commit 'abc123'", "Bring things together", ""],
)  # fmt: skip
def test_merges_that_are_no_change(message: str) -> None:
    assert merged_change(_commit(message), on_chain=True) is None


@pytest.mark.parametrize(
    ("message", "number", "title"),
    [
        ("Retry on quota (#42)", 42, "Retry on quota"),
        ("Backport: retry (#42) (#57)\n\nbody (#1)", 57, "Backport: retry (#42)"),
        ('Revert "Retry on quota (#42)" (#44)', 44, 'Revert "Retry on quota (#42)"'),
        ("Merged PR 9: Leases", 9, "Leases"),
        ("Add limits\n\nSee merge request acme/api!31", 31, "Add limits"),
    ],
)
def test_forms_of_squashes(message: str, number: int, title: str) -> None:
    guess = squashed_change(_commit(message))
    assert guess is not None
    assert (guess.number, guess.title) == (number, title)


@pytest.mark.parametrize(
    "message",
    ["Fix #42", "Retry (see #42)", 'Revert "Retry (#42)"', "(#42)", "Retry\n\nText (#42)", "Add x (#0) later"],
)
def test_subjects_that_name_no_change(message: str) -> None:
    assert squashed_change(_commit(message)) is None


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("v1.2.0", False), ("v2.0.0-rc.1", True), ("1.4b2", True), ("v1.0.0-beta", True), ("1.0.0.dev3", True),
     ("2026.11.21", False), ("v1.2.3+build5", False), ("release-2026-11", False), ("v3.0.0-alpha.1+x", True)],
)  # fmt: skip
def test_prereleases(tag: str, expected: bool) -> None:
    assert is_prerelease(tag) is expected


def test_a_merge_brings_exactly_its_branch(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "api")
    repo.commit("Base", {"a": "1"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.people = ("Lee Roe", "lee@acme.example")
    one = repo.commit("One", {"b": "1"})
    repo.git("checkout", "-q", "main")
    repo.people = ("Kim Doe", "kim@acme.example")
    main = repo.commit("Elsewhere (#1)", {"c": "1"})
    repo.git("checkout", "-q", "feature")
    repo.merge("main", "Merge branch 'main' into feature")
    two = repo.commit("Two (#999)", {"b": "2"})
    repo.git("checkout", "-q", "main")
    merge = repo.merge("feature", "Merge pull request #2 from acme/feature\n\nAdd b")
    loader = load(tmp_path / "home", repo.path)
    changes = loader.rows("changes")
    assert set(changes) == {"git:api#1", "git:api#2"}
    change = changes["git:api#2"]
    assert (change["title"], change["state"], change["merge_sha"]) == ("Add b", "merged", merge)
    assert (change["head_branch"], change["base_branch"], change["base_sha"]) == ("feature", "main", main)
    assert (change["author"], change["merged_by"]) == ("email:lee@acme.example", "email:kim@acme.example")
    assert change["created_at"] is None
    brought = [row for row in loader.rows("change_commits").values() if row["change"] == "git:api#2"]
    assert [row["sha"] for row in sorted(brought, key=lambda row: row["position"])][::2] == [one, two]
    assert main not in {row["sha"] for row in brought}
    # the squash tells when it was merged, and nothing about when its work began
    assert changes["git:api#1"]["merge_sha"] == main
    assert not [row for row in loader.rows("change_commits").values() if row["change"] == "git:api#1"]


def test_the_first_commit_that_names_a_change_is_it(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "ports")
    original = repo.commit("Fix (#5)", {"a": "1"})
    repo.git("checkout", "-q", "-b", "release/1.0", "HEAD~0")
    repo.commit("Other", {"z": "1"})
    repo.commit("Fix (#5)", {"b": "1"})
    loader = load(tmp_path / "home", repo.path)
    assert loader.rows("changes")["git:ports#5"]["merge_sha"] == original


def test_a_host_that_tells_of_changes_is_not_contradicted(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "api")
    sha = repo.commit("Fix (#5)", {"a": "1"})
    loader = load(tmp_path / "home", repo.path, known_as="github:acme/api")
    assert loader.rows("changes") == {}
    assert set(loader.rows("commits")) == {f"github:acme/api@{sha}"}
    assert loader.rows("repositories")["github:acme/api"]["name"] is None


def test_tags_are_releases_that_move_and_go(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "tagged")
    first = repo.commit("One", {"a": "1"})
    repo.git("tag", "v0.9")
    repo.git("tag", "-a", "v1.0.0", "-m", "Version one\n\nNotes here")
    repo.git("tag", "-a", "nested", "-m", "Of a tag", "v1.0.0")
    repo.git("tag", "just-a-file", repo.git("rev-parse", "HEAD:a"))
    loader = load(tmp_path / "home", repo.path)
    found = loader.rows("releases")
    assert set(found) == {"git:tagged/tag/v0.9", "git:tagged/tag/v1.0.0", "git:tagged/tag/nested"}
    row = found["git:tagged/tag/v1.0.0"]
    assert (row["name"], row["body"], row["sha"], row["kind"]) == ("Version one", "Notes here", first, "tag")
    assert row["author"] == "email:kim@acme.example"
    assert "leads to a blob" in " ".join(loader.left_out)
    second = repo.commit("Two", {"a": "2"})
    repo.git("tag", "-f", "v0.9")
    repo.git("tag", "-d", "nested")
    (page,) = loader.sync()
    assert loader.rows("releases")["git:tagged/tag/v0.9"]["sha"] == second
    assert b'"tags_left":["v0.9","v1.0.0"]' in page.body


def test_owners_of_yesterday_stay_known(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "owned")
    repo.commit("Own", {"CODEOWNERS": "* @acme/all\n/docs/ @kim # writer\n", ".github/CODEOWNERS": "* @acme/core\n"})
    loader = load(tmp_path / "home", repo.path)
    repo.commit("Hand over", {".github/CODEOWNERS": "# new\n* @acme/platform\n"})
    loader.sync()
    rows = sorted(
        (row for row in loader.rows("code_owners").values() if row["path"] == ".github/CODEOWNERS"),
        key=lambda row: row["position"],
    )
    assert [(row["owners"], row["valid_to"] is None) for row in rows] == [
        (("@acme/core",), False), (("@acme/platform",), True),
    ]  # fmt: skip
    assert rows[1]["valid_from"] == rows[0]["valid_to"]


_STEPS = st.lists(
    st.tuples(st.sampled_from(["commit", "branch", "merge", "squash", "sync"]), st.integers(0, 3)), max_size=22
)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_STEPS)
def test_step_by_step_equals_at_once(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        repo = Repo.new(folder / "story")
        repo.commit("Start", {"start": "1"})
        bit_by_bit = load(folder / "bits", repo.path)
        branches: list[str] = []
        for number, (step, pick) in enumerate(steps):
            if step == "sync":
                bit_by_bit.sync()
            elif step == "branch":
                branches.append(f"work{number}")
                repo.git("checkout", "-q", "-b", branches[-1], "main")
                repo.commit(f"Begin {number} (#{number + 500})", {f"w{number}": "1"})
            elif step == "commit" and branches:
                repo.git("checkout", "-q", branches[pick % len(branches)])
                repo.commit(f"More {number}", {f"m{number}": "1"})
            elif step == "merge" and branches:
                repo.git("checkout", "-q", "main")
                repo.merge(
                    branches[pick % len(branches)], f"Merge pull request #{number} from acme/b\n\nTitle {number}"
                )
            else:
                repo.git("checkout", "-q", "main")
                repo.commit(f"Squash {number} (#{number})", {f"s{number}": "1"})
        bit_by_bit.sync()
        at_once = load(folder / "once", repo.path)
        replayed = Loader(Database.open(f"sqlite:///{folder / 'replayed.db'}"), {})
        for page in reversed(bit_by_bit.pages):
            replayed.apply(page)
        for table in ("commits", "commit_files", "changes", "change_commits", "releases", "accounts"):
            assert bit_by_bit.rows(table) == at_once.rows(table) == replayed.rows(table)


@pytest.mark.parametrize(
    ("message", "mark"),
    [
        ("Merge branch 'quota' into 'main'\n\nAdd\n\nSee merge request acme/api!31", "!"),
        ("Add limits\n\nSee merge request acme/api!31", "!"),
        ("Add limits (!31)", "!"),
        ("Add limits (#31)", "#"),
        ("Merge pull request #31 from acme/quota\n\nAdd", "#"),
    ],
)
def test_what_gitlab_counts_apart_is_marked_as_gitlab_does(message: str, mark: str) -> None:
    guess = merged_change(_commit(message), on_chain=True) or squashed_change(_commit(message))
    assert guess is not None
    assert (guess.number, guess.mark) == (31, mark)
