"""Backups as strangers would write them, and homes with everything that a home can hold."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests import nats_servers
from tests.nats_servers import Node

from fairlead.config.load import Loaded, load
from fairlead.config.settings import Bus
from fairlead.model.errors import Abort, Fault
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock
from fairlead.store import state
from fairlead.store.database import Database
from fairlead.wiring.backup import backup, restore
from fairlead.wiring.services import Services

CLOCK = FixedClock(datetime(2026, 10, 14, 9, tzinfo=UTC))
SETTINGS = """\
[organisation]
name = "Acme"
[sources.github]
private_key = {{ file = "{home}/keys/github-app-7.pem" }}
webhook_secrets = [{{ file = "webhook-secret" }}]
[sources.away]
tool = "ics"
paths = ["{home}/absences.ics", "{home}/calendars"]
[sources.history]
tool = "git"
paths = ["/srv/git/payments.git"]
"""
PLAIN = {
    "keys/github-app-7.pem": "key",
    "keys/github-app-7.webhook-secret": "hush",
    "webhook-secret": "s3cret\n",
    "absences.ics": "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    "calendars/summer.ics": "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    "fairlead.d/metrics/waiting.yaml": "name: waiting\n",
    "reports/all/2026-10-13-brief.md": "# Brief\n",
}
MADE_ANEW = ("warehouse.duckdb", "made-by", "cache/charts/a.svg", "fairlead.address", "reports/all/.b.md.new")


def full_home(home: Path, url: str = "", bus: str = "") -> Loaded:
    """A home with a file of every kind, a raw event and a word in the store."""
    for name, text in {**PLAIN, **dict.fromkeys(MADE_ANEW, "made")}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "fairlead.toml").write_text(SETTINGS.format(home=home))
    # other tests have their streams on the same server
    environ = {"FAIRLEAD_STORE__URL": url, "FAIRLEAD_BUS__URL": bus, "FAIRLEAD_BUS__STREAM": bus and "backed-up"}
    loaded = load(home / "fairlead.toml", {name: value for name, value in environ.items() if value})
    with Services(loaded, home, CLOCK) as services:
        services.log.append([RawEvent("github", "github", "ping", "d1", b"{}", CLOCK.now(), {}, "verified")])
        with services.database.begin() as tx:
            state.put(tx, "word", {"said": "grüezi"})
    return loaded


def held(loaded: Loaded, home: Path) -> tuple[int, object]:
    """What log and store of a home hold."""
    with Services(loaded, home, CLOCK) as services, services.database.read() as tx:
        return services.log.latest(), state.get(tx, "word")


def test_everything_that_a_home_holds_comes_back_elsewhere(tmp_path: Path) -> None:
    home, other, archive = tmp_path / "home", tmp_path / "other", tmp_path / "copy.tar.gz"
    loaded = full_home(home)
    manifest = backup(home, loaded, archive, CLOCK)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.tar.gz", "home"], "no scrap is left"
    assert set(manifest.files) == {*PLAIN, "fairlead.toml", "facts.db", "raw.db"}
    restore(archive, other, "")
    again = load(other / "fairlead.toml", {})
    assert held(again, other) == (1, {"said": "grüezi"})
    assert {name: (other / name).read_text() for name in PLAIN} == PLAIN
    assert again.settings.sources["away"].paths == (f"{other}/absences.ics", f"{other}/calendars")
    assert again.settings.sources["history"].paths == ("/srv/git/payments.git",)
    assert {stat.S_IMODE((other / name).stat().st_mode) for name in PLAIN} == {0o600}
    with Services(again, other, CLOCK, environ={}) as services:
        assert services.credentials("github") == {"private_key": "key"}
        assert services.webhook_secrets("github") == ["s3cret"]


def test_settings_that_stand_beside_the_home_come_along(tmp_path: Path) -> None:
    home, other, team = tmp_path / "home", tmp_path / "other", tmp_path / "team"
    full_home(home)
    (team / "fairlead.d" / "metrics").mkdir(parents=True)
    (team / "fairlead.d" / "metrics" / "own.yaml").write_text("name: own\n")
    (team / "secret").write_text("beside")
    (team / "notes.txt").write_text("nobody names this")
    (team / "fairlead.toml").write_text('[sources.github]\nwebhook_secrets = [{ file = "secret" }]\n')
    backup(home, load(team / "fairlead.toml", {}), tmp_path / "copy", CLOCK)
    restore(tmp_path / "copy", other, "")
    with Services(load(other / "fairlead.toml", {}), other, CLOCK, environ={}) as services:
        assert services.webhook_secrets("github") == ["beside"]
    assert (other / "fairlead.d" / "metrics" / "own.yaml").is_file()
    assert not (other / "notes.txt").exists()


def test_ways_into_nats_come_along(tmp_path: Path) -> None:
    home = tmp_path / "home"
    loaded = full_home(home)
    with (home / "fairlead.toml").open("a") as file:
        file.write('[bus]\ncredentials = "team.creds"\nauthority = "/etc/ssl/elsewhere.pem"\n')
    (home / "team.creds").write_text("seed")
    assert "team.creds" in backup(home, loaded, tmp_path / "copy", CLOCK).files
    restore(tmp_path / "copy", tmp_path / "other", "")
    assert (tmp_path / "other" / "team.creds").read_text() == "seed"


def test_own_settings_of_the_home_hold_unless_forced(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    backup(home, full_home(home), tmp_path / "copy", CLOCK)
    other.mkdir()
    (other / "fairlead.toml").write_text("# mine\n")
    (other / "facts.db-wal").write_text("of another database")
    done = restore(tmp_path / "copy", other, "")
    assert done.kept_settings
    assert not done.named_otherwise
    assert (other / "fairlead.toml").read_text() == "# mine\n"
    assert held(load(other / "fairlead.toml", {}), other)[0] == 1
    with pytest.raises(Abort, match="already holds"):
        restore(tmp_path / "copy", other, "")
    assert not restore(tmp_path / "copy", other, "", force=True).kept_settings
    assert "Acme" in (other / "fairlead.toml").read_text()


@pytest.fixture
def postgres_tools(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` of the server's own version: an older one refuses a newer server."""
    assert postgres_server
    if "FAIRLEAD_TEST_POSTGRES" not in os.environ:
        import pgserver

        monkeypatch.setenv("PATH", str(Path(pgserver.__file__).parent / "pginstall" / "bin"), prepend=":")


