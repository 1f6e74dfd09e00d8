"""The demo's GitHub: a fake that holds the story's open changes, and all that was done to it since.

What it began with and each request that changed it lie in files of the home: server, workers and commands make the
same fake of them, and an act that one of them did is there for the others.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from fairlead.connectors.kit.fake.call import Request

if TYPE_CHECKING:
    from fairlead.connectors.github.fake.api.desk import Desk
    from fairlead.connectors.github.fake.hooks import Sent
    from fairlead.wiring.services import Services

SOURCE = "github"
WORLD, DONE = "github-world.json", "github-done.jsonl"
TOKEN_FILE = "github-token"  # noqa: S105 - the name of a file beside the settings
TOKEN = "ghp_demo"  # noqa: S105 - opens nothing but the fake
LOGIN = "fairlead-app"
_API = "https://api.github.com"

_HELD = ("accounts", "teams", "repositories", "milestones", "work_items", "changes")


def keep(services: Services) -> None:
    """Writes down what the fake begins with: the records as they are now."""
    from fairlead.store import records

    with services.database.read() as tx:
        rows = {table: [_short(row) for row in _own(records.rows(tx, table))] for table in _HELD}
    (services.home / WORLD).write_bytes(msgspec.json.encode(rows))
    (services.home / DONE).touch()
    (services.home / TOKEN_FILE).write_text(TOKEN, encoding="utf-8")


def _own(rows: Any) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows if str(row["id"]).startswith(f"{SOURCE}:") and not row.get("deleted_at"))


def _short(row: Mapping[str, Any]) -> dict[str, Any]:
    """A closed one only keeps its number from being given again."""
    over = row.get("closed_at") is not None or row.get("state") in ("merged", "closed")
    return {name: row[name] for name in ("id", "state", "closed_at") if name in row} if over else dict(row)


def client(services: Services, source: str) -> httpx.Client | None:
    """What reaches the fake in the demo's home; nothing anywhere else, whatever lies there."""
    if source != SOURCE:
        return None
    from fairlead.wiring.slackfake import MARK

    home = services.home
    if not (home / MARK).is_file() or not (home / WORLD).is_file():
        return None
    return httpx.Client(transport=_Kept(services))


@dataclass
class _Kept(httpx.BaseTransport):
    """Hands requests to the fake and writes down those that changed it."""

    services: Services
    _desk: Desk | None = None
    _read: int = 0
    """Bytes of what was done that this fake has seen."""
    _sent: list[Sent] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One at a time, in whatever process: each builds on what was done before it."""
        from fairlead.connectors.kit.fake.transport import FakeTransport

        with self._alone() as done:
            desk = self._caught_up(done)
            self._sent.clear()
            response = FakeTransport(desk).handle_request(request)
            if request.method != "GET" and response.status_code < 300:
                line = json.dumps({
                    "method": request.method, "path": request.url.path, "query": dict(request.url.params),
                    "body": request.read().decode(),
                })  # fmt: skip
                done.write(f"{line}\n".encode())
                done.flush()
                self._read = done.tell()
                self._tell()
            return response

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        with (self.services.home / DONE).open("a+b") as done:
            fcntl.flock(done, fcntl.LOCK_EX)
            yield done

    def _caught_up(self, done: Any) -> Desk:
        """The fake with everything that others have done to it meanwhile."""
        desk = self._desk or self._made()
        done.seek(self._read)
        for line in done:
            said = json.loads(line)
            signed, body = {"authorization": f"Bearer {TOKEN}"}, said["body"].encode()
            desk.handle(Request(said["method"], _API, said["path"], said["query"], signed, body))
        self._read = done.tell()
        self._desk = desk
        return desk

    def _made(self) -> Desk:
        from fairlead.connectors.github.fake.api.desk import Desk
        from fairlead.connectors.github.fake.from_records import world

        services = self.services
        rows = json.loads((services.home / WORLD).read_bytes())
        fake = world(rows, secret=services.webhook_secrets(SOURCE)[0])
        fake.hook.listeners.append(self._sent.append)
        desk = Desk(fake, services.clock.now)
        desk.sign_in.tokens[TOKEN] = LOGIN
        return desk

    def _tell(self) -> None:
        """The webhooks of an act reach the raw log, under the ids that their reader gives them."""
        from fairlead.connectors.github.connector import CONNECTOR
        from fairlead.connectors.kit.fake.arrived import webhooks

        self.services.log.append(webhooks(CONNECTOR, SOURCE, self._sent))
