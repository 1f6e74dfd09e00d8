"""What a team states about itself: teams, people, what counts. Plain values that every room may read.

`config` makes these from `fairlead.toml` (unknown keys are refused there); nothing here reads a file. An empty
setup works: each section has a default that suits most teams.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec


# unknown fields are refused: a misspelt key would leave the default in force without a word
class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the configuration."""


DeploymentSource = Literal["deployment", "workflow", "release", "tag", "merge", "cdevents", "records"]


class Organisation(Section, frozen=True):
    """`[organisation]`: defaults for all teams."""

    name: str = ""
    """Shown name."""
    time_zone: str = "UTC"
    """IANA zone, like `Europe/Berlin`."""
    language: Literal["en", "de"] = "en"
    """Language of reports and pages, where nobody asks for another."""
    calendar: str = "default"
    """Key of the calendar that holds for all without one."""


class TeamSetup(Section, frozen=True):
    """`[teams.<key>]`: the team's id is `team:<key>`."""

    name: str = ""
    """Shown name; without it the key."""
    members: tuple[str, ...] = ()
    """Keys of `[people]`, account ids, handles or e-mail addresses."""
    repositories: tuple[str, ...] = ()
    """Repository ids or globs of them, like `github:acme/pay*`."""
    services: tuple[str, ...] = ()
    """Keys of `[services]` that it owns."""
    parent: str = ""
    """Key of the team above."""
    time_zone: str = ""
    """IANA zone; without it the organisation's."""
    calendar: str = ""
    """Key of its calendar; without it the organisation's."""
    lead: str = ""
    """Key of `[people]` whom the brief names for decisions."""


class PersonSetup(Section, frozen=True):
    """`[people.<key>]`: the person's id is `person:<key>`."""

    name: str = ""
    """Name as the person writes it."""
    email: str = ""
    """Preferred address."""
    accounts: tuple[str, ...] = ()
    """Account ids like `github:@kim`, or e-mail addresses."""
    kind: Literal["human", "bot", "coding_agent", "review_agent"] = "human"
    """`human`, `bot`, `coding_agent` or `review_agent`."""
    time_zone: str = ""
    """IANA zone; without it the team's."""
    calendar: str = ""
    """Key of the calendar; without it the team's."""


class CalendarSetup(Section, frozen=True):
    """`[calendars.<key>]`: working hours and holidays; the key `default` holds for everybody else."""

    hours: str = "Mon-Fri 09:00-17:00"
    """Working hours; several parts separated by commas."""
    time_zone: str = ""
    """IANA zone; without it that of the team or person."""
    holidays: tuple[str, ...] = ()
    """`2026-12-25 Christmas Day`: ISO date and an optional name."""


class Deployments(Section, frozen=True):
    """`[deployments]`: what counts as a deployment; empty `sources` means: decided by the data seen."""

    sources: tuple[DeploymentSource, ...] = ()
    """What to take deployments from; the first that a repository has wins."""
    workflows: tuple[str, ...] = ("*deploy*", "*release to *", "*rollout*")
    """Globs of workflow names or paths (source `workflow`), lower case."""
    jobs: tuple[str, ...] = ()
    """Globs of job names (source `workflow`); without any the whole run counts."""
    # versions with or without their `v`; other tags mark anything
    tags: tuple[str, ...] = ("v[0-9]*", "[0-9]*.[0-9]*")
    """Globs of tags (source `tag`)."""
    branches: tuple[str, ...] = ()
    """Branches to which a merge deploys (source `merge`); empty means the default branch."""
    prereleases: bool = False
    """Whether prereleases count (source `release`)."""


class Environments(Section, frozen=True):
    """`[environments]`: which names mean production."""

    production: tuple[str, ...] = ("prod", "prod-*", "prod_*", "production", "production-*", "production *", "live")
    """Globs of names that mean production, lower case."""
    # they win, for `prod-test` fits both lists and is a test
    not_production: tuple[str, ...] = ("*preview*", "*staging*", "*test*", "*dev*", "*qa*", "github-pages")
    """Globs of names that never mean production; they win."""


