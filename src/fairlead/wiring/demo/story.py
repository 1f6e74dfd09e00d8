"""Plays the whole story and hands over what a home of the demo needs.

history = build(datetime.now(UTC))
log.append(history.deliveries)         # raw events, signed, in the order of time
home.write(history.setup)              # fairlead.toml
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.connectors.github.connector import CONNECTOR as GITHUB
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.hooks import only
from fairlead.connectors.gitlab.fake.gitlab import FakeGitLab
from fairlead.connectors.jira.fake import FakeJira
from fairlead.connectors.kit.fake.arrived import webhooks
from fairlead.connectors.pagerduty.fake import FakePagerDuty
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.agenda import Agenda
from fairlead.wiring.demo.calendars import calendars
from fairlead.wiring.demo.cast import ORG
from fairlead.wiring.demo.clock import StoryClock, story_end
from fairlead.wiring.demo.company import found_company
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.everyday import plan_days
from fairlead.wiring.demo.facts import StoryFact
from fairlead.wiring.demo.gauges import Gauges
from fairlead.wiring.demo.pages import api_pages
from fairlead.wiring.demo.plots import gateway, harbour, production, standing, terminals, tickets, waiting
from fairlead.wiring.demo.setup_text import setup_text
from fairlead.wiring.demo.signals import SOURCE, CdEvents, Told
from fairlead.wiring.demo.sprints import plan_sprints
from fairlead.wiring.demo.voyages import plan_voyages

SECRET = "demo-webhook-secret"  # noqa: S105 - the canned company's, known to everybody
SUBSCRIBED = (
    "push",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "issues",
    "issue_comment",
    "sub_issues",
    "milestone",
    "workflow_run.completed",
    "workflow_job.completed",
    "deployment",
    "deployment_status",
    "release.published",
    "repository",
    "team",
    "membership",
    "merge_group",
    "dependabot_alert",
    "code_scanning_alert",
    "secret_scanning_alert",
)
"""What the demo's webhook asks for: the ends of builds instead of every step of theirs keeps the history small."""


@dataclass(frozen=True, slots=True)
class DemoHistory:
    """Ninety days of a company."""

    end: datetime
    """The story's present: the last working day, 09:00 at headquarters."""
    start: datetime
    deliveries: Sequence[RawEvent]
    """Webhooks and CDEvents in the order of time, then pages of the tools' APIs; ready to append."""
    setup: str
    """Text of `fairlead.toml`."""
    calendars: Mapping[str, str]
    """Name of a file without its ending -> absences, days off and times on call, as iCalendar files."""
    secret: str
    """Secret by which the webhooks are signed."""
    signing_token: str
    """The same, as GitLab's hooks have it."""
    fake: FakeGitHub
    """The same history behind GitHub's API."""
    jira: FakeJira
    """What of it lies in Jira, behind that one's API."""
    duty: FakePagerDuty
    """What of it lies in PagerDuty."""
    dock: FakeGitLab
    """What of it lies in GitLab."""
    story_facts: Sequence[StoryFact]
    """What a true brief must say."""


def build(as_of: datetime, seed: int = 7) -> DemoHistory:
    """Plays the story that ends at the last working day 09:00 before `as_of`; the same input gives the same bytes."""
    clock = StoryClock(story_end(as_of))
    fake = FakeGitHub(ORG, secret=SECRET, seed=seed, slim=True, wants=only(SUBSCRIBED))
    found_company(fake, clock.start)
    agenda, told = Agenda(clock.stop), CdEvents()
    director = Director(fake, clock, agenda, seed, SECRET)
    plan_days(director)
    plan_voyages(director)
    plan_sprints(director)
    for plot in (waiting, production, harbour, tickets, standing, terminals):
        plot.begin(director)
    gateway.begin(director, told)
    agenda.run()
    tracker, pager, dock, span = director.tracker, director.pager, director.dock, (clock.start, clock.end)
    raw = webhooks(GITHUB, "github", fake.hook.sent) + [_cdevent(event) for event in told.sent]
    raw += tracker.deliveries() + pager.deliveries() + dock.deliveries() + director.lab.handed_in
    raw.sort(key=lambda event: event.received_at)
    raw += api_pages(fake, clock.end) + dock.pages(clock.end)
    raw += tracker.pages(span) + pager.pages(span) + Gauges(clock, pager).pages()
    return DemoHistory(
        clock.end,
        clock.start,
        raw,
        setup_text(clock, tracker, pager),
        calendars(clock),
        SECRET,
        dock.fake.secret,
        fake,
        tracker.jira,
        pager.duty,
        dock.fake,
        tuple(director.facts.told),
    )


def _cdevent(event: Told) -> RawEvent:
    return RawEvent(SOURCE, "cdevents", event.type, event.id, event.body, event.at, event.headers, "local")