@pytest.mark.usefixtures("postgres_tools")
def test_a_postgresql_home_comes_back_in_another_database(postgres_url: str, tmp_path: Path) -> None:
    home, other, archive = tmp_path / "home", tmp_path / "other", tmp_path / "copy"
    loaded = full_home(home, postgres_url)
    manifest = backup(home, loaded, archive, CLOCK)
    assert set(manifest.files) == {*PLAIN, "fairlead.toml", "postgresql.dump"}
    with pytest.raises(Abort, match="PostgreSQL") as told:
        restore(archive, other, "")
    assert "FAIRLEAD_STORE__URL" in told.value.hint
    with pytest.raises(Abort, match="holds tables already"):
        restore(archive, other, postgres_url)
    with Services(loaded, home, CLOCK) as services, services.database.begin() as tx:
        state.put(tx, "word", {"said": "something else"})
    # the file names no server: the one filled is known to the environment alone
    assert restore(archive, other, postgres_url, force=True).named_otherwise == ("store",)
    assert held(loaded, other) == (1, {"said": "grüezi"})
    assert (other / "keys" / "github-app-7.pem").read_text() == "key"


def test_a_home_with_its_raw_log_on_nats_comes_back_on_another_server(nats_node: Node, tmp_path: Path) -> None:
    home, other, archive = tmp_path / "home", tmp_path / "other", tmp_path / "copy.tar.gz"
    loaded = full_home(home, bus=nats_node.url)
    assert "nats.stream" in backup(home, loaded, archive, CLOCK).files
    with pytest.raises(Abort, match="raw events are a NATS stream"):
        restore(archive, other, "")
    with pytest.raises(Abort, match="holds a stream `backed-up` already"):
        restore(archive, other, "", loaded.settings.bus)
    with nats_servers.nodes(tmp_path) as [elsewhere]:
        bus = Bus(url=elsewhere.url, stream="backed-up")
        assert restore(archive, other, "", bus).named_otherwise == ("bus",)
        assert not (other / "raw.db").exists()
        environ = {"FAIRLEAD_BUS__URL": elsewhere.url, "FAIRLEAD_BUS__STREAM": "backed-up"}
        moved = load(other / "fairlead.toml", environ)
        assert held(moved, other) == held(loaded, home) == (1, {"said": "grüezi"})