class ServiceSetup(Section, frozen=True):
    """`[services.<key>]`: the service's id is `service:<key>`."""

    name: str = ""
    """Shown name; without it the key."""
    repository: str = ""
    """Id of the repository that builds it."""
    paths: tuple[str, ...] = ()
    """Globs of its files in the repository; empty means the whole repository."""
    environments: tuple[str, ...] = ()
    """Globs of deployment environments, tasks or descriptions that mean this service, like `production-api`."""
    team: str = ""
    """Key of the team that owns it."""
    criticality: Literal["critical", "high", "medium", "low"] = "medium"
    """`critical`, `high`, `medium` or `low`."""


class Incidents(Section, frozen=True):
    """`[incidents]`: which issues are incidents beside records of incident tools."""

    labels: tuple[str, ...] = ("incident", "outage", "incident:*", "sev*")
    """Globs of labels that make an issue an incident."""
    types: tuple[str, ...] = ("incident", "outage")
    """Types that make an issue an incident."""
    sources: tuple[str, ...] = ()
    """Sources whose incidents count; empty means all."""
    attribution_threshold: float = 0.5
    """Score from which an incident is taken to be caused by a deployment, 0 to 1."""
    attribution_hours: float = 72.0
    """How long after its finish a deployment can still be suspected."""
    customer_labels: tuple[str, ...] = (
        "customer*",
        "*reported by customer*",
        "*customer-reported*",
        "*from-support*",
    )
    """Globs of labels that say that a customer noticed it first, lower case."""
    cause_labels: tuple[str, ...] = ("cause:*", "root-cause:*", "rootcause:*")
    """Globs of labels that name a cause, lower case; two incidents with the same one have the same cause."""
    recurrence_threshold: float = 0.6
    """Score from which an incident is taken for a recurrence of an earlier one, 0 to 1."""
    recurrence_days: int = 90
    """How far back an earlier incident is looked for."""


class OnCall(Section, frozen=True):
    """`[oncall]`: how the load of being on call is counted."""

    night: str = "22:00-07:00"
    """Hours of the team's zone in which a page wakes somebody."""
    page_minutes: int = 10
    """Notifications of one person about one incident within so many minutes of each other are one page."""


class SloSetup(Section, frozen=True):
    """`[slos.<key>]`: a service level objective; its id is `slo:<key>`."""

    name: str = ""
    """Shown name; without it the key."""
    service: str = ""
    """Key of the service that it is about."""
    objective: float = 0.0
    """Share of good events or time that is promised, like 0.999."""
    window_days: float = 30.0
    """Length of the rolling window in days."""
    source: str = ""
    """Source of the tool `prometheus` that measures it; empty: records of `slo_windows` do."""
    # a counter's growth within one step: the samples then add up to any window without asking again
    good: str = ""
    """PromQL that gives the good events of one step; `$step` stands for its length, like `5m`."""
    total: str = ""
    """PromQL that gives all events of one step, beside `good`."""
    error_ratio: str = ""
    """PromQL that gives the share of errors in one step, in place of `good` and `total`; time is counted then."""
    step_minutes: int = 5
    """Length of a step; alerts on short windows need five minutes or less."""

    @property
    def indicator(self) -> str:
        """What is measured, in one line; empty where records say it."""
        return self.error_ratio or " / ".join(filter(None, (self.good, self.total)))


class Hotfix(Section, frozen=True):
    """`[hotfix]`: which changes repair production."""

    labels: tuple[str, ...] = ("hotfix",)
    """Globs of labels."""
    branches: tuple[str, ...] = ("hotfix/*", "hotfix-*")
    """Globs of branches."""
    titles: tuple[str, ...] = ("hotfix*", "fix forward*")
    """Globs of titles, lower case."""


class Rollback(Section, frozen=True):
    """`[rollback]`: which deployments and changes take something back, beside what lineage shows."""

    tasks: tuple[str, ...] = ("*rollback*",)
    """Globs of deployment tasks and descriptions."""
    titles: tuple[str, ...] = ('revert "*', "revert:*")
    """Globs of titles of changes, lower case."""


