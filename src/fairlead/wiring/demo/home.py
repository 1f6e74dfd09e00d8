"""Makes the home of the demo: plays the story, appends it through the log and ingests it like any team's events."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from fairlead.config.load import FILE_NAME, load
from fairlead.connectors.fairlead import role_given
from fairlead.connectors.kit.connector import Progress
from fairlead.connectors.kit.decided import notices_preferred
from fairlead.goals import keeping
from fairlead.governance.carrier import Carrier
from fairlead.governance.outbox import Outbox
from fairlead.model.errors import Abort
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock, iso
from fairlead.store.access import EVERYWHERE
from fairlead.wiring import githubfake, governing, notifying, signalling, telling
from fairlead.wiring.deliveries import ways
from fairlead.wiring.demo.calendars import calendar_events, calendars_setup, write_calendars
from fairlead.wiring.demo.cast import CREWS, player
from fairlead.wiring.demo.chat import chat_setup, make_workspace, people_events
from fairlead.wiring.demo.plots.forecasts import play_forecasts
from fairlead.wiring.demo.plots.goals import play_goals, write_goals
from fairlead.wiring.demo.setup_text import SECRET_FILE, SIGNING_FILE
from fairlead.wiring.demo.story import DemoHistory, build
from fairlead.wiring.services import Services

MARK = "as-of"
"""File of the home that holds the story's present; also the sign that the home is the demo's and may be cleared."""

_AT_ONCE = 1000
_WRITTEN_TO = '[actions]\nsources = ["github", "slack"]\n'
"""The two tools that the demo has a fake to write to of."""
_DAY = timedelta(days=1)


def make_home(folder: Path, as_of: datetime, seed: int, report: Callable[[Progress], None]) -> DemoHistory:
    """Clears the demo's home and fills it anew."""
    _clear(folder)
    report(Progress(0, None, "telling ninety days of a company"))
    history = build(as_of, seed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARK).write_text(iso(history.end), encoding="utf-8")
    (folder / SECRET_FILE).write_text(history.secret, encoding="utf-8")
    slack = make_workspace(folder, history.secret, history.end)
    setup = [history.setup, calendars_setup(folder), chat_setup(slack), _WRITTEN_TO]
    (folder / FILE_NAME).write_text("\n".join(setup), encoding="utf-8")
    write_calendars(folder, history.calendars)
    write_goals(folder, history.end)
    (folder / SIGNING_FILE).write_text(history.signing_token, encoding="utf-8")
    with Services(load(folder / FILE_NAME, {}), folder, FixedClock(history.end)) as services:
        said = [*_roles(history.end), *_wishes(history.end)]
        beside = [*calendar_events(folder, history.end), *people_events(slack, history.end), *said]
        _fill(services, history, beside, report)
        _judge(services, report)
    return history


def _fill(
    services: Services, history: DemoHistory, beside: Sequence[RawEvent], report: Callable[[Progress], None]
) -> None:
    deliveries = history.deliveries
    for start in range(0, len(deliveries), _AT_ONCE):
        services.log.append(deliveries[start : start + _AT_ONCE])
        while services.ingest.step().raw_events:
            report(Progress(min(start + _AT_ONCE, len(deliveries)), len(deliveries), "reading raw events"))
    services.log.append(beside)
    play_goals(services, history.end)
    while services.ingest.step().raw_events:
        pass
    githubfake.keep(services)
    report(Progress(len(deliveries), len(deliveries), "making the marts"))
    services.warehouse.refresh()


def _roles(now: datetime) -> Iterator[RawEvent]:
    """Who may do what: leads manage their teams, and the first of them owns it all."""
    for number, team in enumerate(CREWS):
        for place, login in enumerate(team.people):
            person = f"person:{player(login).key}"
            yield role_given(f"team:{team.key}", person, "member" if place else "manager", "operator", now)
            if not number and not place:
                yield role_given(EVERYWHERE, person, "owner", "operator", now)


def _wishes(now: datetime) -> Iterator[RawEvent]:
    """Emily sits in New York and works by the headquarters' hours: the story ends as their day begins."""
    wish = {"quiet": "12:00-03:00", "budget": 10}
    yield notices_preferred(wish, f"person:{player('emnovak').key}", now)


def _judge(services: Services, report: Callable[[Progress], None]) -> None:
    """Signals as they opened on the day before and since: what was old when we first looked is told to nobody."""
    report(Progress(0, None, "judging by rules"))
    keeping.keep(services)
    services.catch_up()
    play_forecasts(services, services.clock.now())
    with services.at(services.clock.now() - _DAY) as yesterday:
        signalling.evaluate(yesterday)
    signalling.evaluate(services)
    governing.propose_from_signals(services)
    report(Progress(0, None, "telling people"))
    telling.follow(services)
    notifying.deliver(services)
    Carrier(Outbox(services.database), ways(services)).carry()
    # the pages answer from the marts: what was judged has to be in them
    services.catch_up()


def _clear(folder: Path) -> None:
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise Abort(f"{folder} is not a home of the demo", hint="set FAIRLEAD_DEMO_HOME to another folder")
    shutil.rmtree(folder)
