"""Objectives and key results: how far they are, what is not known, and what people say of them.

Example: fairlead goals --team payments
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fairlead.cli.asking import AsHtml, AsJson, AsMarkdown, By, Language, Team, tell

if TYPE_CHECKING:
    from fairlead.goals.syncing import Checked
    from fairlead.store.decided import Table
    from fairlead.wiring.services import Services

APP = typer.Typer(rich_markup_mode=None, add_completion=False)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Objective = Annotated[str, typer.Argument(help="Its name, number or id, like objective:1.")]
_Title = Annotated[str | None, typer.Option(help="What is to be reached or measured, in a sentence.")]
_Why = Annotated[str | None, typer.Option(help="Why, in more words.")]
_Owner = Annotated[str | None, typer.Option(help="Who answers for it, by person id; else who enters it.")]
_OfTeam = Annotated[str | None, typer.Option("--team", help="Team that answers for it, by key; else everybody.")]
_Quarter = Annotated[str | None, typer.Option(help="When it runs, like 2026-Q4; else this quarter.")]
_Starts = Annotated[str | None, typer.Option(help="First day, like 2026-10-01, in place of the quarter.")]
_Due = Annotated[str | None, typer.Option(help="Last day, like 2026-12-31.")]
_Serves = Annotated[str | None, typer.Option(help="Objective that it serves.")]
_Epics = Annotated[list[str] | None, typer.Option("--epic", help="Id of an epic that serves it; repeat it.")]
_Labels = Annotated[list[str] | None, typer.Option("--label", help="Label whose items serve it; repeat it.")]
_Milestones = Annotated[
    list[str] | None, typer.Option("--milestone", help="Id of a milestone that belongs to it; repeat it.")
]
_Rule = Annotated[str | None, typer.Option(help="Condition in the language of rules: items for which it holds.")]
_Baseline = Annotated[str | None, typer.Option(help="Where it began: a number, or like 36h, 2d, 85%.")]
_Stale = Annotated[int | None, typer.Option("--stale-after", min=0, help="Days until an entry is stale; 0: never.")]


@APP.callback(invoke_without_command=True, epilog="Example: fairlead goals --quarter 2026-Q4")
def goals(
    context: typer.Context,
    team: Team = "",
    quarter: Annotated[str, typer.Option(help="Those that run in it, like 2026-Q4; else those of now.")] = "",
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """Objectives with their key results: value, target, what would be even by now, status."""
    if context.invoked_subcommand is None:
        _warn()
        tell("goals", {"team": team, "quarter": quarter, "language": language}, json=json, md=md, html=html)


@APP.command(epilog="Example: fairlead goals show quick-refunds")
def show(
    objective: _Objective,
    language: Language = None,
    json: AsJson = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
) -> None:
    """One objective in full: why, whose, and how its values went."""
    _warn()
    tell("goals", {"objective": objective, "language": language}, json=json, md=md, html=html)


@APP.command(epilog="Example: fairlead goals add 'Travellers hear of a delay in time' --team booking")
def add(
    title: Annotated[str, typer.Argument(help="What is to be reached, in a sentence.")],
    why: _Why = None,
    team: _OfTeam = None,
    owner: _Owner = None,
    quarter: _Quarter = None,
    starts: _Starts = None,
    due: _Due = None,
    serves: _Serves = None,
    epics: _Epics = None,
    labels: _Labels = None,
    milestones: _Milestones = None,
    rule: _Rule = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Enter an objective by hand; it runs for this quarter where nothing else is said."""
    said = {"title": title, "body": why, "team": team, "owner": owner, "quarter": quarter, "starts": starts,
            "due": due, "parent": serves, "epics": epics, "labels": labels, "milestones": milestones,
            "rule": rule}  # fmt: skip

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import aiming

        return aiming.add(services, said, who)

    _do("objectives", enter, by, json)


