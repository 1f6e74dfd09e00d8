"""To teach it something new, one file is enough, for a connector, a figure, a page or a command.

The program is copied and gets one new file of each kind; then it is asked whether it knows them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "fairlead"

CONNECTOR = '''"""Tidegauge, a build tool."""

from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import document
from fairlead.connectors.kit.signatures import hmac_sha256_hex
from fairlead.model.errors import Refused
from fairlead.model.patch import Patch
from fairlead.model.raw import content_id
from fairlead.model.records.delivery import Build


class Tidegauge:
    tool = "{tool}"
    title = "Tidegauge"
    records = frozenset(("builds",))

    def verify(self, headers, body, secrets, now):
        if not hmac_sha256_hex(secrets, body, headers.get("x-tide-signature", "")):
            raise Refused("`x-tide-signature` does not fit the body")
        return "verified"

    def envelope(self, headers, body):
        return "run", content_id(body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        run = document(delivery.body).need("run")
        build = Build(id=f"{{options.source}}:run/{{run.need_whole('id')}}", source=options.source, state="finished")
        return Reading(patches=[Patch(build, run.need_time("at"))])


CONNECTOR = Tidegauge()
'''

PAGE = '''"""The tide, as a page."""

from starlette.responses import Response

from fairlead.ui.page import Page


def show(visit):
    return Response("high tide", media_type="text/plain")


PAGE = Page("/tide", "Tide", 70, show, role="anyone")
'''

COMMAND = '''"""Say how high the tide is.

Example: fairlead tide
"""

import typer

APP = typer.Typer(rich_markup_mode=None, add_completion=False)


@APP.command(epilog="Example: fairlead tide")
def tide() -> None:
    """Say it in metres."""
    typer.echo("2.4 m")
'''

FIGURE = """
metrics:
  - name: {name}
    group: tides
    title: {{en: Builds by tide, de: Builds nach Tide}}
    definition: {{en: "Builds that the gauge told of in the window.", de: "Builds, von denen der Pegel erzählt."}}
    unit: count
    direction: up
    source: "This test"
    entity: build
    segments: [repository]
    value: count(value)
    empty: no_rows
    rows: |
      select id, finished_at as moment, 1 as value, cast(null as varchar) as reason, repository from builds
"""

ASK = """
import hashlib, hmac, json, sys
from pathlib import Path
from starlette.testclient import TestClient
from fairlead.cli.generated import commands_page
from fairlead.config.load import load
from fairlead.connectors.kit.registry import connectors
from fairlead.gateway.app import create_apps
from fairlead.metrics.catalogue import load as catalogue
from fairlead.metrics.reference import metrics_page
from fairlead.wiring import verbs
from fairlead.wiring.services import Services

with Services(load(Path("fairlead.toml")), Path("home"), environ={"TIDE": "s"}) as services:
    apps = create_apps(services)
    tool = TestClient(apps.network, base_url="http://localhost")
    tool.post("/sign-in/" + apps.access.operator_link(), headers={"origin": "http://localhost"})
    answers = []
    for source in ("tidegauge", "harbourlog"):
        body = b'{"run": {"id": 7, "at": "2026-03-02T09:00:00Z"}}'
        signature = hmac.new(b"s", body, hashlib.sha256).hexdigest()
        answer = tool.post("/hooks/" + source, content=body, headers={"x-tide-signature": signature})
        answers.append(answer.status_code)
    services.catch_up()
    told = lambda verb, **words: json.loads(verbs.ask(services, verb, {"form": "json", **words}).text)
    print(json.dumps({
        "connectors": sorted(connectors()),
        "answers": answers,
        "builds": [row["id"] for row in told("sql", query="select id from builds order by id")],
        "figures": {each["name"]: each["definition"] for each in told("metrics", name="tides")["figures"]},
        "page": tool.get("/tide").text,
        "menu": "/tide" in tool.get("/keyboard").text,
        "commands": commands_page(),
        "metrics": metrics_page(catalogue()),
    }))
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one file more of each kind, and a team with a definition of its own."""
    folder = tmp_path_factory.mktemp("extended")
    program = folder / "lib" / "fairlead"
    shutil.copytree(SOURCE, program, ignore=shutil.ignore_patterns("__pycache__"))
    (program / "connectors" / "tidegauge.py").write_text(CONNECTOR.format(tool="tidegauge"))
    (program / "ui" / "pages" / "tide.py").write_text(PAGE)
    (program / "cli" / "commands" / "tide.py").write_text(COMMAND)
    (program / "metrics" / "catalogue" / "tides.yaml").write_text(FIGURE.format(name="shipped_tides"))
    # a stranger's package brings its connector by an entry point
    (folder / "lib" / "harbourlog.py").write_text(CONNECTOR.format(tool="harbourlog"))
    package = folder / "lib" / "harbourlog-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: harbourlog\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[fairlead.connectors]\nharbourlog = harbourlog:CONNECTOR\n")
    own = folder / "fairlead.d" / "metrics"
    own.mkdir(parents=True)
    (own / "tides.yaml").write_text(FIGURE.format(name="own_tides"))
    (folder / "fairlead.toml").write_text(
        "".join(
            f'[sources.{name}]\ntool = "{name}"\nwebhook_secrets = [{{ env = "TIDE" }}]\n'
            for name in ("tidegauge", "harbourlog")
        )
    )
    return folder


def run(folder: Path, *arguments: str) -> str:
    environ = os.environ | {"PYTHONPATH": str(folder / "lib"), "FAIRLEAD_HOME": str(folder / "home"), "TIDE": "s"}
    found = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def asked(extended: Path) -> Any:
    """What the extended program answers."""
    return json.loads(run(extended, "-c", ASK))


def test_a_connector_is_listed_and_reads(asked: Any) -> None:
    assert {"tidegauge", "harbourlog", "github"} <= set(asked["connectors"])
    assert asked["answers"] == [202, 202]
    assert asked["builds"] == ["harbourlog:run/7", "tidegauge:run/7"]


def test_a_figure_is_listed_documented_and_computed(asked: Any) -> None:
    assert {"shipped_tides", "own_tides"} == set(asked["figures"])
    assert "(`shipped_tides`)" in asked["metrics"]


def test_a_page_is_in_the_menu_and_answers(asked: Any) -> None:
    assert asked["page"] == "high tide"
    assert asked["menu"]


def test_a_command_is_listed_documented_and_runs(extended: Path, asked: Any) -> None:
    assert "Say how high the tide is." in run(extended, "-m", "fairlead", "--help")
    assert run(extended, "-m", "fairlead", "tide") == "2.4 m\n"
    assert "## tide\n" in asked["commands"]
