-- For every day, team and project: how many items stood where at its end, and how many came, began, ended and came back.
{{ config(materialized='incremental', unique_key='project', meta={'dirty': 'dirty_projects'}) }}
with items as (
    select id as work_item, coalesce(project, repository, '') as project
    from {{ source('records', 'work_items') }}
    where deleted_at is null
    {% if is_incremental() %}
        and coalesce(project, repository, '') in (select project from {{ ref('dirty_projects') }})
    {% endif %}
),

moves as (
    select s.* from {{ ref('work_item_statuses') }} s
    {% if is_incremental() %} where s.work_item in (select work_item from items) {% endif %}
),

-- A stretch adds one where it begins and takes it away where it ends: the sums of both are what stands there.
steps as (
    select work_item, cast(from_at as date) as day, category, 1 as more,
        case when place = 1 then 1 else 0 end as arrived,
        case when category = 'in_progress' and category_before is distinct from 'in_progress' then 1 else 0 end as started,
        case when category in ('done', 'canceled') and coalesce(category_before, '') not in ('done', 'canceled') then 1 else 0 end as departed,
        case when category in ('todo', 'in_progress') and category_before in ('done', 'canceled') then 1 else 0 end as reopened
    from moves
    union all
    select work_item, cast(to_at as date), category, -1, 0, 0, 0, 0 from moves where to_at is not null
),

placed as (
    select work_item, cast(null as varchar) as team, project from items
    union all
    select t.work_item, t.team, i.project
    from {{ ref('work_item_teams') }} t
    join items i on i.work_item = t.work_item
),

daily as (
    select p.team, p.project, s.day,
        sum(case when s.category = 'todo' then s.more else 0 end) as todo,
        sum(case when s.category = 'in_progress' then s.more else 0 end) as in_progress,
        sum(case when s.category = 'done' then s.more else 0 end) as done,
        sum(case when s.category = 'canceled' then s.more else 0 end) as canceled,
        -- It is still there where its tool has deleted the status in which it stands: no move makes the whole smaller.
        sum(case when s.category is null then s.more else 0 end) as unknown,
        sum(s.arrived) as arrivals, sum(s.started) as starts, sum(s.departed) as departures, sum(s.reopened) as reopened
    from steps s
    join placed p on p.work_item = s.work_item
    group by p.team, p.project, s.day
),

-- All teams of a project to the last day on which anything happened in it, so that they can be stacked.
days as (
    select g.team, g.project, cast(unnest(generate_series(g.first_day, l.last_day, interval '1 day')) as date) as day
    from (select team, project, min(day) as first_day from daily group by team, project) g
    join (select project, max(day) as last_day from daily group by project) l on l.project = g.project
)

select
    d.day, d.team, d.project,
    cast(sum(coalesce(x.todo, 0)) over so_far as bigint) as todo,
    cast(sum(coalesce(x.in_progress, 0)) over so_far as bigint) as in_progress,
    cast(sum(coalesce(x.done, 0)) over so_far as bigint) as done,
    cast(sum(coalesce(x.canceled, 0)) over so_far as bigint) as canceled,
    cast(sum(coalesce(x.unknown, 0)) over so_far as bigint) as unknown,
    cast(coalesce(x.arrivals, 0) as bigint) as arrivals, cast(coalesce(x.starts, 0) as bigint) as starts,
    cast(coalesce(x.departures, 0) as bigint) as departures, cast(coalesce(x.reopened, 0) as bigint) as reopened
from days d
left join daily x on x.team is not distinct from d.team and x.project = d.project and x.day = d.day
window so_far as (partition by d.team, d.project order by d.day rows unbounded preceding)
