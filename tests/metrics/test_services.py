"""Two services of one repository: what names one of them is never counted for the other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fairlead.metrics.figures import figure
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import ServiceSetup, Setup, TeamSetup, Thresholds

WINDOW = Window(start=datetime(2026, 9, 7, tzinfo=UTC), end=datetime(2026, 9, 21, tzinfo=UTC))
SETUP = Setup(
    services={
        "web": ServiceSetup(repository="github:acme/pay", paths=("web/**",), team="front"),
        "api": ServiceSetup(repository="github:acme/pay", paths=("api/**",), team="back"),
    },
    teams={"front": TeamSetup(members=("kim",)), "back": TeamSetup(members=("lee",))},
    thresholds=Thresholds(minimum_n=1),
)


@pytest.fixture
def both(company: Any) -> Any:
    """Changes 2 to 4 touch both services; each day one deployment, of `web`, of `web` again, of none by name."""
    company.deployment(1, company.merge(1), company.at(1, 20), service="service:web")
    company.deployment(9, company.merge(1), company.at(1, 21), service="service:api")
    for number in (2, 3, 4):
        change = company.change(number)
        for path in ("web/page.ts", "api/routes.py"):
            company.source.put(
                "change_files", {"id": f"{change}:{path}", "change": change, "repository": company.pay, "path": path}
            )
    company.deployment(2, company.merge(2), company.at(2, 20), service="service:web")
    company.deployment(3, company.merge(3), company.at(3, 20), service="service:web")
    company.deployment(4, company.merge(4), company.at(4, 20))
    return company


def reach(warehouse: Warehouse, column: str = "service", table: str = "deployment_reach") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in warehouse.rows(f"select deployment, {column} as it from {table}"):
        found.setdefault(row["deployment"].rpartition("/")[2], set()).add(row["it"].rpartition(":")[2])
    return found


def test_a_deployment_that_names_its_service_reaches_only_that(both: Any) -> None:
    warehouse = both.warehouse(SETUP)
    assert reach(warehouse) == {"1": {"web"}, "9": {"api"}, "2": {"web"}, "3": {"web"}, "4": {"web", "api"}}
    assert reach(warehouse, "team", "deployment_teams")["2"] == {"front"}


def test_files_still_say_that_the_named_service_moved(both: Any) -> None:
    (found,) = both.warehouse(SETUP).rows(
        "select count(*) as n, bool_or(by_path) as by_path from deployment_reach where deployment like '%/2'"
    )
    assert found["by_path"] is True


def test_deployments_are_counted_for_their_own_service(both: Any) -> None:
    warehouse = both.warehouse(SETUP)
    of = [figure(warehouse, "deployment_frequency", WINDOW, segment={"service": name}).n for name in ("web", "api")]
    assert of == [4, 2]


def test_an_incident_of_a_service_suspects_only_deployments_that_reach_it(both: Any) -> None:
    both.source.put(
        "incidents", {"id": "pager:1", "service": "service:api", "started_at": both.at(3, 21), "source": "pager"}
    )
    (cause,) = both.warehouse(SETUP).rows("from incident_causes")
    # An hour after a deployment of `web`, two days after the last of `api`.
    assert (cause["suspect"].rpartition("/")[2], cause["service_part"]) == ("9", pytest.approx(0.4))


def test_a_named_commit_is_that_of_the_deployment_of_the_incidents_service(both: Any) -> None:
    both.deployment(5, both.merge(4), both.at(5, 10), service="service:api")
    both.deployment(6, both.merge(4), both.at(5, 12), service="service:web")
    both.source.put("incidents", {
        "id": "pager:1", "service": "service:api", "started_at": both.at(5, 13), "caused_by_sha": both.merge(4),
        "source": "pager",
    })  # fmt: skip
    (cause,) = both.warehouse(SETUP).rows("from incident_causes")
    assert (cause["verdict"], cause["deployment"].rpartition("/")[2]) == ("named_sha", "5")
