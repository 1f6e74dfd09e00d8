"""Who waits for whom: what teams owe each other, with the dates agreed, moved, kept and missed, and what is likely.

What is likely comes from the item that a dependency hangs on: the end of its sprint, else how long items of that team
usually take from their start on. Links between items of two teams are suggested until a person confirms them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fairlead.model.times import aware, iso
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Cell, Claim, Document, Empty, Ref, Section, Table
from fairlead.reports.literals import text_literal
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller

KEPT_DAYS = 90
_USUAL_DAYS = 180
_MOST_SUGGESTED = 50
_HELD = """
with usual as (
    select team, quantile_cont(cycle_s, 0.85) as usual_s
    from work_item_cycle_times
    where cycle_s is not null and done_at >= $past and done_at < $now group by team having count(*) >= $least
)
select d.id, d.from_team, d.to_team, d.work_item, d.waiting_item, d.agreed_at, d.due_at, d.delivered_at, d.dates,
    d.url, coalesce(d.title, w.title, d.work_item, d.id) as title, coalesce(w.key, w.id) as key, w.url as item_url,
    w.status_category, c.started_at, c.done_at, s.end_at as sprint_end, s.state as sprint_state, u.usual_s
from team_dependencies d
left join work_items w on w.id = d.work_item
left join work_item_cycle_times c on c.work_item = d.work_item
left join sprints s on s.id = w.sprint and s.deleted_at is null
left join usual u on u.team = d.to_team
where d.deleted_at is null and (d.delivered_at is null or d.delivered_at >= $kept)
    and ($team is null or d.from_team = $team or d.to_team = $team)
order by d.due_at nulls last, d.id
"""
_COLUMNS = ("number", "waits", "gives", "what", "agreed", "expected", "state")
_LINKED = """
with owned as (select work_item, min(team) as team, list(team) as teams from work_item_teams group by work_item)
select l.id, l.from_item as work_item, l.to_item as waiting_item, g.team as to_team, v.team as from_team,
    coalesce(w.key, w.id) as item, coalesce(k.key, k.id) as waiting, w.title, w.url, w.due_at
from work_item_links l
join work_items w on w.id = l.from_item and w.deleted_at is null
join work_items k on k.id = l.to_item and k.deleted_at is null
join owned g on g.work_item = w.id
join owned v on v.work_item = k.id
where l.deleted_at is null and l.kind = 'blocks' and not list_has_any(g.teams, v.teams)
    and w.status_category in ('todo', 'in_progress') and k.status_category in ('todo', 'in_progress')
    and ($team is null or v.team = $team or g.team = $team)
    -- one that somebody has refused is there too, with the moment at which it was
    and not exists (
        select 1 from team_dependencies d where d.work_item = w.id
            and (d.waiting_item = k.id or (d.waiting_item is null and d.from_team = v.team))
    )