@APP.command(
    epilog="Example: fairlead goals measure 1 'Told an hour before' --baseline 60% --target 95% --unit share"
)
def measure(
    objective: _Objective,
    title: Annotated[str, typer.Argument(help="What is measured, in words.")],
    target: Annotated[str, typer.Option(help="Where it is to go: a number, or like 36h, 2d, 85%.")],
    baseline: _Baseline = None,
    metric: Annotated[str | None, typer.Option(help="A metric that gives its value; `fairlead metrics`.")] = None,
    window: Annotated[str | None, typer.Option(help="Of the metric, like 30d or 4w.")] = None,
    segment: Annotated[list[str] | None, typer.Option(help="Limit of the metric, like service=checkout.")] = None,
    query: Annotated[str | None, typer.Option(help="SQL that gives its value: one row with a column value.")] = None,
    unit: Annotated[str | None, typer.Option(help="Of a value that is no metric's.")] = None,
    due: _Due = None,
    owner: _Owner = None,
    stale_after: _Stale = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Add a key result: of a metric, of a query, or of what people enter."""
    said = {"title": title, "baseline": baseline, "target": target, "metric": metric, "window": window,
            "query": query, "unit": unit, "due": due, "owner": owner, "stale_after_days": stale_after,
            "segment": _pairs(segment)}  # fmt: skip

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import aiming

        return aiming.measure(services, objective, said, who)

    _do("key_results", enter, by, json)


@APP.command(epilog="Example: fairlead goals edit 1 --due 2027-03-31")
def edit(
    what: Annotated[str, typer.Argument(help="An objective, or a key result like 1/1.")],
    title: _Title = None,
    why: _Why = None,
    team: _OfTeam = None,
    owner: _Owner = None,
    quarter: _Quarter = None,
    starts: _Starts = None,
    due: _Due = None,
    serves: _Serves = None,
    epics: _Epics = None,
    labels: _Labels = None,
    milestones: _Milestones = None,
    rule: _Rule = None,
    baseline: _Baseline = None,
    target: Annotated[str | None, typer.Option(help="Of a key result: where it is to go.")] = None,
    stale_after: _Stale = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Change an objective or a key result that was entered by hand: what is not named stays."""
    from fairlead.governance.aiming import is_result

    either = {"title": title, "owner": owner, "due": due}
    of_goal = {"body": why, "team": team, "quarter": quarter, "starts": starts, "parent": serves, "epics": epics,
               "labels": labels, "milestones": milestones, "rule": rule}  # fmt: skip
    of_result = {"baseline": baseline, "target": target, "stale_after_days": stale_after}
    wanted, other = (of_result, of_goal) if is_result(what) else (of_goal, of_result)
    _refuse(what, other)

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import aiming

        call = aiming.adjust if is_result(what) else aiming.change
        return call(services, what, {**either, **wanted}, who)

    _do("key_results" if is_result(what) else "objectives", enter, by, json)


@APP.command("check-in", epilog="Example: fairlead goals check-in month-end/hours 22 --note 'without the bank file'")
def check_in(
    key_result: Annotated[str, typer.Argument(help="Its id, or like month-end/hours.")],
    value: Annotated[str, typer.Argument(help="A number, or like 36h, 2d, 85%.")],
    on: Annotated[str, typer.Option(help="Day for which it holds; else today.")] = "",
    note: Annotated[str, typer.Option(help="What there is to say of it.")] = "",
    confidence: Annotated[
        float | None, typer.Option(min=0, max=1, help="How sure it is that the target will be reached, 0 to 1.")
    ] = None,
    by: By = "",
    json: _Json = False,
) -> None:
    """Enter the value of a key result; another one for the same day takes its place."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import aiming

        return aiming.check_in(services, key_result, value, who, on=on, note=note, confidence=confidence)

    _do("check_ins", enter, by, json)


@APP.command(epilog="Example: fairlead goals link jira:PAY-65 month-end")
def link(
    item: Annotated[str, typer.Argument(help="Id of a work item; an epic stands for all below it.")],
    objective: _Objective,
    refuse: Annotated[bool, typer.Option("--refuse", help="It does not serve it, whatever else says so.")] = False,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    by: By = "",
    json: _Json = False,
) -> None:
    """Say that a work item serves an objective, or that it does not; `fairlead alignment` suggests some."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import aiming

        return aiming.link(services, item, objective, "refused" if refuse else "confirmed", who, reason)

    _do("objective_links", enter, by, json)


@APP.command(epilog="Example: fairlead goals end 1 reached")
def end(
    objective: _Objective,
    state: Annotated[
        Literal["reached", "missed", "dropped", "open"], typer.Argument(help="How it ended; open takes an end back.")
    ],
    by: By = "",
    json: _Json = False,
) -> None:
    """Say how an objective ended: values alone do not tell."""

    def enter(services: Services, who: str) -> str:
        from fairlead.governance import aiming

        return aiming.end(services, objective, state, who)

    _do("objectives", enter, by, json)


@APP.command(epilog="Example: fairlead goals remove 1/1")
def remove(
    what: Annotated[str, typer.Argument(help="An objective, or a key result like 1/1.")],
    by: By = "",
    json: _Json = False,
) -> None:
    """Take back an objective or a key result that was entered by hand; what is over is ended instead."""
    from fairlead.cli import home
    from fairlead.cli.acting import enters
    from fairlead.cli.output import show_json
    from fairlead.governance import aiming

    with home.services() as services:
        if home.server_socket() is None:
            services.apply()
        _state(services)
        record = aiming.remove(services, what, enters(services, by))
        if home.server_socket() is None:
            services.apply()
    if json:
        show_json({"removed": record})
    else:
        typer.echo(f"{record} removed")


@APP.command(epilog="Example: fairlead goals check")
def check(json: _Json = False) -> None:
    """Tell every fault of fairlead.d/goals/ with line and column; exit code 2 if there is one."""
    from fairlead.cli.output import show_json
    from fairlead.model.counting import counted
    from fairlead.model.errors import ConfigFaults

    try:
        done = checked()
    except ConfigFaults as found:
        if not json:
            raise
        show_json({"ok": False, "faults": [_vars(fault) for fault in found.faults]})
        raise typer.Exit(2) from found
    if json:
        warnings = [_vars(one) for one in done.warnings]
        show_json({"ok": True, "objectives": done.objectives, "faults": [], "warnings": warnings})
        return
    for one in done.warnings:
        typer.echo(f"warning: {one}", err=True)
    typer.echo(f"ok: {counted(done.objectives, 'objective')}")


def checked() -> Checked:
    """Raises `ConfigFaults` with what is wrong in the files; people and work are looked up where a home is."""
    from fairlead.cli import home
    from fairlead.wiring.goals_files import check as check_files

    loaded = home.loaded()
    if not (loaded.own_folders("goals") and home.folder().is_dir()):
        return check_files(loaded)
    with home.services() as services:
        return check_files(loaded, services)


@APP.command(epilog="Example: fairlead goals schema > goals.schema.json")
def schema(json: Annotated[bool, typer.Option("--json", help="It always is JSON.")] = True) -> None:  # noqa: ARG001
    """Print the JSON Schema of files of objectives for editors."""
    from fairlead.cli.output import show_json
    from fairlead.goals.written import schema as made

    show_json(made())


@APP.command(epilog="Example: fairlead goals sync")
def sync(json: _Json = False) -> None:
    """Take over what the files state now; exit code 1 if some cannot be read, and stays as it was, or fails."""
    from fairlead.cli import home
    from fairlead.cli.output import show_json
    from fairlead.model.counting import counted
    from fairlead.wiring.goals_files import query_faults
    from fairlead.wiring.goals_files import sync as synced

    with home.services() as services:
        alone = home.server_socket() is None
        if alone:
            services.apply()
        done = synced(services)
        told = [*done.faults, *query_faults(services)]
        # a server reads it by itself, within the second
        if alone:
            services.apply()
    if json:
        faults = [_vars(fault) for fault in told]
        show_json({"stated": done.stated, "gone": done.gone, "faults": faults})
    else:
        lines = [
            *map(str, told),
            *(f"{one} stated" for one in done.stated),
            *(f"{one} gone" for one in done.gone),
        ]
        lines.append(f"{counted(len(done.stated), 'objective')} new or changed, {len(done.gone)} gone")
        typer.echo("\n".join(lines))
    if told:
        raise typer.Exit(1)


def _warn() -> None:
    """What is asked for may not be what the files state now: that is told beside the answer."""
    from fairlead.cli import home

    if home.asks_for_then() or not home.loaded().own_folders("goals"):
        return
    from fairlead.wiring.goals_files import faults

    with home.services() as services:
        for fault in faults(services):
            typer.echo(f"{fault}; the objective stays as it was", err=True)


def _vars(fault: object) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("path", "line", "column", "message")}


