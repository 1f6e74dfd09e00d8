"""The demo's `fairlead.toml`: what this company states about itself."""

from __future__ import annotations

from datetime import timedelta

from fairlead.connectors.jira.fake import CUSTOM
from fairlead.wiring.demo.cast import (
    COMPANY,
    CREWS,
    GROUP,
    LEAVER,
    PLAYERS,
    SHIPS,
    YARDS,
    Player,
    crew_of,
    player,
    yard,
)
from fairlead.wiring.demo.clock import StoryClock
from fairlead.wiring.demo.dock import SITE as WEB
from fairlead.wiring.demo.dock import SOURCE as DOCK
from fairlead.wiring.demo.gauges import gauges_setup
from fairlead.wiring.demo.lab import SOURCE as LAB
from fairlead.wiring.demo.pager import SOURCE as DUTY
from fairlead.wiring.demo.pager import Pager
from fairlead.wiring.demo.tracker import SITE, SOURCE, Tracker
from fairlead.wiring.githubfake import TOKEN_FILE as WRITE_FILE

SECRET_FILE = "webhook-secret"  # noqa: S105 - the name of a file beside the settings
SIGNING_FILE = "signing-token"


def setup_text(clock: StoryClock, tracker: Tracker, pager: Pager) -> str:
    """Teams, people, calendars, services and sources as TOML."""
    parts = [
        _organisation(),
        *_teams(),
        *_people(tracker),
        *_calendars(clock),
        *_services(),
        _rules(),
        _sources(),
        _jira(tracker),
        _pagerduty(pager),
        gauges_setup(),
    ]
    return "\n".join(parts)


def _organisation() -> str:
    return (
        f'# The canned company of `fairlead demo`.\n[organisation]\nname = "{COMPANY}"\ntime_zone = "Europe/Berlin"\n'
    )


def _teams() -> list[str]:
    found = []
    for team in CREWS:
        members = ", ".join(f'"{player(login).key}"' for login in team.people)
        owned = ", ".join(f'"{yard(name).id}"' for name in team.repositories)
        services = ", ".join(f'"{ship.key}"' for ship in SHIPS if ship.team == team.key)
        found.append(
            f'[teams.{team.key}]\nname = "{team.name}"\nlead = "{player(team.people[0]).key}"\n'
            f"members = [{members}]\n"
            f'repositories = [{owned}]\nservices = [{services}]\ntime_zone = "{team.zone}"\ncalendar = "{team.key}"\n'
        )
    return found


def _people(tracker: Tracker) -> list[str]:
    """Accounts are given; addresses that nobody named are left for the page of suggestions to find."""
    return [
        f'[people.{who.key}]\nname = "{who.name}"\nemail = "{who.emails[0]}"\n'
        f"accounts = {_list(_accounts(who, tracker))}\n"
        f'time_zone = "{crew_of(who.login).zone}"\n'
        for who in PLAYERS
    ] + [f'[people.{LEAVER.key}]\nname = "{LEAVER.name}"\nemail = "{LEAVER.emails[0]}"\n']


def _accounts(who: Player, tracker: Tracker) -> list[str]:
    account = f"{crew_of(who.login).host}:@{who.login}"
    return [account, tracker.account(who.login)] if who.login in tracker.users else [account]


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
            f'[services.{ship.key}]\nname = "{ship.name}"\nrepository = "{yard(ship.repository).id}"\n'
            f'team = "{ship.team}"\ncriticality = "{ship.criticality}"\n{paths}{environments}'
        )
    return found


def _rules() -> str:
    return (
        '[deployments]\nsources = ["deployment", "cdevents"]\n\n[incidents]\nlabels = []\ntypes = []\n'
        'sources = ["pagerduty", "cdevents"]\n\n'
        '[identity]\ncoding_agents = ["copilot-swe-agent*", "devin-ai-integration*"]\n'
        'review_agents = ["coderabbitai*"]\n'
        'bots = ["brightwater-ship*", "terminals-ship"]\n\n'
        '[work]\nwaiting = ["in review"]\n'
    )


def _sources() -> str:
    repositories = _list([one.path for one in YARDS if one.host == "github"])
    return (
        f'[sources.github]\ntool = "github"\nrepositories = {repositories}\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SECRET_FILE}" }}]\nwrite_token = {{ file = "{WRITE_FILE}" }}\n\n'
        f'[sources.{DOCK}]\ntool = "gitlab"\nurl = "{WEB}"\norganisations = ["{GROUP}"]\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SIGNING_FILE}" }}]\n\n'
        '[sources.cdevents]\ntool = "cdevents"\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SECRET_FILE}" }}]\n\n'
        f'[sources.{LAB}]\ntool = "results"\nevery_minutes = 0\nwebhook_secrets = [{{ file = "{SECRET_FILE}" }}]\n'
    )


def _jira(tracker: Tracker) -> str:
    """Which project and board is whose, and what the custom fields mean: webhooks alone do not tell."""
    boards = tracker.boards.values()
    projects = ", ".join(f'{board.key} = "{board.team.key}"' for board in boards)
    numbers = ", ".join(f'"{board.number}" = "{board.team.key}"' for board in boards)
    fields = ", ".join(f'{name} = "{identity}"' for name, (identity, _) in CUSTOM.items())
    return (
        f'[sources.{SOURCE}]\ntool = "jira"\nurl = "{SITE}"\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SECRET_FILE}" }}]\n[sources.{SOURCE}.options]\n'
        f"teams = {{ {projects} }}\nboards = {{ {numbers} }}\nfields = {{ {fields} }}\n"
    )


def _pagerduty(pager: Pager) -> str:
    """Which of our services each of theirs is; people are known by their addresses."""
    services = ", ".join(f'{number} = "{key}"' for number, key in pager.options().items())
    return (
        f'[sources.{DUTY}]\ntool = "pagerduty"\nevery_minutes = 0\n'
        f'webhook_secrets = [{{ file = "{SECRET_FILE}" }}]\n[sources.{DUTY}.options]\nservices = {{ {services} }}\n'
    )


def _list(items: object) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"  # type: ignore[attr-defined]
