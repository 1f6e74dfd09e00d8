"""The demo's `fairlead.toml`: what this company states about itself."""

from __future__ import annotations

from datetime import timedelta

from fairlead.wiring.demo.cast import COMPANY, CREWS, LEAVER, ORG, PLAYERS, SHIPS, YARDS, crew_of, player
from fairlead.wiring.demo.clock import StoryClock

SECRET_FILE = "webhook-secret"  # noqa: S105 - the name of a file beside the settings


def setup_text(clock: StoryClock) -> str:
    """Teams, people, calendars, services and sources as TOML."""
    parts = [_organisation(), *_teams(), *_people(), *_calendars(clock), *_services(), _rules(), _sources()]
    return "\n".join(parts)


def _organisation() -> str:
    return (
        f'# The canned company of `fairlead demo`.\n[organisation]\nname = "{COMPANY}"\ntime_zone = "Europe/Berlin"\n'
    )


def _teams() -> list[str]:
    found = []
    for team in CREWS:
        members = ", ".join(f'"{player(login).key}"' for login in team.people)
        owned = ", ".join(f'"github:{ORG}/{name}"' for name in team.repositories)
        services = ", ".join(f'"{ship.key}"' for ship in SHIPS if ship.team == team.key)
        found.append(
            f'[teams.{team.key}]\nname = "{team.name}"\nlead = "{player(team.people[0]).key}"\n'
            f"members = [{members}]\n"
            f'repositories = [{owned}]\nservices = [{services}]\ntime_zone = "{team.zone}"\ncalendar = "{team.key}"\n'
        )
    return found


def _people() -> list[str]:
    """Handles are given for most; those with a second address are left for the page of suggestions to find."""
    return [
        f'[people.{who.key}]\nname = "{who.name}"\nemail = "{who.emails[0]}"\naccounts = ["github:@{who.login}"]\n'
        f'time_zone = "{crew_of(who.login).zone}"\n'
        for who in PLAYERS
    ] + [f'[people.{LEAVER.key}]\nname = "{LEAVER.name}"\nemail = "{LEAVER.emails[0]}"\n']


def _calendars(clock: StoryClock) -> list[str]:
    """Each team's own hours; Platform had a day off in the story."""
    off = clock.day(-20) - timedelta(days=400)
    found = []
    for team in CREWS:
        free = f'holidays = ["{off.isoformat()} Founders\' Day"]\n' if team.key == "platform" else ""
        found.append(f'[calendars.{team.key}]\nhours = "Mon-Fri 09:00-18:00"\ntime_zone = "{team.zone}"\n{free}')
    return found


def _services() -> list[str]:
    found = []
    for ship in SHIPS:
        paths = f"paths = {_list(ship.paths)}\n" if ship.paths else ""
        environments = f"environments = {_list(ship.environments)}\n" if ship.environments else ""
        found.append(
            f'[services.{ship.key}]\nname = "{ship.name}"\nrepository = "github:{ORG}/{ship.repository}"\n'
            f'team = "{ship.team}"\ncriticality = "{ship.criticality}"\n{paths}{environments}'
        )
    return found


def _rules() -> str:
    return (
        '[deployments]\nsources = ["deployment", "cdevents"]\n\n[incidents]\nlabels = ["incident"]\n\n'
        '[identity]\ncoding_agents = ["copilot-swe-agent*", "devin-ai-integration*"]\n'
        'review_agents = ["coderabbitai*"]\n'
        'bots = ["brightwater-ship*"]\n'
    )


def _sources() -> str:
    repositories = _list([f"{ORG}/{yard.name}" for yard in YARDS])
    return (
        f'[sources.github]\ntool = "github"\nrepositories = {repositories}\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SECRET_FILE}" }}]\n\n'
        '[sources.cdevents]\ntool = "cdevents"\nevery_minutes = 0\n'
    )


def _list(items: object) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"  # type: ignore[attr-defined]
