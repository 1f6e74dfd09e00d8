"""What a changed configuration would do, told before it is applied: on real events, read by real connectors."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock
from fairlead.store import state
from fairlead.wiring.plan import Plan, plan
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)
FILE = """
[sources.harbour]
tool = "generic"
mapping = "deploys.yaml"

[services.tides]
repository = "github:harbour/tides"

[thresholds]
minimum_n = 1
"""
MAPPING = """\
mappings:
  - name: deploy
    record: deployments
    id: "{source}:deploy/{id}"
    version: at
    fields:
      repository: {template: "github:harbour/{repo}"}
      environment: CLUSTER
      sha: commit
      state: {value: finished}
      result: {value: success}
      finished_at: at
"""
OWN = """\
metrics:
  - name: ships
    group: house
    title: {en: Ships, de: Schiffe}
    definition: {en: Deployments, de: Auslieferungen}
    unit: count
    direction: up
    source: Own
    entity: deployment
    segments: [team]
    value: VALUE
    rows: >
      select deployment as id, finished_at as moment, 1 as value, null as reason, repository from counted_deployments
      where production
"""


class Home:
    """A home whose one source tells of a deployment a day, six to production and four to a pilot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()
        with self.services() as services:
            services.log.append([self._deploy(number) for number in range(10)])

    def _deploy(self, number: int) -> RawEvent:
        at = (NOW - timedelta(days=number + 1)).isoformat()
        said = {"id": number, "repo": "tides", "commit": f"{number}" * 40, "at": at}
        body = json.dumps({**said, "cluster": "production" if number < 6 else "pilot", "stage": "production"})
        return RawEvent("harbour", "generic", "webhook", f"d{number}", body.encode(), NOW)

    def write(self, file: str = FILE, cluster: str = "cluster", value: str = "count(*)") -> None:
        """The settings with what lies beside them."""
        (self.folder / "fairlead.d" / "metrics").mkdir(parents=True, exist_ok=True)
        (self.folder / "fairlead.toml").write_text(file)
        (self.folder / "deploys.yaml").write_text(MAPPING.replace("CLUSTER", cluster))
        (self.folder / "fairlead.d" / "metrics" / "own.yaml").write_text(OWN.replace("VALUE", value))

    def services(self) -> Services:
        """Of the file as it is now."""
        return Services(load(self.folder / "fairlead.toml", {}), self.folder / "home", FixedClock(NOW), {})

    def apply(self) -> None:
        """What any command does first."""
        with self.services() as services:
            services.look()

    def plan(self) -> Plan:
        """Of the file as it is now; what the home is made of is what it was."""
        with self.services() as services:
            held = self.contents(services)
            found = plan(services, say=lambda _: None)
            assert held == self.contents(services)
        return found

    def contents(self, services: Services) -> object:
        """All that a home is made of."""
        with services.database.read() as tx:
            said = state.below(tx, "")
        return said, hashlib.sha256((self.folder / "home" / "facts.db").read_bytes()).digest(), services.log.latest()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home to which its file was applied."""
    made = Home(tmp_path)
    made.apply()
    return made


def told(found: Plan) -> dict[str, tuple[float | None, float | None]]:
    """Figure, with its segment if it has one -> value before and after."""
    return {
        " ".join([one.name, *one.segment.values()]): (
            one.before.value if one.before else None,
            one.after.value if one.after else None,
        )
        for one in found.figures
    }


def test_nothing_changed_says_so(home: Home) -> None:
    found = home.plan()
    assert (found.version, found.settings, found.definitions, found.sources, found.figures) == (1, (), (), (), ())
    assert not found.rebuilds


def test_a_setting_that_decides_what_counts_shows_the_figures_before_and_after(home: Home) -> None:
    home.write(FILE + '\n[environments]\nproduction = ["production", "pilot"]\n')
    found = home.plan()
    (change,) = found.settings
    assert change.path == "environments.production"
    assert change.after == ["production", "pilot"]
    assert found.rebuilds
    assert found.sources == ()
    assert told(found)["ships"] == (6, 10)
    assert [(one.before, one.after) for one in found.tables if one.name == "counted_deployments"] == [(10, 10)]
    home.apply()
    after = home.plan()
    assert (after.version, after.settings) == (2, ())


def test_a_mapping_that_reads_otherwise_replays_its_source_on_a_copy(home: Home) -> None:
    home.write(cluster="stage")
    found = home.plan()
    assert [(one.name, one.effect, one.raw_events) for one in found.sources] == [("harbour", "read_again", 10)]
    assert not found.rebuilds
    assert told(found)["ships"] == (6, 10)
    home.apply()
    with home.services() as services:
        services.look()
        assert services.warehouse.rows("select count(*) as n from counted_deployments where production") == [
            {"n": 10}
        ]


def test_an_own_figure_defined_otherwise_is_told(home: Home) -> None:
    home.write(value="count(*) * 2")
    found = home.plan()
    assert [(one.path, one.before, one.after) for one in found.definitions] == [
        ("ships.value", "count(*)", "count(*) * 2")
    ]
    assert told(found) == {"ships": (6, 12)}


def test_a_new_team_has_figures_that_were_not_there(home: Home) -> None:
    home.write(FILE + '\n[teams.coast]\nrepositories = ["github:harbour/*"]\n[sources.github]\n')
    found = home.plan()
    assert [(one.path, one.before) for one in found.settings] == [("teams.coast", None), ("sources.github", None)]
    assert [(one.name, one.effect) for one in found.sources] == [("github", "new")]
    assert told(found)["ships team:coast"] == (None, 6)


def test_what_the_environment_says_is_no_edit(home: Home) -> None:
    """`fairlead up --port 9000` is applied, and no change of the file when the variable is gone."""
    loaded = load(home.folder / "fairlead.toml", {"FAIRLEAD_SERVER__PORT": "9000"})
    with Services(loaded, home.folder / "home", FixedClock(NOW), {}) as services:
        services.look()
    assert home.plan().settings == ()
