-- The ledger of a sprint: what was committed, came, went, was re-estimated, was done and was carried over, by which event.
-- Made from the history of the items alone, so that nothing said after the close changes what it says.
{{ config(materialized='incremental', unique_key='sprint', meta={'dirty': 'dirty_sprints', 'parts_of': 'work_items'}) }}
with sprints as (
    select
        id as sprint, start_at, start_at + {{ var('sprint_grace_minutes', 0) }} * interval '1 minute' as counted_at,
        -- One that was opened again still says when it had been closed: only the state tells.
        case when state = 'closed' then coalesce(completed_at, end_at) end as closed_at
    from {{ source('records', 'sprints') }}
    where deleted_at is null and start_at is not null and coalesce(state, 'active') <> 'future' and {{ in_part('id') }}
    {% if is_incremental() %} and id in (select sprint from {{ ref('dirty_sprints') }}) {% endif %}
),

-- Stretches, each until the next one begins: who asks what stood at a moment finds it by the item, where an as-of join
-- would sort all of history for each question. A stretch ends where the next begins, so what is over has been so since
-- the end of the last one that was not.
statuses as (
    select work_item, from_at, category, category_since, since_event, coalesce(category in ('done', 'canceled'), false) as over,
        lead(from_at) over in_order as next_at,
        coalesce(
            max(case when coalesce(category not in ('done', 'canceled'), true) then to_at end)
                over (partition by work_item order by from_at rows unbounded preceding),
            first_value(from_at) over in_order
        ) as over_since
    from {{ ref('work_item_statuses') }}
    where (to_at is null or to_at > from_at)
        and work_item in (
            select work_item from {{ ref('sprint_members') }} where sprint in (select sprint from sprints)
        )
    window in_order as (partition by work_item order by from_at)
),

members as (
    select
        s.*, m.work_item, m.enter_at, m.entered_by,
        m.enter_at <= s.counted_at as at_start,
        case when s.closed_at is null or m.leave_at < s.closed_at then m.leave_at end as leave_at,
        case when s.closed_at is null or m.leave_at < s.closed_at then m.left_by end as left_by
    from sprints s
    join {{ ref('sprint_members') }} m on m.sprint = s.sprint
    where coalesce(m.leave_at > s.counted_at, true) and coalesce(m.enter_at < s.closed_at, true)
        and coalesce(m.leave_at > m.enter_at, true)
),

entering as (
    select m.*, c.over and c.over_since <= m.start_at as was_over
    from members m
    left join statuses c on c.work_item = m.work_item
        and greatest(m.enter_at, m.start_at) >= c.from_at and coalesce(greatest(m.enter_at, m.start_at) < c.next_at, true)
),

-- Finished before the sprint began: no work of this sprint, unless it comes back to life meanwhile.
revived as (
    select e.sprint, e.work_item, e.enter_at, min(c.from_at) as revived_at, min_by(c.since_event, c.from_at) as revived_by
    from entering e
    join statuses c on c.work_item = e.work_item and c.from_at > greatest(e.enter_at, e.start_at)
        and coalesce(c.from_at < e.leave_at, true) and coalesce(c.from_at < e.closed_at, true)
        and not c.over
    where e.was_over
    group by e.sprint, e.work_item, e.enter_at
),

scope as (
    select
        e.sprint, e.work_item, e.start_at, e.counted_at, e.closed_at, e.leave_at, e.left_by,
        e.at_start and not coalesce(e.was_over, false) as committed,
        coalesce(r.revived_at, case when e.at_start then e.start_at else e.enter_at end) as enter_at,
        coalesce(r.revived_by, e.entered_by) as entered_by
    from entering e
    left join revived r on r.sprint = e.sprint and r.work_item = e.work_item and r.enter_at = e.enter_at
    where not coalesce(e.was_over, false) or r.revived_at is not null
),

-- How those ended that stayed to the close, or stand now.
ending as (
    select s.*, c.category, greatest(c.category_since, s.enter_at) as ended_at, c.since_event as ended_by
    from (select *, coalesce(closed_at, cast('9999-01-01' as timestamp)) as seen_at from scope where leave_at is null) s
    left join statuses c on c.work_item = s.work_item and s.seen_at >= c.from_at and coalesce(s.seen_at < c.next_at, true)
),

entries as (
    select sprint, work_item, case when committed then 'committed' else 'added' end as kind, enter_at as moment,
        coalesce(entered_by, work_item) as event, greatest(enter_at, case when committed then counted_at else enter_at end) as points_at,
        1 as turn
    from scope
    union all
    select sprint, work_item, 'removed', leave_at, coalesce(left_by, work_item), leave_at, 4 from scope where leave_at is not null
    union all
    select sprint, work_item, case when category = 'done' then 'completed' else 'removed' end, ended_at,
        coalesce(ended_by, work_item), case when category = 'done' then coalesce(closed_at, seen_at) else ended_at end, 3
    from ending
    where category in ('done', 'canceled')
    union all
    select sprint, work_item, 'carried_over', closed_at, sprint, closed_at, 5
    from ending
    where closed_at is not null and coalesce(category, '') not in ('done', 'canceled')
),

estimates as (
    select work_item, from_at, event, points, lag(points) over in_order as before, lead(from_at) over in_order as next_at
    from {{ ref('work_item_points') }}
    where work_item in (select work_item from scope)
    window in_order as (partition by work_item order by from_at)
),

estimated as (
    select e.*, p.points
    from entries e
    left join estimates p on p.work_item = e.work_item and e.points_at >= p.from_at and coalesce(e.points_at < p.next_at, true)
),

ledger as (
    select sprint, work_item, kind, moment, event,
        case when kind not in ('committed', 'added') then points end as points_before,
        case when kind <> 'removed' then points end as points_after, turn
    from estimated
    union all
    select s.sprint, s.work_item, 're_estimated', p.from_at, p.event, p.before, p.points, 2
    from scope s
    join estimates p on p.work_item = s.work_item
        and p.from_at > greatest(s.enter_at, case when s.committed then s.counted_at else s.enter_at end)
        and coalesce(p.from_at < s.leave_at, true) and coalesce(p.from_at <= s.closed_at, true)
    where p.event is not null and p.before is distinct from p.points
)

select
    sprint, work_item, row_number() over (partition by sprint, work_item order by moment, turn, event) as entry,
    kind, moment as "at", event, points_before, points_after
from ledger