class IdentityRules(Section, frozen=True):
    """`[identity]`: who is no human, beside the known accounts and `[bot]` names. Globs of handles."""

    bots: tuple[str, ...] = ()
    """Automation without judgement of its own."""
    coding_agents: tuple[str, ...] = ()
    """Agents that write code."""
    review_agents: tuple[str, ...] = ()
    """Agents that review; they never satisfy a review by a human."""
    humans: tuple[str, ...] = ()
    """Handles that look like bots and are people."""
    agent_trailers: tuple[str, ...] = ()
    """Further commit trailers that mark agent-authored work, like `Assisted-by: *`."""


class Thresholds(Section, frozen=True):
    """`[thresholds]`: when the brief speaks; hours are working hours of the team."""

    first_review_hours: float = 8.0
    """Waiting for a first review this long is worth a word."""
    stale_change_hours: float = 24.0
    """No step at all for this long."""
    approved_unmerged_hours: float = 4.0
    """Approved and still open."""
    conflict_hours: float = 8.0
    """In conflict with its base."""
    large_change_lines: int = 500
    """Lines from which a change is called large."""
    review_load: int = 5
    """Open reviews of one person from which it is called too many."""
    red_main_minutes: int = 30
    """Minutes after which a red main branch is named."""
    minimum_n: int = 5
    """Figures made from fewer rows say that there is too little data."""
    source_silent_hours: float = 24.0
    """A source that says nothing for so long is named."""
    security_alert_severity: Literal["critical", "high", "medium", "low"] = "high"
    """Open security alerts from this severity on are named; leaked secrets always are."""


class Reviewers(Section, frozen=True):
    """`[reviewers]`: weights of the parts of the reviewer score; `spread` is the share for spreading knowledge."""

    ownership: float = 0.35
    """Weight of code ownership."""
    expertise: float = 0.3
    """Weight of recent work on the same files."""
    load: float = 0.2
    """Weight of having few open reviews."""
    zone: float = 0.15
    """Weight of working at this hour."""
    at_most: int = 2
    """Reviewers suggested at most."""
    spread: float = 0.0
    """Share of suggestions that go to people who know the files a little."""


class Gates(Section, frozen=True):
    """`[gates]`: what a change has to show before it is merged; policies decide what follows where it does not."""

    documented: tuple[str, ...] = ()
    """Globs of files whose change asks for documentation, like `api/**`; empty: none does."""
    documents: tuple[str, ...] = ("docs/**", "**/docs/**", "*.md", "**/*.md")
    """Globs of files that are documentation."""
    coverage_drop: float = 0.01
    """Share of lines by which coverage may fall below that of the branch it goes to."""
    slower: float = 0.5
    """Share by which its tests may take longer than is usual on the branch it goes to."""


class Work(Section, frozen=True):
    """`[work]`: how the flow of work items and sprints is counted. Globs of status names."""

    waiting: tuple[str, ...] = ("*waiting*", "*on hold*", "*blocked*", "*paused*", "ready for *")
    """Statuses in which nobody works on an item; time in them is a pause."""
    sprint_grace_minutes: float = 0.0
    """What is added to a sprint so soon after its start still counts as committed."""


class Planning(Section, frozen=True):
    """`[planning]`: how plans from the store are made."""

    focus: float = 0.8
    """Share of working hours that goes into planned work."""
    hours_per_point: float = 0.0
    """Hours of work of a point; 0: from what the team's own hours have brought."""
    review_share: float = 0.15
    """Work of somebody else for each hour of work; 0: nothing is reviewed."""
    expertise: float = 0.5
    """Weight of skill when somebody is found for a task."""
    capacity: float = 0.3
    """Weight of having time."""
    continuity: float = 0.2
    """Weight of having worked on the same epic or repository lately."""
    routing: dict[str, str] = {}
    """Type of work -> skill that it takes, like `bug = "api"`."""


# no limits within: msgspec 0.22 loses its memory over a limited number beside a tuple
Agreed = float | tuple[float, float]
"""A share, or the least and the most of one."""
Kind = Literal["roadmap", "defect", "debt", "toil", "support", "compliance"]
_KIND_OF: dict[str, Kind] = {
    "feature": "roadmap", "bug": "defect", "tech_debt": "debt", "toil": "toil", "incident": "support",
}  # fmt: skip


_AGREED: dict[Kind, Agreed] = {"debt": (0.15, 0.25)}


