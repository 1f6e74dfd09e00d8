"""GitHub's own client for JavaScript reads the fake over a socket."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from tests.connectors.github_fake.small import TOKEN, Small

from fairlead.connectors.kit.fake.server import app

pytestmark = pytest.mark.servers
SCRIPT = Path(__file__).with_name("octokit.mjs")


@pytest.fixture(scope="module")
def address(small: Small) -> Iterator[str]:
    """The fake behind a port of this machine."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app(small.desk), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Octokit is installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed: Octokit was not tried")
    made = tmp_path_factory.mktemp("octokit")
    (made / "package.json").write_text('{"private": true, "type": "module"}')
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "octokit@5"]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"npm could not install Octokit: {done.stderr.strip()[-200:]}")
    shutil.copy(SCRIPT, made / SCRIPT.name)
    return made


def test_the_server_answers_like_the_transport(address: str, small: Small) -> None:
    over_socket = httpx.get(f"{address}/repos/acme/payments/pulls/1", headers={"authorization": f"Bearer {TOKEN}"})
    assert over_socket.json()["url"] == f"{address}/repos/acme/payments/pulls/1"
    assert over_socket.json()["title"] == small.squashed.title


def test_octokit_pages_through_rest_and_asks_graphql(address: str, folder: Path, small: Small) -> None:
    command = ["node", SCRIPT.name, address, TOKEN]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    reachable = small.repo.commits[small.repo.branches["main"]].ancestors.bit_count()
    assert json.loads(done.stdout) == {
        "me": "kim",
        "commits": reachable,
        "pulls": [4, 3, 2, 1],
        "runs": 1,
        "title": "Faster refunds",
        "missing": 404,
    }
