"""A rule over the past as an answer: in numbers for programs, in a few lines and a chart of bars for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fairlead.model.errors import Abort
from fairlead.model.times import iso
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.signals.backtesting import Backtest, backtest, with_value
from fairlead.signals.rules import Rule
from fairlead.signals.templates import worded
from fairlead.wiring.services import Services

LONGEST_DAYS = 730
_SHOWN = ("subject", "team", "severity", "since", "until", "title")


def past_of(services: Services, rule: Rule, days: str, changed: str = "") -> dict[str, Any]:
    """How a rule would have fired in so many days, with another value if one is given."""
    if not days.isdigit() or not 1 <= int(days) <= LONGEST_DAYS:
        raise Abort(f"`{plain(days)}` is no number of days", hint=f"say 1 to {LONGEST_DAYS}")
    tried = with_value(rule, changed) if changed else rule
    return _said(rule, backtest(services.warehouse, tried, services.clock.now(), int(days)), services, changed)


def _said(rule: Rule, found: Backtest, services: Services, changed: str) -> dict[str, Any]:
    end = services.clock.now().date()
    by_day = {(end - timedelta(days=ago)).isoformat(): 0 for ago in range(found.days, -1, -1)}
    return {
        "rule": rule.id, "with": changed, "days": found.days, "every_s": found.every_s, "a_day": found.a_day,
        "fired": {**by_day, **found.fired}, "by_team": found.by_team, "teams": found.teams,
        "stretches": len(found.stretches),
        "healed": found.healed, "open_s": found.open_s, "as_now": list(found.as_now),
        "found": [
            {
                "subject": one.subject, "team": one.team.removeprefix("team:"), "severity": one.severity,
                "since": iso(one.since), "until": iso(one.until) if one.until else None, "title": plain(one.title),
            }
            for one in found.stretches
        ],
    }  # fmt: skip


def in_lines(told: Mapping[str, Any], width: int, *, colour: bool) -> str:
    """The same for a terminal."""
    fired = list(told["fired"].values())
    ended = f", for {worded(told['open_s'], 'length')} at the median" if told["open_s"] else ""
    changed = f" with {told['with']}" if told["with"] else ""
    lines = [
        f"{told['rule']}{changed}: fired {sum(fired)} times in {told['days']} days, {told['a_day']:.2f} a day",
        f"held of {told['stretches']}, {told['healed']} of them were over by themselves{ended}",
        f"looked every {worded(told['every_s'], 'length')}: what held for less may be missing",
    ]
    if told["as_now"]:
        lines.append(f"as they are now, since nobody knows how they were: {', '.join(told['as_now'])}")
    if teams := told["teams"]:
        lines.append(", ".join(f"{team.removeprefix('team:') or 'no team'} {count}" for team, count in teams.items()))
    rows = [{name: one[name] or "" for name in _SHOWN} for one in told["found"]]
    table = render.rows(_SHOWN, rows, cut=False, width=width, colour=colour)
    return "\n".join([*lines, "", _bars(fired), "", table])


def _bars(counts: list[int]) -> str:
    """A sign for each day."""
    highest = max(counts) or 1
    return "".join(" ▁▂▃▄▅▆▇█"[-(-8 * count // highest)] for count in counts)
