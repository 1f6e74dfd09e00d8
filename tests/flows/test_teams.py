"""Figures of a team: whoever names it in whichever way gets its rows, and the teams' rows add up to everybody's."""

from datetime import timedelta

import pytest

from fairlead.metrics import figures
from fairlead.metrics.survey import rows_sql
from fairlead.model.errors import Abort
from fairlead.model.figures import Window
from fairlead.reports.scope import Scope
from fairlead.wiring.services import Services

WITHIN = {
    "change": "select change as id, team from change_teams",
    "deployment": "select deployment as id, team from deployment_teams",
    "incident": "select incident as id, t.team from counted_incidents join service_teams t using (service)",
    "work_item": "select work_item as id, team from work_item_teams",
    "sprint": "select sprint as id, team from sprint_teams",
    "page": "select page as id, team from oncall_pages where team is not null",
    "shift": "select shift as id, team from oncall_shift_pages where team is not null",
    "slo": "select distinct slo as id, t.team from slo_days join service_teams t using (service)",
}
"""Entities that have one team each in the demo, or none; the others are limited by their repository."""
BY_REPOSITORY = "select repository, team from repository_teams"


def _window(services: Services) -> Window:
    now = services.clock.now()
    return Window(start=now - timedelta(days=30), end=now)


def _metrics_of_teams(services: Services) -> list[str]:
    return [name for name, entry in services.warehouse.catalogue.items() if "team" in entry.segments]


@pytest.mark.parametrize("said", ["payments", "Payments", "team:payments", "PAYMENTS"])
def test_a_team_that_a_tool_knows_by_the_same_name_is_the_stated_one(said: str, demo_services: Services) -> None:
    proposed = demo_services.warehouse.rows("select id from teams where name = 'Payments' and proposed")
    assert proposed, "the host has a team of this name, which counts nothing once teams are stated"
    scope = Scope.of(demo_services.warehouse, demo_services.setup, demo_services.clock.now(), said)
    assert scope.team == "team:payments"


def test_a_team_that_is_only_proposed_is_refused_and_the_stated_ones_named(demo_services: Services) -> None:
    with pytest.raises(Abort) as refused:
        Scope.of(
            demo_services.warehouse, demo_services.setup, demo_services.clock.now(), "github:@brightwater/payments"
        )
    assert "payments" in (refused.value.hint or "")


def test_every_figure_of_a_large_team_has_a_value_or_a_true_reason(demo_services: Services) -> None:
    warehouse, window = demo_services.warehouse, _window(demo_services)
    for name in _metrics_of_teams(demo_services):
        entry = warehouse.catalogue[name]
        of_team = figures.figure(warehouse, name, window, {"team": "team:payments"})
        if of_team.value is not None:
            assert of_team.n > 0, name
            continue
        # No value is true only where the same holds for the rows of everybody's figure that are the team's.
        assert of_team.missing in (entry.empty, "all_excluded"), name
        mine = warehouse.rows(f"select id from ({rows_sql(entry, window, {})}) r where {_is_of(entry.entity)}")
        assert bool(mine) == (of_team.missing == "all_excluded"), (name, len(mine))


def _is_of(entity: str) -> str:
    if entity in WITHIN:
        return f"r.id in (select id from ({WITHIN[entity]}) where team = 'team:payments')"
    return f"r.repository in (select repository from ({BY_REPOSITORY}) where team = 'team:payments')"


def test_the_teams_and_what_has_no_team_add_up_to_everybody(demo_services: Services) -> None:
    warehouse, window = demo_services.warehouse, _window(demo_services)
    for name in _metrics_of_teams(demo_services):
        entry = warehouse.catalogue[name]
        every = warehouse.rows(f"select count(value) as n, count(*) as rows from ({rows_sql(entry, window, {})})")[0]
        column, teams = ("id", WITHIN[entry.entity]) if entry.entity in WITHIN else ("repository", BY_REPOSITORY)
        ambiguous = warehouse.rows(f"select {column} from ({teams}) group by 1 having count(*) > 1")
        assert not ambiguous, f"{name}: the demo gives each {entry.entity} one team"
        (none,) = warehouse.rows(
            f"select count(value) as n, count(*) as rows from ({rows_sql(entry, window, {})}) r "
            f"where r.{column} is null or r.{column} not in (select {column} from ({teams}))"
        )
        of_teams = [
            figures.figure(warehouse, name, window, {"team": f"team:{team}"}) for team in demo_services.setup.teams
        ]
        counted, left = none["n"], none["rows"] - none["n"]
        for figure in of_teams:
            if figure.missing == "group_too_small":
                assert entry.people, name
                # rows about people of a small team are none of everybody's figure either
                if entry.entity in ("page", "shift"):
                    continue
                (held,) = warehouse.rows(f"select count(value) as n from ({rows_sql(entry, window, figure.segment)})")
                counted += held["n"]
            else:
                counted += figure.rows.count
                left += figure.left_out.count if figure.left_out else 0
        assert (counted, left) == (every["n"], every["rows"] - every["n"]), name