def test_passwords_of_a_database_stand_on_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@ and $PGPASSWORD" > {tmp_path}/seen\necho "no such host" >&2\nexit 1\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")
    loaded = full_home(tmp_path / "home")
    url = "postgresql+psycopg://kim:p%40ss@nowhere.example/fairlead?sslmode=require&password="
    for given in (url[: url.index("&")], "postgresql://kim@nowhere.example/fairlead?password=p%40ss"):
        loaded = load(loaded.path, {"FAIRLEAD_STORE__URL": given})
        with pytest.raises(Abort, match="pg_dump failed: no such host") as told:
            backup(tmp_path / "home", loaded, tmp_path / "copy", CLOCK)
        arguments, _, password = (tmp_path / "seen").read_text().strip().rpartition(" and ")
        assert password == "p@ss"
        assert "p@ss" not in arguments
        assert "p%40ss" not in arguments
        assert "p@ss" not in told.value.message
    assert not (tmp_path / "copy").exists()


Archive = Callable[..., Path]


@contextmanager
def _written(path: Path) -> Iterator[tarfile.TarFile]:
    with tarfile.open(path, "w:gz") as archive:
        yield archive


def _add(archive: tarfile.TarFile, name: str, data: bytes = b"", **about: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for key, value in about.items():
        setattr(member, key, value)
    archive.addfile(member, io.BytesIO(data))


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A true backup."""
    folder = tmp_path_factory.mktemp("true")
    backup(folder / "home", full_home(folder / "home"), folder / "copy", CLOCK)
    return (folder / "copy").read_bytes()


@pytest.fixture(scope="module")
def genuine(true: bytes) -> dict[str, bytes]:
    """Content of a true backup by name."""
    with tarfile.open(fileobj=io.BytesIO(true)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


@pytest.fixture
def forged(tmp_path: Path, genuine: dict[str, bytes]) -> Archive:
    """Writes a true backup with further members, which the manifest lists unless told otherwise."""

    def write(more: dict[str, dict[str, object]], listed: bool = True, settings: str = "") -> Path:
        files = {name: data for name, data in genuine.items() if name != "manifest.json"}
        if settings:
            files["fairlead.toml"] = settings.encode()
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        if listed:
            digests |= {name: hashlib.sha256(about.get("data", b"")).hexdigest() for name, about in more.items()}  # type: ignore[arg-type]
        manifest = json.loads(genuine["manifest.json"]) | {"files": digests}
        with _written(tmp_path / "forged") as archive:
            _add(archive, "manifest.json", json.dumps(manifest).encode())
            for name, data in files.items():
                _add(archive, name, data)
            for name, about in more.items():
                _add(archive, name, **about)  # type: ignore[arg-type]
        return tmp_path / "forged"

    return write


def refused(archive: Path, tmp_path: Path) -> str:
    """What is said about an archive of which nothing is restored."""
    target = tmp_path / "deep" / "er" / "target"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Fault) as told:
        restore(archive, target, "")
    assert not list(target.iterdir()), "the home stays empty"
    left = [path for path in sorted(tmp_path.rglob("*")) if path not in before and path not in target.parents]
    assert left == [target], "and nothing is written beside it"
    assert str(archive) in told.value.message
    return told.value.message


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "keys/../../evil",
        "/tmp/evil-of-fairlead",
        "keys/sub/evil",
        "keys",
        "fairlead.d",
        "evil.txt",
        "cache/charts/x",
        ".bashrc",
        "keys/a\x1b[31m",
        "keys\\..\\evil",
        "facts.db/evil",
        "keys//evil",
        "",
        "warehouse.duckdb",
        "postgresql.dump",
        "manifest.json",
    ],
)
def test_names_that_no_home_has_are_refused(name: str, forged: Archive, tmp_path: Path) -> None:
    said = refused(forged({name: {"data": b"evil"}}), tmp_path)
    assert f"holds '{repr(name)[1:-1]}" in said
    assert not Path("/tmp/evil-of-fairlead").exists()


def test_what_an_archives_own_settings_name_stays_within_the_home(forged: Archive, tmp_path: Path) -> None:
    named = '[sources.github]\nwebhook_secrets = [{ file = "../evil" }, { file = "/etc/evil" }]\n'
    for name in ("../evil", "/etc/evil", "etc/evil", "evil"):
        refused(forged({name: {"data": b"evil"}}, settings=named), tmp_path)
        (tmp_path / "deep" / "er" / "target").rmdir()
    refused(forged({"evil": {"data": b""}}, settings='[sources]\ngithub = ["\\u0000", 3, "a/../.."]\n'), tmp_path)


@pytest.mark.parametrize(
    "about",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc"},
        {"type": tarfile.LNKTYPE, "linkname": "fairlead.toml"},
        {"type": tarfile.LNKTYPE, "linkname": "../../etc/passwd"},
        {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5},
        {"type": tarfile.BLKTYPE, "devmajor": 8},
        {"type": tarfile.FIFOTYPE},
        {"type": tarfile.DIRTYPE},
        {"type": tarfile.CONTTYPE},
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_only_regular_files_come_out(about: dict[str, object], listed: bool, forged: Archive, tmp_path: Path) -> None:
    said = refused(forged({"keys/evil": about}, listed), tmp_path)
    assert "'keys/evil', which" in said


def test_a_second_file_of_a_name_is_refused(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    with _written(tmp_path / "twice") as archive:
        for name, data in genuine.items():
            _add(archive, name, data)
        _add(archive, "keys/github-app-7.pem", b"another")
    assert "does not list" in refused(tmp_path / "twice", tmp_path)


def test_what_says_to_be_huge_is_refused_before_it_is_written(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    huge = tarfile.TarInfo("facts.db")
    huge.size = 1 << 60
    with gzip.open(tmp_path / "huge", "wb") as file:
        manifest = tarfile.TarInfo("manifest.json")
        manifest.size = len(genuine["manifest.json"])
        file.write(manifest.tobuf(tarfile.GNU_FORMAT) + genuine["manifest.json"])
        file.write(b"\0" * (-manifest.size % 512) + huge.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096)
    assert "GB are free" in refused(tmp_path / "huge", tmp_path)


def test_a_header_of_gigabytes_is_not_taken_into_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("manifest.json")
    header.type, header.size = tarfile.XHDTYPE, 8 << 30
    with gzip.open(tmp_path / "header", "wb") as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096)
    assert "no backup" in refused(tmp_path / "header", tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_truncated_archive_restores_nothing(share: float, tmp_path: Path, true: bytes) -> None:
    (tmp_path / "cut").write_bytes(true[: int(len(true) * share)])
    assert "damaged" in refused(tmp_path / "cut", tmp_path)


@pytest.mark.parametrize("missing", ["facts.db", "raw.db", "keys/github-app-7.pem", "manifest.json"])
def test_an_archive_that_lacks_something_restores_nothing(
    missing: str, tmp_path: Path, genuine: dict[str, bytes]
) -> None:
    with _written(tmp_path / "less") as archive:
        for name, data in genuine.items():
            if name != missing:
                _add(archive, name, data)
    assert missing in refused(tmp_path / "less", tmp_path)


def test_changed_content_is_found(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    with _written(tmp_path / "changed") as archive:
        for name, data in genuine.items():
            _add(archive, name, data.replace(b"hush", b"hash"))
    assert "keys/github-app-7.webhook-secret is not what was backed up" in refused(tmp_path / "changed", tmp_path)


def test_no_backup_at_all_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff" * 100)
    assert "no backup of Fairlead" in refused(tmp_path / "photo.jpg", tmp_path)


def test_a_backup_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    empty = load(None, {})
    with pytest.raises(Abort, match="nothing to back up"):
        backup(tmp_path / "home", empty, tmp_path / "copy", CLOCK)
    with pytest.raises(Abort, match="no such folder"):
        backup(tmp_path / "home", empty, tmp_path / "none" / "copy", CLOCK)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Abort, match="exists"):
        backup(tmp_path / "home", empty, tmp_path / "dangling", CLOCK)
    assert [path.name for path in tmp_path.iterdir()] == ["dangling"]


def test_a_store_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "facts.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Abort, match="cannot copy"):
        backup(home, load(None, {}), tmp_path / "copy", CLOCK)
    assert not (tmp_path / "copy").exists()
    with pytest.raises(Fault):
        Database.open(f"sqlite:///{home / 'facts.db'}")