class Balance(Section, frozen=True):
    """`[balance]`: which share of a team's work is agreed for which kind of it."""

    shares: dict[Kind, Agreed] = {}
    """Kind -> share of the work, like `0.6`, or the least and the most; of debt `[0.15, 0.25]` unless it is said."""
    quarters: dict[str, dict[Kind, Agreed]] = {}
    """The same for a quarter alone: `[balance.quarters.2026-Q4]`."""
    teams: dict[str, dict[Kind, Agreed]] = {}
    """The same for a team alone, by its key: `[balance.teams.payments]`."""
    labels: dict[str, Kind] = {}
    """Label -> kind of the items that bear it; goes before the type of work."""
    types: dict[str, Kind] = {}
    """Type of work -> kind, where it is another than usual: feature roadmap, bug defect, tech_debt debt, toil toil,
    incident support."""
    by: Literal["days", "points"] = "days"
    """What is counted: working days in progress, or points of what was done."""
    tolerance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    """How far from a single share is still as agreed."""

    def kind(self, work_type: str | None, labels: Iterable[str] = ()) -> str:
        """Kind of an item; empty where nothing tells it."""
        named = next((self.labels[label] for label in sorted(labels) if label in self.labels), "")
        return named or self.types.get(work_type or "", _KIND_OF.get(work_type or "", ""))

    def agreed(self, team: str, quarter: str) -> dict[str, tuple[float, float]]:
        """Kind -> least and most share; what is said of a team goes before a quarter's, and that before the rest."""
        said = {**_AGREED, **self.shares, **self.quarters.get(quarter, {}), **self.teams.get(team, {})}
        spans = {
            kind: share if isinstance(share, tuple) else (share - self.tolerance, share + self.tolerance)
            for kind, share in said.items()
        }
        return {kind: (max(min(span), 0.0), min(max(span), 1.0)) for kind, span in spans.items()}


class Capacity(Section, frozen=True):
    """`[capacity.<key>]`: what a person or agent of `[people]` can and how much of it."""

    skills: dict[str, Annotated[int, msgspec.Meta(ge=1, le=5)]] = {}
    """Skill -> level from 1 to 5; an item whose label is a skill takes it."""
    hours_per_week: float = 0.0
    """Hours of a week where they are fewer than the calendar's; 0: the calendar's."""
    meetings_hours_per_week: float = 0.0
    """Hours of them that meetings take."""
    focus: float = 0.0
    """Share of the rest that goes into planned work; 0: that of `[planning]`."""
    at_once: int = 1
    """Sessions of an agent side by side."""
    speed: float = 1.0
    """How much quicker an agent is than somebody of level 3."""
    cost_per_hour: float = 0.0
    """Money for an hour of an agent's session."""
    budget: float = 0.0
    """Money that an agent may cost in one plan; 0: as much as it takes."""
    rate: tuple[str, ...] = ()
    """How much an agent may work in windows that roll, like `["5h per 24h", "900 requests per 7d"]`."""
    requests_per_hour: float = 0.0
    """Requests that an hour of an agent's session takes."""


class Privacy(Section, frozen=True):
    """`[privacy]`."""

    minimum_group: int = 5
    """Figures about people of smaller groups are suppressed."""


class Setup(Section, frozen=True):
    """Everything that a team states about itself."""

    organisation: Organisation = Organisation()
    # a plain default is safe: msgspec gives each struct a copy of its own
    teams: dict[str, TeamSetup] = {}
    people: dict[str, PersonSetup] = {}
    calendars: dict[str, CalendarSetup] = {}
    deployments: Deployments = Deployments()
    environments: Environments = Environments()
    services: dict[str, ServiceSetup] = {}
    incidents: Incidents = Incidents()
    oncall: OnCall = OnCall()
    slos: dict[str, SloSetup] = {}
    hotfix: Hotfix = Hotfix()
    rollback: Rollback = Rollback()
    identity: IdentityRules = IdentityRules()
    thresholds: Thresholds = Thresholds()
    reviewers: Reviewers = Reviewers()
    work: Work = Work()
    gates: Gates = Gates()
    planning: Planning = Planning()
    capacity: dict[str, Capacity] = {}
    balance: Balance = Balance()
    privacy: Privacy = Privacy()
