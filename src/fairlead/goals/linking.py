"""Which work serves which objective, and what probably does although nothing says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fairlead.model.times import naive

if TYPE_CHECKING:
    from fairlead.goals.facts import Goal
    from fairlead.metrics.warehouse import Warehouse

BY_RULE = "rule"
_ENOUGH = 0.2
"""Score below which nothing is suggested: two fifths of the siblings or two thirds of the title reach it alone."""
_SIBLINGS, _LABELS, _WORDS = 0.5, 0.2, 0.3


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of an objective, made into a query by whoever knows the language of rules."""

    objective: str
    select: str
    """Select with a column `id`, of the items for which it holds."""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """An item serves an objective."""

    objective: str
    item: str
    by: str
    """`confirmed`, `epic`, `milestone`, `label` or `rule`: the first of them that holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An item that serves nothing yet, and the objective that it probably serves."""

    item: str
    key: str
    title: str
    url: str
    objective: str
    score: float
    """0 to 1: half of it siblings, a fifth labels, the rest words."""
    siblings: tuple[str, ...] = ()
    """Items under the same epic or parent that serve it."""
    sibling_share: float = 0.0
    """Of the items there, how many."""
    labels: tuple[str, ...] = ()
    """Labels that items share which serve it."""
    words: tuple[str, ...] = ()
    """Words that title and objective share, the rarest first."""


def links(warehouse: Warehouse, goals: Sequence[Goal], rules: Iterable[Rule] = ()) -> list[Link]:
    """What serves these objectives, in the order of objectives and items."""
    wanted = [goal.id for goal in goals]
    if not wanted:
        return []
    rows = warehouse.rows(_LINKS, {"objectives": wanted})
    found = {(row["objective"], row["work_item"]): str(row["linked_by"]) for row in rows if row["serves"]}
    refused = {(row["objective"], row["work_item"]) for row in rows if not row["serves"]}
    for rule in rules:
        if rule.objective not in wanted:
            continue
        for row in warehouse.rows(f"select id from ({rule.select}) held", rule.params):  # noqa: S608 - compiled
            pair = (rule.objective, str(row["id"]))
            if pair not in refused:
                found.setdefault(pair, BY_RULE)
    return [Link(objective, item, by) for (objective, item), by in sorted(found.items())]


def suggestions(
    warehouse: Warehouse, goals: Sequence[Goal], linked: Sequence[Link], since: datetime, *, team: str | None = None,
    most: int = 20,
) -> list[Suggestion]:  # fmt: skip
    """The likeliest for items that serve none of these objectives and were open at or after a moment.

    An item without any hint is not in it: that nothing fits is an answer as well.
    """
    if not goals:
        return []
    rows = warehouse.rows(_SUGGESTED, {
        "linked_objectives": [one.objective for one in linked], "linked_items": [one.item for one in linked],
        "objectives": [goal.id for goal in goals],
        "texts": ["\n".join((goal.title, goal.body, *(result.title for result in goal.results))) for goal in goals],
        "since": naive(since), "team": team, "siblings": _SIBLINGS, "labels": _LABELS, "words": _WORDS,
        "enough": _ENOUGH, "most": most,
    })  # fmt: skip
    return [
        Suggestion(
            item=row["item"], key=row["key"] or row["item"], title=row["title"] or "", url=row["url"] or "",
            objective=row["objective"], score=round(row["score"], 3), siblings=tuple(row["siblings"] or ()),
            sibling_share=row["sibling_share"] or 0.0, labels=tuple(row["labels"] or ()),
            words=tuple(row["words"] or ()),
        )
        for row in rows
    ]  # fmt: skip


_LINKS = "select * from objective_items where objective in (select unnest($objectives))"

# One is as good as several: a plural in English, and one kind of it in German, is cut.
_TOKENS = r"""list_distinct(list_filter(list_transform(
    string_split_regex(lower(coalesce({text}, '')), '[^\p{{L}}]+'),
    lambda word: regexp_replace(word, '([^s])s$', '\1')), lambda word: length(word) > 3))"""