def _pairs(said: list[str] | None) -> dict[str, str] | None:
    from fairlead.model.errors import Skip

    found: dict[str, str] = {}
    for one in said or ():
        key, equals, value = one.partition("=")
        if not (equals and value):
            raise Skip(f"not a segment: {one!r:.80}", hint="write it like service=checkout")
        found[key.strip()] = value.strip()
    return found or None


def _refuse(what: str, given: dict[str, Any]) -> None:
    from fairlead.model.errors import Skip

    if wrong := [name for name, value in given.items() if value]:
        raise Skip(f"`{what}` has no `{wrong[0]}`", hint="objectives and key results have fields of their own")


def _do(table: Table, enter: Callable[[Services, str], str], by: str, json: bool) -> None:
    from fairlead.cli.entering import entered
    from fairlead.governance.aiming import told

    lines: dict[str, Callable[[Any], str]] = {
        "objectives": lambda row: f"{row['state']}, {row['title']}",
        "key_results": lambda row: f"{row['title']}, target {row['target']:g}",
        "check_ins": lambda row: f"{row['value']:g} on {row['at'][:10]}",
        "objective_links": lambda row: f"{row['work_item']} {row['state']}",
    }

    def known(services: Services, who: str) -> str:
        _state(services)
        return enter(services, who)

    entered(table, known, told, lines[table], by=by, json=json)


def _state(services: Services) -> None:
    """What stands in a file may be what is spoken of, though nobody has asked for it yet."""
    from fairlead.cli import home
    from fairlead.wiring.goals_files import catch_up

    if home.server_socket() is None and catch_up(services):
        services.apply()
