"""A disk that fills under a running server: nothing is acknowledged that is not kept, and room alone heals it.

A limit on the size of files stands in for the disk: it needs no rights, and the kernel refuses writes the same way.
"""

import hashlib
import hmac
import json
import os
import resource
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx
from tests.flows.servers import Shell, signed_in, until

SECRET = "s3cret"
SETTINGS = """\
[sources.github]
every_minutes = 0
webhook_secrets = [{ env = "FAIRLEAD_HOOKS" }]
"""
REPOSITORY = {"id": 1, "name": "payments", "full_name": "acme/payments", "owner": {"login": "acme", "id": 2}}


class Sender:
    """GitHub, as far as a disk is concerned."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/hooks/github"
        self.acknowledged: set[str] = set()
        self.sent = 0

    def ping(self, size: int) -> httpx.Response:
        """A delivery that does not compress."""
        self.sent += 1
        body = json.dumps({"zen": os.urandom(size // 2).hex(), "repository": REPOSITORY}).encode()
        delivery = f"d{self.sent}"
        headers = {
            "x-github-event": "ping",
            "x-github-delivery": delivery,
            "x-hub-signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        }
        answer = httpx.post(self.address, content=body, headers=headers, timeout=60)
        if answer.status_code == 202:
            self.acknowledged.add(delivery)
        return answer


def limit(process: "subprocess.Popen[str]", size: int) -> None:
    """How large any file may become for the server and what it started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in (process.pid, *map(int, children)):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def held(home: Path) -> set[str]:
    """Deliveries that the log holds."""
    with closing(sqlite3.connect(f"file:{home / 'raw.db'}?mode=ro", uri=True)) as log:
        return {delivery for (delivery,) in log.execute("SELECT delivery FROM raw_events WHERE source = 'github'")}


def test_a_disk_that_fills_and_is_cleared(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"FAIRLEAD_HOOKS": SECRET})
    shell.settings.write_text(SETTINGS)
    with shell.up() as (process, said):
        sender = Sender(said["port"])
        base = f"http://localhost:{said['port']}"
        assert sender.ping(1000).status_code == 202
        limit(process, 1_500_000)
        full = until(lambda: (answer := sender.ping(100_000)).status_code != 202 and answer)
        assert (full.status_code, full.json()["status"]) == (503, "unavailable")
        assert int(full.headers["retry-after"]) > 0
        assert {sender.ping(100_000).status_code for _ in range(20)} == {503}
        assert held(shell.home) == sender.acknowledged
        assert httpx.get(f"{base}/healthz").status_code == 200
        # The link is not used up by a sign-in that could not be kept.
        door = httpx.post(said["sign_in"], headers={"origin": base})
        assert door.status_code in (303, 503)

        limit(process, resource.RLIM_INFINITY)
        until(lambda: sender.ping(1000).status_code == 202)
        if door.status_code == 503:
            assert signed_in(said["sign_in"]).get("/data").status_code == 200
        assert held(shell.home) == sender.acknowledged
        until(lambda: shell.json("sql", "select 1 as one") == [{"one": 1}])
        process.terminate()
        assert process.wait(30) == 0
    assert sender.acknowledged <= held(shell.home)
    for name in ("raw.db", "facts.db"):
        with closing(sqlite3.connect(shell.home / name)) as store:
            assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert shell.json("replay", "github")["read"] == len(sender.acknowledged)