# Words weigh by how rare they are among the items looked at and the objectives, by the usual smooth weight, as in
# scikit-learn's TfidfTransformer: ln((1 + n) / (1 + df)) + 1. It counts how much of a title is said.
_SUGGESTED = f"""
with linked as (select unnest($linked_objectives) as objective, unnest($linked_items) as item),
goals as (select unnest($objectives) as objective, unnest($texts) as text),
live as (
    select c.work_item as item, c.key, w.title, coalesce(c.url, w.url) as url, coalesce(w.epic, w.parent) as above,
        w.labels
    from work_item_cycle_times c join work_items w on w.id = c.work_item
    where w.deleted_at is null and c.category is distinct from 'canceled' and coalesce(c.done_at, $since) >= $since
        and ($team is null or c.work_item in (select work_item from work_item_teams where team = $team))
),
-- what stands above others is served through them
free as (
    select * from live
    where item not in (select item from linked) and item not in (select above from live where above is not null)
),
told as (
    select above, count(*) as n from (
        select id, coalesce(epic, parent) as above from work_items where deleted_at is null
    ) where above in (select above from free) group by above
),
beside as (
    select f.item, l.objective, list(distinct w.id order by w.id) as siblings,
        count(distinct w.id) / max(t.n - 1) as share
    from free f
    join told t on t.above = f.above and t.n > 1
    join work_items w on coalesce(w.epic, w.parent) = f.above and w.deleted_at is null and w.id <> f.item
    join linked l on l.item = w.id
    group by f.item, l.objective
),
label_use as (
    select lower(label) as label, count(*) as n
    from (select unnest(labels) as label from work_items where deleted_at is null)
    group by all
),
goal_labels as (
    -- how much of a label belongs to the objective: one that everything bears says nothing
    select l.objective, lower(w.label) as label, count(*) / max(u.n) as share
    from linked l
    join (select id, unnest(labels) as label from work_items where deleted_at is null) w on w.id = l.item
    join label_use u on u.label = lower(w.label)
    group by l.objective, lower(w.label)
    having count(*) >= 2
),
labelled as (
    select f.item, g.objective, list(distinct g.label order by g.label) as labels, max(g.share) as share
    from (select item, lower(unnest(labels)) as label from free) f join goal_labels g on g.label = f.label
    where g.share >= 0.3
    group by f.item, g.objective
),
texts as (
    select 'goal' as kind, objective as id, {_TOKENS.format(text="text")} as words from goals
    union all
    select 'item', item, {_TOKENS.format(text="title")} from free
),
bag as (select kind, id, unnest(words) as word from texts),
rarity as (
    select word, ln((1.0 + (select count(*) from texts)) / (1.0 + count(*))) + 1.0 as weight from bag group by word
),
weighed as (select b.*, r.weight from bag b join rarity r on r.word = b.word),
norms as (select id, sum(weight) as weight from weighed where kind = 'item' group by id),
alike as (
    select i.id as item, g.id as objective, list(i.word order by i.weight desc, i.word) as words,
        sum(i.weight) / max(t.weight) as said
    from weighed i
    join weighed g on g.word = i.word and g.kind = 'goal'
    join norms t on t.id = i.id
    where i.kind = 'item'
    group by i.id, g.id
    -- one word alone is chance
    having count(*) >= 2
),
pairs as (
    select item, objective from beside union select item, objective from labelled
    union select item, objective from alike
),
scored as (
    select p.item, p.objective, b.siblings, b.share as sibling_share, l.labels, a.words,
        $siblings * coalesce(b.share, 0) + $labels * coalesce(l.share, 0)
            + $words * coalesce(a.said, 0) as score
    from pairs p
    left join beside b on b.item = p.item and b.objective = p.objective
    left join labelled l on l.item = p.item and l.objective = p.objective
    left join alike a on a.item = p.item and a.objective = p.objective
    -- what somebody has refused is not asked again
    where not exists (
        select 1 from objective_items o where not o.serves and o.objective = p.objective and o.work_item = p.item
    )
)
select s.*, f.key, f.title, f.url
from scored s join free f on f.item = s.item
where s.score >= $enough
qualify row_number() over (partition by s.item order by s.score desc, s.objective) = 1
order by s.score desc, s.item
limit $most
"""  # noqa: S608 - no text of anybody's
