"""A schedule of a sprint, an epic, a milestone or a plan file: who does what by when, how sure, what does not fit.

Example: fairlead plan --sprint NEXT --team payments
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairlead.cli import home
from fairlead.cli.asking import AsHtml, AsMarkdown, Language, Team, ask
from fairlead.cli.asking import answer as ask_text
from fairlead.cli.charts import drawn_by
from fairlead.cli.output import terminal_words
from fairlead.model.errors import Abort

if TYPE_CHECKING:
    from fairlead.planning.answer import Answer
    from fairlead.planning.whatif import Difference
    from fairlead.reports.document import Document
    from fairlead.reports.plan_words import PlanWords

APP = typer.Typer(rich_markup_mode=None, add_completion=False)
_DRAWS_S = 30.0

Limit = Annotated[float, typer.Option(help="Seconds for the solver; with 0 only the quick plan is made.", min=0)]
Seed = Annotated[int, typer.Option(help="The same seed gives the same draws and the same first plan.")]
WhatIf = Annotated[
    list[str] | None,
    typer.Option(help="absence:kim:2026-10-20..2026-10-24, scope:+FILE, scope:-TASK, end:2026-11-01 or add:agent."),
]
Mermaid = Annotated[bool, typer.Option("--mermaid", help="As a Gantt chart in Mermaid.")]
Gantt = Annotated[Path | None, typer.Option(help="Write the Gantt chart into this SVG file.")]
Ics = Annotated[Path | None, typer.Option(help="Write a calendar with all tasks into this file.")]
Propose = Annotated[bool, typer.Option("--propose", help="Propose it to the tools: assignees, sprint, due days.")]
Rebalance = Annotated[
    bool, typer.Option("--rebalance", help="Of a sprint that runs: few moves by which nobody has too much to do.")
]
Slices = Annotated[bool, typer.Option("--slices", help="An epic or milestone in slices of a sprint each.")]
Load = Annotated[bool, typer.Option("--load", help="Show how busy each is: for you as planner, not to be passed on.")]


@APP.command(epilog="Example: fairlead plan --sprint NEXT --team payments")
def plan(
    file: Annotated[Path | None, typer.Argument(help="A plan file, YAML or JSON, in place of the store.")] = None,
    sprint: Annotated[str, typer.Option(help="NEXT, or id, name or number of a sprint of the store.")] = "",
    epic: Annotated[str, typer.Option(help="Key, id or title of an epic.")] = "",
    milestone: Annotated[str, typer.Option(help="Title or id of a milestone.")] = "",
    team: Team = "",
    time_limit: Limit = 5.0,
    seed: Seed = 1,
    what_if: WhatIf = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON: start times, modes, makespan, bound.")] = False,
    md: AsMarkdown = False,
    html: AsHtml = False,
    mermaid: Mermaid = False,
    gantt: Gantt = None,
    ics: Ics = None,
    load: Load = False,
    propose: Propose = False,
    rebalance: Rebalance = False,
    slices: Slices = False,
    language: Language = None,
) -> None:
    """Schedule tasks on people, agents and what they share; say what decides the end and what does not fit."""
    if json + md + html + mermaid > 1:
        raise Abort("one answer has one form", hint="leave out all but one of --json, --md, --html and --mermaid")
    if file is None:
        named = {"sprint": sprint, "epic": epic, "milestone": milestone, "team": team, "language": language}
        if not any((sprint, epic, milestone)):
            raise Abort("nothing is named to plan", hint="say --sprint NEXT, --epic, --milestone, or a file")
        words = {**named, "what_if": "\n".join(what_if or ()), "load": "*" if load else ""}
        words |= {"time_limit": str(time_limit), "seed": str(seed)}
        if rebalance or slices:
            # how busy each is, is what a planner asks for by asking to balance it
            words |= {"view": "rebalance" if rebalance else "slices", "load": "*" if rebalance else ""}
        if propose:
            from fairlead.cli.proposals import propose as propose_all

            propose_all({**words, "rebalance": "1" if rebalance else ""}, json=json)
            return
        _of_store(words, _form(json, md, html), mermaid, gantt, ics)
        return
    if propose or rebalance or slices:
        raise Abort("a file is in no tool", hint="plan from the store: --sprint, --epic or --milestone")
    if sprint or epic or milestone or team:
        raise Abort("a plan is of a file or of the store", hint="leave out one of them")
    forms = _Forms(_form(json, md, html), mermaid, gantt, ics, load)
    _of_file(file, what_if or [], time_limit, seed, language or "en", forms)


@dataclass(frozen=True, slots=True)
class _Forms:
    """In which forms a plan is asked for."""

    text: str
    mermaid: bool
    gantt: Path | None
    ics: Path | None
    load: bool

    @property
    def others(self) -> bool:
        """Whether anything is asked for beside a text."""
        return bool(self.mermaid or self.gantt or self.ics)


def _of_file(file: Path, what: list[str], time_limit: float, seed: int, language: str, forms: _Forms) -> None:
    from fairlead.cli.watching import waiting
    from fairlead.model.calendar.working import read_zone
    from fairlead.planning.answering import RoundsError, answer
    from fairlead.planning.loading import load
    from fairlead.planning.whatif import Difference, changed
    from fairlead.reports.plan_words import PlanWords

    asked, now = load(file), home.clock().now()
    # judged before anything is solved
    other = changed(asked, what) if what else None
    try:
        with waiting(read_zone(asked.time_zone)):
            found = answer(asked, within_s=time_limit, seed=seed)
            differs = Difference(found, answer(other, within_s=time_limit, seed=seed)) if other else None
    except RoundsError as fault:
        raise fault.at(file) from fault
    shown = differs.after if differs else found
    words = PlanWords(shown, file.name, language, now)
    _other_forms(shown, words, now, forms)
    if forms.text == "json":
        from fairlead.cli.output import show_json

        told = shown.to_json(words.say)
        show_json({"what_if": what, **differs.to_json(), "plan": told} if differs else told)
    elif not forms.others:
        _show(_document(shown, differs, words, what, now, forms.load), forms.text)


def _document(
    shown: Answer, differs: Difference | None, words: PlanWords, what: list[str], now: datetime, load: bool
) -> Document:
    from fairlead.reports.plan import difference_document, plan_document

    name, language = words.name, words.words.language
    if differs:
        return difference_document(differs, what=what, name=name, now=now, language=language, load=load)
    return plan_document(shown, name=name, now=now, language=language, load=load)


def _other_forms(found: Answer, words: PlanWords, now: datetime, forms: _Forms) -> None:
    from fairlead.cli.output import show
    from fairlead.reports import plan_forms

    if forms.mermaid:
        show(plan_forms.mermaid(found))
    if forms.gantt:
        _write(forms.gantt, _drawn(found, words))
    if forms.ics:
        _write(forms.ics, plan_forms.ics(found, now))


def _of_store(words: dict[str, str | None], form: str, mermaid: bool, gantt: Path | None, ics: Path | None) -> None:
    """The same of the store, by the verb that every face asks."""
    from fairlead.cli.watching import waiting

    if mermaid:
        raise typer.Exit(ask("plan", {**words, "form": "mermaid"}))
    if ics:
        _write(ics, ask_text("plan", {**words, "form": "ics"})[0])
    if gantt:
        _write(gantt, drawn_by("plan", words, "gantt"))
    if not (ics or gantt):
        # a server makes its own plans: there is nothing here to wait for, and Ctrl-C ends the command
        with nullcontext() if home.server_socket() else waiting():
            code = ask("plan", {**words, "form": form, **terminal_words()})
        raise typer.Exit(code)


def _form(json: bool, md: bool, html: bool) -> str:
    return "json" if json else "md" if md else "html" if html else "terminal"


def _show(document: Document, form: str) -> None:
    from fairlead.cli.output import show
    from fairlead.reports import render

    if form == "md":
        show(render.markdown(document))
    elif form == "html":
        show(render.html(document, _drawing))
    else:
        words = terminal_words()
        show(render.terminal(document, width=int(words.get("width", 100)), colour=bool(words.get("colour"))))


def _drawn(found: Answer, words: Any) -> str:
    from fairlead.reports.plan import drawn

    picture = _drawing(drawn(found, words))
    if picture is None:
        raise Abort("the chart could not be drawn", hint="try it once more, or take --mermaid")
    return picture


def _drawing(spec: dict[str, Any]) -> str | None:
    from tempfile import TemporaryDirectory

    from fairlead.reports.charts import Charts

    with TemporaryDirectory() as folder:
        charts = Charts(Path(folder))
        try:
            return charts.svg(spec, wait_s=_DRAWS_S)
        finally:
            charts.close()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Abort(f"cannot write {path}: {fault.strerror}", hint="name a file of yours") from fault
    typer.echo(str(path))