order by 1, 2
limit $most
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One that was entered."""

    row: Mapping[str, Any]
    state: str
    """`overdue`, `at_risk`, `agreed` or `open`; of one that was delivered `kept` or `late`."""
    expected: datetime | None
    why: str
    """`sprint`, `usual` or `done`: what tells when it comes."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        names = ("id", "from_team", "to_team", "title", "work_item", "waiting_item")
        times = {
            name: self.row[name] and iso(aware(self.row[name])) for name in ("agreed_at", "due_at", "delivered_at")
        }
        return {
            **{name: self.row[name] for name in names}, **times, "dates": list(self.row["dates"] or ()),
            "state": self.state, "expected_at": self.expected and iso(self.expected), "expected_by": self.why,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Map:
    """All of a scope."""

    held: tuple[Held, ...]
    suggested: tuple[Mapping[str, Any], ...]

    @property
    def open(self) -> list[Held]:
        """What is not delivered."""
        return [one for one in self.held if not one.row["delivered_at"]]

    @property
    def late(self) -> list[Held]:
        """What is overdue, or will likely be."""
        return [one for one in self.open if one.state in ("overdue", "at_risk")]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        suggested = [
            {name: row[name] for name in ("from_team", "to_team", "work_item", "waiting_item", "title")}
            for row in self.suggested
        ]
        return {"dependencies": [one.to_json() for one in self.held], "suggested": suggested}

    def mermaid(self, names: Mapping[str, str]) -> str:
        """A graph: an arrow from each team that waits to the one that delivers."""
        teams = sorted({one.row[end] for one in self.open for end in ("from_team", "to_team") if one.row[end]})
        number = {team: at for at, team in enumerate(teams)}
        lines = ["flowchart LR", *(f'  t{at}["{_harmless(names.get(team, team))}"]' for team, at in number.items())]
        for one in self.open:
            row = one.row
            if row["from_team"] and row["to_team"]:
                due = f", {aware(row['due_at']):%Y-%m-%d}" if row["due_at"] else ""
                arrow = "==>" if one in self.late else "-->"
                said = f'"{_harmless(row["title"])}{due}"'
                lines.append(f"  t{number[row['from_team']]} {arrow}|{said}| t{number[row['to_team']]}")
        return "\n".join(lines) + "\n"


def _harmless(text: str) -> str:
    return "".join(one if one not in ':;,#"<>{}[]%`|()' else " " for one in plain(text)).strip()[:60] or "-"


def load_map(scope: Scope) -> Map:
    """What was entered, with what is likely, and what links suggest."""
    now = scope.now.replace(tzinfo=None)
    words = {
        "now": now, "past": now - timedelta(days=_USUAL_DAYS), "kept": now - timedelta(days=KEPT_DAYS),
        "team": scope.team, "least": max(scope.setup.thresholds.minimum_n, 1),
    }  # fmt: skip
    held = tuple(_judged(scope, row) for row in scope.warehouse.rows(_HELD, words))
    linked = scope.warehouse.rows(_LINKED, {"team": scope.team, "most": _MOST_SUGGESTED})
    return Map(held, tuple(linked))


def _judged(scope: Scope, row: Mapping[str, Any]) -> Held:
    due = row["due_at"] and aware(row["due_at"])
    # a date is kept by the end of its day
    until = due and scope.calendar.day_bounds(scope.calendar.local_day(due))[1]
    if row["delivered_at"]:
        late = until is not None and aware(row["delivered_at"]) >= until
        return Held(row, "late" if late else "kept", None, "")
    expected, why = _expected(scope, row)
    if until is None or not row["agreed_at"]:
        return Held(row, "open", expected, why)
    if scope.now >= until:
        return Held(row, "overdue", expected, why)
    return Held(row, "at_risk" if expected and expected >= until else "agreed", expected, why)


def _expected(scope: Scope, row: Mapping[str, Any]) -> tuple[datetime | None, str]:
    if row["done_at"]:
        return aware(row["done_at"]), "done"
    if row["sprint_end"] and row["sprint_state"] != "closed":
        return max(aware(row["sprint_end"]), scope.now), "sprint"
    if row["started_at"] and row["usual_s"]:
        return max(aware(row["started_at"]) + timedelta(seconds=row["usual_s"]), scope.now), "usual"
    return None, ""


def dependencies(asked: Asked) -> Document:
    """The report."""
    return told_map(asked)[0]


def told_map(asked: Asked) -> tuple[Document, Map]:
    """The report with what it tells of."""
    found = load_map(asked.scope)
    return _told(asked.teller(), found), found


def _told(teller: Teller, found: Map) -> Document:
    words = teller.words
    blocks: dict[str, Sequence[Block]] = {
        "deps_late": [_late(teller, one) for one in found.late],
        "deps_open": list(_open(teller, found)),
        "deps_suggested": [_suggested(teller, row) for row in found.suggested],
        "deps_kept": [_kept(teller, one) for one in found.held if one.row["delivered_at"]],
    }
    sections = [Section(key, words(f"section.{key}"), tuple(said)) for key, said in blocks.items() if said]
    return document(teller, "dependencies", _title(teller, found), sections)


def _title(teller: Teller, found: Map) -> Claim:
    every = [one.row["id"] for one in found.open]
    if not every:
        evidence = proof.of_absence(
            "dependencies", "select id from team_dependencies where deleted_at is null and delivered_at is null"
        )
        return teller.claim("deps.title_none", evidence)
    if late := found.late:
        evidence = proof.of_records("team_dependencies", [one.row["id"] for one in late])
        return teller.claim("deps.title_late", evidence, "act", n=len(late), all=len(every))
    return teller.claim("deps.title", proof.of_records("team_dependencies", every), "ok", n=len(every))


def _open(teller: Teller, found: Map) -> Iterator[Block]:
    if not found.open:
        evidence = proof.of_absence("dependencies", "select id from team_dependencies where deleted_at is null")
        yield Empty(teller.claim("deps.none", evidence))
        return
    words = teller.words
    rows = tuple(
        (
            Cell(one.row["id"].partition(":")[2]), Cell(_team(teller, one.row["from_team"])),
            Cell(_team(teller, one.row["to_team"])),
            Cell(plain(one.row["title"]), one.row["item_url"] or one.row["url"]),
            Cell(_day(teller, one.row["due_at"])), Cell(_day(teller, one.expected)),
            Cell(words(f"deps.state_{one.state}")),
        )
        for one in found.open
    )  # fmt: skip
    columns = tuple(words(f"deps.col_{name}") for name in _COLUMNS)
    evidence = proof.of_records("team_dependencies", [one.row["id"] for one in found.open])
    yield Table(columns, rows, teller.claim("deps.caption", evidence, n=len(found.open)))


def _late(teller: Teller, one: Held) -> Claim:
    said = _facts(teller, one) | {"due": _day(teller, one.row["due_at"])}
    if one.state == "at_risk":
        said["expected"] = _day(teller, one.expected)
    claim = teller.claim(f"deps.{one.state}", _evidence(one), **said)
    tone: Any = "act" if one.state == "overdue" else "watch"
    return replace(claim, tone=tone, refs=_refs(one), reasons=tuple(_reasons(teller, one)))


def _reasons(teller: Teller, one: Held) -> Iterator[Claim]:
    if one.why and one.row["work_item"]:
        evidence = proof.of_records("work_items", [one.row["work_item"]])
        yield teller.claim(f"deps.why_{one.why}", evidence, day=_day(teller, one.expected))
    if one.row["dates"]:
        before = ", ".join(plain(entry.partition(" ")[2]) for entry in one.row["dates"])
        yield teller.claim("deps.moved", _evidence(one), dates=before)


def _suggested(teller: Teller, row: Mapping[str, Any]) -> Claim:
    query = (
        "select id, from_item, to_item, kind from work_item_links where deleted_at is null and kind = 'blocks' "  # noqa: S608 - literals escaped
        f"and from_item = {text_literal(row['work_item'])} and to_item = {text_literal(row['waiting_item'])}"
    )
    told = teller.claim(
        "deps.suggested", proof.of_rows([row["id"]], query),
        waits=_team(teller, row["from_team"]), gives=_team(teller, row["to_team"]), item=plain(row["item"]),
        waiting=plain(row["waiting"]),
    )  # fmt: skip
    return replace(
        told, refs=(Ref(row["work_item"], plain(row["item"]), row["url"]),), title=plain(row["title"] or "")
    )


def _kept(teller: Teller, one: Held) -> Claim:
    said = _facts(teller, one) | {"day": _day(teller, one.row["delivered_at"])}
    if not one.row["due_at"]:
        return replace(teller.claim("deps.kept_undated", _evidence(one), **said), refs=_refs(one))
    claim = teller.claim("deps.kept", _evidence(one), due=_day(teller, one.row["due_at"]), **said)
    return replace(
        claim, tone="ok" if one.state == "kept" else "watch", refs=_refs(one), reasons=tuple(_reasons(teller, one))
    )


def _facts(teller: Teller, one: Held) -> dict[str, Any]:
    row = one.row
    return {
        "waits": _team(teller, row["from_team"]), "gives": _team(teller, row["to_team"]), "what": plain(row["title"])
    }  # fmt: skip


def _refs(one: Held) -> tuple[Ref, ...]:
    return (Ref(one.row["id"], one.row["id"], one.row["item_url"] or one.row["url"]),)


def _evidence(one: Held) -> Any:
    return proof.of_records("team_dependencies", [one.row["id"]])


def _team(teller: Teller, team: str | None) -> str:
    return teller.names.team(team) if team else ""


def _day(teller: Teller, at: datetime | None) -> str:
    return teller.words.date(teller.scope.calendar.local_day(aware(at))) if at else ""
