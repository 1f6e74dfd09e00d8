"""Commits and files as they are in the repository, whatever is odd about them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.connectors.git.repos import NOON, Repo, load


def test_commits_carry_parents_lines_and_trailers(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "payments")
    first = repo.commit("Start", {"src/a.py": "one\ntwo\nthree\n", "logo.png": b"\0\1\2"})
    text = "Round up\n\nFor it.\n\nCo-authored-by: Lee Roe <lee@acme.example>\nReviewed-by: Max <max@acme.example>"
    second = repo.commit(text, {"src/a.py": "one\nTWO\nthree\nfour\n"})
    found = load(tmp_path / "home", repo.path).rows("commits")
    row = found[f"git:payments@{second}"]
    assert row["parents"] == (first,)
    assert (row["additions"], row["deletions"], row["files"]) == (2, 1, 1)
    assert row["co_authors"] == ("Lee Roe <lee@acme.example>",)
    assert row["trailers"] == ("Reviewed-by: Max <max@acme.example>",)
    assert row["message"] == text
    assert row["author"] == "email:kim@acme.example"
    assert row["committed_at"] - row["authored_at"] == datetime.fromtimestamp(5, UTC) - datetime.fromtimestamp(0, UTC)
    start = found[f"git:payments@{first}"]
    assert (start["parents"], start["additions"], start["files"]) == ((), 3, 2)


def test_files_with_renames_and_names_that_break_lines(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "odd")
    lines = "".join(f"line {number}\n" for number in range(20))
    names = {
        "plain.txt": lines,
        'tab\tand "quote".txt': "x\n",
        "new\nline.txt": "x\n",
        "ünï\u202e.txt": "x\n",
        "\x02start": "x\n",
    }
    first = repo.commit("Names", names)
    repo.git("mv", "plain.txt", "moved\tthere.txt")
    second = repo.commit("Move", {"moved\tthere.txt": lines + "more\n"})
    loader = load(tmp_path / "home", repo.path)
    found = loader.rows("commit_files")
    assert {row["path"] for row in found.values() if row["commit"].endswith(first)} == set(names)
    moved = found[f"git:odd@{second}:moved\tthere.txt"]
    assert (moved["previous_path"], moved["additions"], moved["deletions"]) == ("plain.txt", 1, 0)
    assert len(loader.rows("commits")) == 2


def test_names_that_are_no_utf8_are_kept_readable(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "latin")
    stream = (
        b"commit refs/heads/main\nauthor J\xfcrgen <j@acme.example> 1790000000 +0000\n"
        b"committer J\xfcrgen <j@acme.example> 1790000000 +0000\nencoding ISO-8859-1\ndata 4\ngr\xfc\xdf"
        b"\nM 100644 inline caf\xe9.txt\ndata 2\nx\n\n"
    )
    repo.git("fast-import", "--quiet", data=stream)
    loader = load(tmp_path / "home", repo.path)
    (row,) = loader.rows("commits").values()
    assert (row["author_name"], row["message"]) == ("Jürgen", "grüß")
    (file,) = loader.rows("commit_files").values()
    assert file["path"] == "caf\ufffd.txt"


def test_dates_and_authors_beyond_reason(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "dates")
    dates = ["0 +0000", "1 -1200", "4102444799 +1400", "99999999999999 +0000", "253402300799 +0000"]
    stream = b""
    for number, date in enumerate(dates, start=1):
        person = "Nobody <>" if number == 1 else f"P{number} <P{number}@Acme.Example>"
        start = f"commit refs/heads/main\nmark :{number}\nauthor {person} {date}\ncommitter {person} {date}\n"
        stream += start.encode() + b"data 1\n" + str(number).encode() + b"\n"
    repo.git("fast-import", "--quiet", "--date-format=raw-permissive", data=stream)
    loader = load(tmp_path / "home", repo.path)
    by_text = {row["message"]: row for row in loader.rows("commits").values()}
    assert by_text["1"]["authored_at"] is None
    assert by_text["1"]["author"] is None
    assert by_text["2"]["authored_at"] == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert by_text["3"]["authored_at"] == datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert by_text["4"]["authored_at"] is None
    assert by_text["5"]["authored_at"].year == 9999
    assert by_text["5"]["author_email"] == "p5@acme.example"
    assert "email:p2@acme.example" in loader.rows("accounts")


def test_mailmap_of_the_default_branch_is_honoured(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "mapped")
    repo.people = ("kdoe", "kim@home.example")
    sha = repo.commit("Early", {"a": "1"})
    repo.people = ("Kim Doe", "kim@acme.example")
    repo.commit("Map", {".mailmap": "Kim Doe <kim@acme.example> <kim@home.example>\n"})
    loader = load(tmp_path / "home", repo.path)
    row = loader.rows("commits")[f"git:mapped@{sha}"]
    assert (row["author_name"], row["author"]) == ("Kim Doe", "email:kim@acme.example")
    assert loader.rows("documents")["git:mapped/file/.mailmap"]["body"].startswith("Kim Doe <kim@acme")


def test_one_commit_with_very_many_files(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "wide")
    blob = repo.git("hash-object", "-w", "--stdin", data=b"line\n")
    listing = "".join(f"100644 blob {blob}\tdir{number % 50}/file{number}\n" for number in range(30_000))
    index = "".join(line.replace(" blob ", " ") for line in listing.splitlines(keepends=True))
    repo.git("update-index", "--index-info", data=index.encode())
    tree = repo.git("write-tree")
    commit = repo.git("commit-tree", tree, "-m", "All at once")
    repo.git("update-ref", "refs/heads/main", commit)
    loader = load(tmp_path / "home", repo.path)
    (row,) = loader.rows("commits").values()
    assert (row["files"], row["additions"]) == (30_000, 30_000)
    assert len(loader.rows("commit_files")) == 30_000


def test_only_what_is_new_is_read_again(tmp_path: Path) -> None:
    repo = Repo.new(tmp_path / "steps")
    repo.commit("One", {"a": "1"})
    loader = load(tmp_path / "home", repo.path)
    assert loader.sync() == []
    second = repo.commit("Two", {"a": "2"})
    (page,) = loader.sync()
    assert b'"known":["' in page.body
    assert {row["message"] for row in loader.rows("commits").values()} == {"One", "Two"}
    assert loader.rows("repositories")["git:steps"]["default_branch"] == "main"
    assert second in page.body.decode()
    assert repo.now > NOON
