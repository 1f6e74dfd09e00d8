"""The page about rules, made from what it describes: subjects, functions, and every rule with its condition."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.signals import views
from fairlead.signals.language.functions import FUNCTIONS
from fairlead.signals.language.say import say
from fairlead.signals.rules import Rule, read
from fairlead.signals.views import ColumnOf

_HEAD = """# Rules

Made by `fairlead docs docs` from the rules themselves.

```
fairlead rules list                         every rule, with how many subjects it names now
fairlead rules list main-red                the subjects that one rule names
fairlead rules explain RULE SUBJECT         each part of its condition, and what came of it
fairlead rules check                        every fault of every file, with line and column
fairlead rules test                         the examples that rules carry
fairlead rules backtest RULE --days 90      how often it would have fired; --with lines=800 tries another value
fairlead rules schema                       the JSON Schema of files of rules, for editors
fairlead rules import .mergify.yml          rules of actions/stale, Mergify or policy-bot as ours; what is left out
```

A rule is one entry of a YAML file. Ours come with Fairlead; your own stand in `fairlead.d/rules/` beside
`fairlead.toml`, and win by `id`.

```yaml
rules:
  - id: change-waits-for-review
    title: Waits for a review longer than a working day
    subject: change
    owner: team:payments          # who answers for it
    expires: "2027-03-01"         # when somebody must look at it again
    where:                        # all of these; any, all and not nest
      - "turn = 'reviewer'"
      - any: ["biztime_since(turn_since) > 8bh", "hotfix"]
    unless: ["has(labels, 'on-hold')"]
    severity: {high: "biztime_since(turn_since) > 3bd", default: medium}
    urgency: hotfix               # high, low, or when it is high; so does impact; else as the severity says
    impact: low
    mode: active                  # monitor: kept and told to nobody; off
    for: 15m                      # how long it must hold, and no longer hold, before that counts
    clear_for: 10m
    needs: {github: 30m}          # how old the tool's last word may be
    fingerprint: [id, turn]       # what makes it the same signal again; else the subject's id
    group_by: [repository]
    blocker: capacity             # technical, decision, capacity or dependency
    then:
      notify: {to: turn, urgency: today}   # turn, owner, assignee, team, role:manager; now, today, digest
      escalate: reviews
      propose: {kind: comment, subject: "{id}", body: "Waits since {turn_since}."}
    tests:
      - {given: {turn: reviewer, turn_since: "2026-09-18T09:00:00Z"}, now: "2026-09-21T12:00:00Z", expect: open}
```

**Conditions.** `=` `!=` `<` `<=` `>` `>=`, `in (...)`, `like 'glob*'`, `is known`, `is unknown`, `and`, `or`,
`not`, `+ - * /`. Texts stand in single quotes. Lengths of time: `30m` `4h` `2d` `1w` of the calendar, `8bh` `3bd`
of working time by the calendar of the team concerned (a working day is eight hours); the two cannot be compared.
`20%` is 0.2. Types are checked when a file is read.

**Limits and habits.** `thresholds.first_review_hours` and its like are those of `[thresholds]`: the brief and the
rules have one number. `p85(cycle_time, floor 5d)` is a percentile of what the team concerned has had, but never less
than the floor, which also holds where there is too little history. Examples are judged with our own limits, and may
name others.

**What is wrong** is told in one round, at the value that is wrong, with what was probably meant. A rule that
cannot be read is off; where it would have replaced one of ours, ours holds. A wrong example, or a chain that does
not exist, is told and leaves the rule on; a source that is not set up, an owner whom nobody knows and a day that
has passed are warnings. `rules check` ends with exit code 2 for faults and 0 for warnings alone; `--json` has
path, line, column, rule and weight of each. `severity: high` is short for `severity: {default: high}`. A column of
few words takes no other.

**The past.** A backtest asks histories: whose turn it was, statuses, blocks, the ledgers of sprints, incidents,
builds, deployments, samples of budgets, agreed dates; teams, repositories and workflows are asked day by day. It
says which columns it read as they are now. Of risks and of the silence of sources no past is kept, nor of who
waited for whom in a chain, and it says so. The page of a rule draws it.

**What waits.** Objectives are milestones and epics here: key results come with goals.

**Filters.** `fairlead notices prefer --where "severity in ('high', 'critical')"` leaves out what a person does not
want to hear of, in the same language: `severity`, `rule`, `team`, `title`, `subject`, `kind`, `urgency`, `to`,
`level`, `at`.

**Three answers.** What a condition needs and nobody knows makes it *unknown*, which is told apart from *no*: a
change without a size is not small. An exception (`unless`) that is unknown leaves the whole unknown as well. `is
known` asks for it.

**No SQL.** A condition is compiled to one SELECT; names come from the tables below and values travel as parameters,
so that a rule can neither read elsewhere nor run for ever.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *_functions(), *_subjects(), *_rules()])


def _functions() -> Iterator[str]:
    yield from ("## Functions", "", "| function | gives | |", "|---|---|---|")
    for name, one in FUNCTIONS.items():
        yield f"| `{name}({', '.join(one.takes)}{', ...' if one.many else ''})` | {one.gives} | {one.doc} |"
    yield ""


def _subjects() -> Iterator[str]:
    yield from ("## Subjects", "")
    for subject in views.shipped().values():
        yield from (f"### {subject.name}", "", subject.doc, "", "| column | kind | |", "|---|---|---|")
        yield from (f"| `{column.name}` | {column.kind} | {_meaning(column)} |" for column in subject.columns)
        yield ""


def _meaning(column: ColumnOf) -> str:
    words = ", ".join(f"`{word}`" for word in column.words)
    return f"{column.doc} One of {words}." if words else column.doc


def _rules() -> Iterator[str]:
    yield from ("## Rules that come with Fairlead", "")
    for rule in read()[0].values():
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield from (f"### {rule.id}", "", f"{rule.title}. About a `{rule.subject.name}`.", "")
    yield from ("```", say(rule.condition), "```", "")
    grave = [f"{name} where `{say(node)}`" for name, node in rule.severities]
    yield from (
        f"Severity: {', else '.join([*grave, rule.written.severity.default])}. Examples: {len(rule.written.tests)}.",
        "",
    )
