"""The last section of the brief: what the figures rest on, which sources are silent, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.reports import facts, literals, proof
from fairlead.reports.document import Act, Block, Claim, Notice, Section
from fairlead.reports.facts import SourceState
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sync_words import missed

_MISSING = (
    ("builds", "data.no_builds"),
    ("incidents", "data.no_incidents"),
    ("change_events", "data.no_events"),
)
"""Record tables whose emptiness makes some sentences impossible."""


def freshness(teller: Teller, sources: Sequence[SourceState]) -> str:
    """`GitHub 1 min ago, Jira 4 min ago; PagerDuty silent since Mon 17:40 (!)`."""
    words = teller.words
    said = []
    for source in sources:
        if source.last is None:
            said.append(words("freshness.never", source=source.name))
        elif source.silent:
            said.append(words("freshness.silent_since", source=source.name, since=words.recent(source.last)))
        else:
            said.append(f"{plain(source.name)} {words.ago(source.last)}")
    unread = teller.scope.intake.unread
    # "no source has been read yet" would be a half-truth about a source whose events have come
    told = [", ".join(said)] if said else [] if unread else [words("freshness.none")]
    if unread:
        told.append(words("freshness.unread", n=unread))
    if again := teller.scope.intake.rereading:
        told.append(words("freshness.rereading", sources=", ".join(map(plain, again))))
    if teller.scope.warehouse.rewound:
        told.append(words("freshness.rewound"))
    return "; ".join(told)


def data_section(teller: Teller, sources: Sequence[SourceState]) -> Section:
    """What counts, what is silent, what is missing."""
    blocks: list[Block] = [*_silent(teller, sources), *_bad_syncs(teller), *_held(teller)]
    blocks += [*_counted(teller), *_hotfixes(teller), *_missing(teller)]
    # last and always: every wait in the brief is measured by it
    blocks.append(_working_time(teller))
    return Section("data", teller.words("section.data"), tuple(blocks))


def _silent(teller: Teller, sources: Sequence[SourceState]) -> list[Block]:
    found: list[Block] = []
    for source in sources:
        # a source that has never spoken is told by the line of freshness
        if not source.silent or source.last is None:
            continue
        evidence = proof.of_records("sources", [source.id])
        said = teller.words("data.silent", source=source.name, since=teller.words.recent(source.last))
        act = Act(teller.words("act.bring"), command=f"fairlead sync {plain(source.id)}")
        found.append(Notice("warning", Claim(key="data.silent", text=said, evidence=evidence, tone="watch", act=act)))
    return found


def _bad_syncs(teller: Teller) -> list[Block]:
    return [
        Notice(
            "fault" if bad.result == "failure" else "warning",
            teller.claim(
                f"data.sync_{bad.result}",
                proof.of_records("sync_runs", [bad.id]),
                tone="watch",
                source=bad.source,
                what=short_name(bad.scope),
                at=teller.words.recent(bad.at),
                why="; ".join(missed(teller.words, said) for said in bad.said),
            ),
        )
        for bad in facts.load_bad_syncs(teller.scope)
    ]


def _held(teller: Teller) -> list[Block]:
    """What came and could not be read: whoever trusts a figure must know that something is not in it."""
    held, words = teller.scope.intake.held, teller.words
    if not held:
        return []
    # the source itself may be unknown yet, where nothing of it could be read
    query = f"select * from sources where id in {literals.text_list(sorted(held))}"  # noqa: S608 - literals escaped
    by_source = ", ".join(f"{plain(source)} {words.number(count)}" for source, count in sorted(held.items()))
    said = words("data.held", n=sum(held.values()), sources=by_source)
    evidence = proof.of_rows(sorted(held), query, count=len(teller.scope.warehouse.rows(query)))
    act = Act(words("act.read_again"), command="fairlead replay --quarantined")
    return [Notice("warning", Claim(key="data.held", text=said, evidence=evidence, tone="watch", act=act))]


def _counted(teller: Teller) -> list[Block]:
    """How deployments are known: that decides four of the figures."""
    words = teller.words
    counted = facts.load_counted(teller.scope)
    query = "select repository, kind, why, candidates, chosen from what_counts order by repository, kind"
    if not counted:
        evidence = proof.of_absence("deployments", query)
        act = Act(words("act.check"), command="fairlead doctor")
        return [
            Notice(
                "warning",
                Claim(key="data.no_deployments", text=words("data.no_deployments"), evidence=evidence, act=act),
            )
        ]
    return [
        teller.claim(
            "data.counted",
            proof.of_rows(found.repositories, _counted_query(found)),
            n=len(found.repositories),
            kind=words(f"counted.{found.kind}"),
            # a reason that a newer model brings is shown as it is until it has a phrase
            why=words(f"counted.why.{found.why}") if words.knows(f"counted.why.{found.why}") else found.why,
        )
        for found in counted
    ]


def _hotfixes(teller: Teller) -> list[Block]:
    """How many changes are taken for urgent repairs: each makes the deployment before it a failed one."""
    limit = teller.scope.changes("change")
    query = f"select change from change_fixes where kind = 'hotfix' and {limit} order by change"  # noqa: S608 - escaped
    ids = [row["change"] for row in teller.scope.warehouse.rows(query)]
    return [teller.claim("data.hotfixes", proof.of_rows(ids, query), n=len(ids))] if ids else []


def _counted_query(found: facts.Counted) -> str:
    kind, why = literals.text_literal(found.kind), literals.text_literal(found.why)
    return (
        f"select * from what_counts where chosen and kind = {kind} and why = {why} "  # noqa: S608 - literals escaped
        f"and repository in {literals.text_list(found.repositories)}"
    )


def _missing(teller: Teller) -> list[Block]:
    return [
        teller.claim(key, proof.of_absence(f"records.{table}", f"select * from {table}"))  # noqa: S608 - constants
        for table, key in _MISSING
        if not facts.count_rows(teller.scope, table)
    ]


def _working_time(teller: Teller) -> Claim:
    """By which calendars waits are counted: one, or those of the teams where they differ."""
    scope, words = teller.scope, teller.words
    held = {found.id: found for found in _calendars(scope)}
    query = (
        f"select distinct calendar from setup_team_calendars where calendar in {literals.text_list(held)} "  # noqa: S608
        "order by calendar"
    )
    evidence = proof.of_rows(tuple(sorted(held)), query)
    times = sorted({(words.hours(found.hours), str(found.zone)) for found in held.values()})
    if len(times) == 1:
        return teller.claim("data.working_time", evidence, hours=times[0][0], zone=times[0][1])
    told = ", ".join(words("data.working_hours", hours=hours, zone=zone) for hours, zone in times)
    return teller.claim("data.working_time_teams", evidence, times=told)


def _calendars(scope: Scope) -> list[WorkingCalendar]:
    """Those of the stated teams; the organisation's own holds only where no team is stated."""
    if scope.team or not scope.setup.teams:
        return [scope.calendar]
    return [scope.calendars.of_team(f"team:{key}") for key in scope.setup.teams]
