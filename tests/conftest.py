"""What every test may ask for: a database of either kind. And what none may do: reach the network."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import ipaddress
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import event
from tests import nats_servers
from tests.nats_servers import Node

from fairlead.store import migrate
from fairlead.store.database import Database, Transaction

# The suite says the same of the same program each time it runs; `make hunt` looks where it has not looked yet. Before
# any test is read, since each takes its settings from what holds then.
# How long an example takes says how busy the machine is, and nothing of the program.
_patient: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, **_patient)
settings.register_profile("hunt", print_blob=True, **_patient)
settings.load_profile("hunt" if os.environ.get("FAIRLEAD_HUNT") else "repeatable")


def pytest_configure() -> None:
    """Any connection that leaves the machine is an error, whoever makes it; schemas are made quickly."""
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _within_the_machine(getattr(socket.socket, name)))
    vars(migrate)["_run"] = _migrated_once(migrate._run)


_LONG = (
    "flows/test_privacy.py",
    "flows/test_first_hour.py",
    "metrics/test_lead_times.py",
    "ui/test_pages.py",
    "ui/test_drilldowns.py",
    "metrics/test_figures.py",
    "reports/test_weekly.py",
    "reports/test_sprint_health.py",
    "wiring/test_demo_story.py",
    "ui/test_addresses.py",
    "wiring/test_plan.py",
    "flows/test_both_stores.py",
    "metrics/test_warehouse_file.py",
    "reports/test_as_of.py",
    "prometheus/test_prometheus.py",
    "reports/test_standup.py",
    "flows/test_demo.py",
    "flows/test_backup.py",
    "gateway/test_incidents.py",
    "reports/test_brief.py",
)
"""Files that take longest, dearest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin, else one worker ends with one of them while the other has nothing left to do."""
    places = {name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get("/".join(item.path.parts[-2:]), len(places)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where `FAIRLEAD_CI` is set everything that tests need is there: a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("FAIRLEAD_CI") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} skipped, and in CI none may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_loop_of_a_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser that an earlier file opened keeps an event loop running in this thread: other tests begin without it,
    whichever file came before theirs."""
    browsers = asyncio._get_running_loop()
    if browsers is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(browsers)


def _migrated_once(run: Callable[[Transaction, str], None]) -> Callable[[Transaction, str], None]:
    """Alembic takes a quarter of a second for each new SQLite file, with which most tests begin: what it says to the
    first of a process is said again to the others."""
    said: list[tuple[str, Any]] = []

    def hear(_tx: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    def migrated(tx: Transaction, to: str) -> None:
        if tx.dialect.name != "sqlite" or to != "head" or migrate.current(tx) is not None:
            run(tx, to)
        elif said:
            for statement, parameters in said:
                tx.exec_driver_sql(statement, parameters)
        else:
            event.listen(tx, "before_cursor_execute", hear)
            run(tx, to)
            event.remove(tx, "before_cursor_execute", hear)

    return migrated


def _within_the_machine(connect: Callable[..., Any]) -> Callable[..., Any]:
    def checked(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _local(str(address[0])):
            raise RuntimeError(f"a test tried to reach {address[0]}: only the machine itself is allowed")
        return connect(self, address)

    return checked


def _local(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server: the one that `FAIRLEAD_TEST_POSTGRES` names, else one that `pgserver` starts."""
    if stock := os.environ.get("FAIRLEAD_TEST_POSTGRES"):
        yield stock
        return
    pgserver = pytest.importorskip(
        "pgserver", reason="no PostgreSQL here: set FAIRLEAD_TEST_POSTGRES to the URL of one"
    )
    # not under pytest's own folder: another run of pytest closes that to the user that the server runs as
    with tempfile.TemporaryDirectory(prefix="fairlead-postgres-", ignore_cleanup_errors=True) as folder:
        server = _started(pgserver, Path(folder) / "data")
        # No test pulls the plug of this machine, and each drops its database, which waits for the disk. CI's server
        # keeps its word about that.
        _execute(server.get_uri(), "ALTER SYSTEM SET fsync = off")
        _execute(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def _started(pgserver: Any, folder: Path) -> Any:
    for _ in range(2):
        # a busy machine does not always start it within the ten seconds that pgserver waits
        with contextlib.suppress(Exception):
            return pgserver.get_server(folder)
    try:
        return pgserver.get_server(folder)
    except Exception as fault:
        pytest.skip(f"PostgreSQL did not start ({fault}): set FAIRLEAD_TEST_POSTGRES to the URL of one")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Name of a migrated database, from which each test gets a copy."""
    name = f"fairlead_template_{secrets.token_hex(4)}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    Database.open(_address(postgres_server, name)).close()
    yield name
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Address of a new, empty PostgreSQL database."""
    yield from _fresh(postgres_server, "template0 ENCODING 'UTF8'")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, from which each test gets a copy."""
    path = tmp_path_factory.mktemp("sqlite") / "facts.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty store, on either database in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "facts.db")
        yield f"sqlite:///{tmp_path / 'facts.db'}"
    else:
        yield from _fresh(request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty store, on either database in turn."""
    opened = Database.open(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def nats_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One NATS server for all tests; each has a stream of its own."""
    with nats_servers.nodes(tmp_path_factory.mktemp("nats")) as [node]:
        yield node


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the demo team, made once for all workers of a run; whoever opens it takes a copy."""
    base = tmp_path_factory.getbasetemp()
    # each worker has its own folder in that of the run
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            # the demo's tools and a GraphQL engine with them: most tests need neither
            from fairlead.wiring.demo.home import make_home

            make_home(folder / "home", datetime(2026, 10, 14, 12, tzinfo=UTC), 7, lambda _: None)
            (folder / "made").touch()
    return folder / "home"


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty store on SQLite, where the kind of database does not matter."""
    shutil.copy(sqlite_template, tmp_path / "facts.db")
    opened = Database.open(f"sqlite:///{tmp_path / 'facts.db'}")
    yield opened
    opened.close()


def _fresh(server: str, template: str) -> Iterator[str]:
    name = f"fairlead_{secrets.token_hex(6)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _address(server, name)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _address(server: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(server).set(database=name).render_as_string(hide_password=False)
