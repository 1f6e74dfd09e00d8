"""Words of `fairlead config plan`: what was compared, and what applying it would do, a line a thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fairlead.config.changes import Change
from fairlead.model.counting import counted
from fairlead.model.times import iso
from fairlead.reports.figure_words import quantity
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording
from fairlead.wiring.plan import Answer, FigurePlan, Plan, SourcePlan

_LONGEST = 300
"""Signs of a value that a line shows; `--json` gives all."""


def lines(plan: Plan) -> Iterator[str]:
    """The plan as text."""
    file = plan.file or "the defaults"
    if plan.applied_at:
        yield f"{file} against version {plan.version}, applied {iso(plan.applied_at)[:16].replace('T', ' ')} UTC"
    else:
        yield f"{file}: no configuration was applied yet; compared with the defaults"
    if not (plan.settings or plan.definitions or plan.sources):
        yield "nothing would change"
        return
    yield from _part("settings", [_change(one) for one in plan.settings])
    yield from _part("figures of your own", [line for one in plan.definitions for line in _definition(one)])
    yield from _part("sources", [_source(one) for one in plan.sources])
    yield from _part("marts", list(_marts(plan)))
    yield from _figures(plan)
    yield from _part("notes", list(plan.notes))


def _part(title: str, said: list[str]) -> Iterator[str]:
    if said:
        yield f"\n{title}"
        yield from (f"  {line}" for line in said)


def _change(change: Change) -> str:
    if change.before is None:
        return f"+ {change.path} = {_value(change.after)}"
    if change.after is None:
        return f"- {change.path} (was {_value(change.before)})"
    return f"~ {change.path}: {_value(change.before)} -> {_value(change.after)}"


def _value(value: Any) -> str:
    # The file's own way of writing: quotes show where a text ends.
    return plain(json.dumps(value, ensure_ascii=False), _LONGEST)


def _definition(change: Change) -> Iterator[str]:
    name, _, key = change.path.partition(".")
    if change.before is None or change.after is None:
        yield f"{'+' if change.before is None else '-'} {name}"
    else:
        yield f"~ {name}, {key}: {_value(change.before)} -> {_value(change.after)}"


def _source(source: SourcePlan) -> str:
    said = {
        "read_again": f"its reader is told something else: {counted(source.raw_events, 'raw event')} read again",
        "new": "new: `fairlead sync` reads it, and figures change by what it brings",
        "no_longer_read": "no longer read; what was read of it stays",
    }
    return f"{source.name}: {said[source.effect]}"


def _marts(plan: Plan) -> Iterator[str]:
    if plan.rebuilds:
        yield "all are made anew"
    elif plan.tables:
        yield "made anew where records change"
    yield from (
        f"{table.name}: " + (f"{table.before} -> {table.after} rows" if table.before != table.after else "other rows")
        for table in plan.tables
    )


def _figures(plan: Plan) -> Iterator[str]:
    if plan.window is None:
        return
    span = f"{iso(plan.window.start)[:10]} to {iso(plan.window.end)[:10]}"
    yield f"\nfigures, {span}"
    if not plan.figures:
        yield "  none says anything else"
    words = Wording("en")
    yield from (f"  {_figure(figure, words)}" for figure in plan.figures)


def _figure(figure: FigurePlan, words: Wording) -> str:
    of = "".join(f", {key} {value.removeprefix(f'{key}:')}" for key, value in figure.segment.items())
    before, after = (_answer(side, figure.unit, words) for side in (figure.before, figure.after))
    return f"{plain(figure.title)}{of}: {before} -> {after}"


def _answer(answer: Answer | None, unit: str, words: Wording) -> str:
    if answer is None:
        return "not there"
    left_out = f", {sum(answer.excluded.values())} left out" if answer.excluded else ""
    value = quantity(answer.value, unit, words) if answer.value is not None else "no value"
    return f"{value} (n {answer.n}{left_out})"
