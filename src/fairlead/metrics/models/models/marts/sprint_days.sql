-- Burndown and burn-up: scope, done and remaining at the start, at the end of each working day and at the close.
{{ config(materialized='incremental', unique_key='sprint', meta={'dirty': 'dirty_sprints', 'parts_of': 'work_items'}) }}
with sprints as (
    select r.sprint, r.start_at, r.closed_at, coalesce(r.closed_at, r.end_at, r.start_at + interval '14 days') as stop_at,
        coalesce(c.calendar, d.calendar) as calendar, coalesce(c.zone, d.zone) as zone
    from {{ ref('sprint_results') }} r
    left join {{ source('setup', 'setup_team_calendars') }} c on c.team = r.team
    left join {{ source('setup', 'setup_team_calendars') }} d on d.team = ''
    where {{ in_part('r.sprint') }}
    {% if is_incremental() %} and r.sprint in (select sprint from {{ ref('dirty_sprints') }}) {% endif %}
),

slots as (
    select calendar, from_at, end_at,
        -- Working hours are cut at midnight in UTC; the two pieces of a day in Honolulu belong together.
        case when lag(end_at) over in_order = from_at
                and end_at - lag(from_at) over in_order <= interval '18 hours' then 0 else 1 end as begins
    from {{ source('setup', 'working_slots') }}
    where end_at > from_at and calendar in (select calendar from sprints)
    window in_order as (partition by calendar order by from_at)
),

stretches as (
    select calendar, min(from_at) as from_at, max(end_at) as end_at
    from (select *, sum(begins) over (partition by calendar order by from_at rows unbounded preceding) as number from slots) n
    group by calendar, number
),

-- The day as its people call it: by UTC, noon in Auckland is the day before in one half of the year, and a Saturday
-- and a Sunday at work became one day where the clocks change between them.
middles as (
    select s.calendar, s.from_at, s.end_at, z.zone, s.from_at + (s.end_at - s.from_at) / 2 as middle
    from stretches s
    join (select distinct calendar, zone from sprints) z on z.calendar = s.calendar
),

working_days as (
    select m.calendar, cast(m.middle + coalesce(o.offset_s, 0) * interval '1 second' as date) as day,
        min(m.from_at) as from_at, max(m.end_at) as end_at
    from middles m
    left join {{ source('setup', 'zone_offsets') }} o on o.zone = m.zone and o.from_at <= m.middle and m.middle < o.to_at
    group by m.calendar, cast(m.middle + coalesce(o.offset_s, 0) * interval '1 second' as date)
),

moments as (
    select s.sprint, cast(s.start_at + coalesce(o.offset_s, 0) * interval '1 second' as date) as day, 0 as working_day,
        s.start_at as moment
    from sprints s
    left join {{ source('setup', 'zone_offsets') }} o
        on o.zone = s.zone and o.from_at <= s.start_at and s.start_at < o.to_at
    union all
    select s.sprint, w.day, row_number() over in_order,
        -- The last row is how it ended, also where that was in the evening or on a Sunday.
        case when lead(w.day) over in_order is null then coalesce(s.closed_at, w.end_at) else w.end_at end
    from sprints s
    join working_days w on w.calendar = s.calendar and w.end_at > s.start_at and w.from_at < s.stop_at
    window in_order as (partition by s.sprint order by w.end_at)
),

scope as (
    select sprint, work_item, enter_at, case when next_kind = 'removed' then next_at end as leave_at
    from (
        select sprint, work_item, kind, "at" as enter_at, lead(kind) over in_order as next_kind, lead("at") over in_order as next_at
        from {{ ref('sprint_scope') }}
        where kind in ('committed', 'added', 'removed') and sprint in (select sprint from sprints)
        window in_order as (partition by sprint, work_item order by entry)
    ) entered
    where kind <> 'removed'
),

-- Each until the next one begins: found by the item, where an as-of join would sort every item of every day.
statuses as (
    select work_item, from_at, category, lead(from_at) over (partition by work_item order by from_at) as next_at
    from {{ ref('work_item_statuses') }}
    where (to_at is null or to_at > from_at) and work_item in (select work_item from scope)
),

points as (
    select work_item, from_at, points, lead(from_at) over (partition by work_item order by from_at) as next_at
    from {{ ref('work_item_points') }} where work_item in (select work_item from scope)
),

held as (
    select m.sprint, m.working_day, s.work_item, m.moment
    from moments m
    join scope s on s.sprint = m.sprint and s.enter_at <= m.moment and coalesce(s.leave_at > m.moment, true)
),

stood as (
    select h.*, c.category
    from held h
    left join statuses c on c.work_item = h.work_item and h.moment >= c.from_at and coalesce(h.moment < c.next_at, true)
),

sums as (
    select
        k.sprint, k.working_day, count(*) as scope_items, sum(p.points) as scope_points,
        count(case when k.category = 'done' then 1 end) as completed_items,
        coalesce(sum(case when k.category = 'done' then p.points end), 0) as completed_points,
        count(case when p.points is null then 1 end) as unestimated_items
    from stood k
    left join points p on p.work_item = k.work_item and k.moment >= p.from_at and coalesce(k.moment < p.next_at, true)
    group by k.sprint, k.working_day
)

select
    m.sprint, m.working_day, m.day, m.moment as "at",
    coalesce(x.scope_items, 0) as scope_items, coalesce(x.completed_items, 0) as completed_items,
    coalesce(x.scope_items - x.completed_items, 0) as remaining_items,
    x.scope_points, case when x.scope_points is not null then x.completed_points end as completed_points,
    x.scope_points - x.completed_points as remaining_points, coalesce(x.unestimated_items, 0) as unestimated_items
from moments m
left join sums x on x.sprint = m.sprint and x.working_day = m.working_day
