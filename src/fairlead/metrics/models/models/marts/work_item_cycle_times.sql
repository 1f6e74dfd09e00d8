-- One row for each item: when it began, when it was done for good, how long that took and how much of it was waiting.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with items as (
    select * from {{ source('records', 'work_items') }}
    where deleted_at is null
    {% if is_incremental() %} and id in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

statuses as (
    -- Of an item that was not deleted the last stretch, and no other, goes on.
    select s.*, s.to_at is null as is_last
    from {{ ref('work_item_statuses') }} s
    {% if is_incremental() %} where s.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

marked as (
    select
        work_item, min(from_at) as begun_at,
        min(case when category = 'in_progress' then from_at end) as first_in_progress_at,
        -- Without a single move, what is in progress now only seems to have been so from its creation.
        count(event) > 0 as is_told,
        max(case when is_last then category end) as category,
        max(case when is_last and category = 'done' then category_since end) as done_at,
        max(case when is_last and category = 'canceled' then category_since end) as canceled_at,
        count(case when category_before in ('done', 'canceled') and category in ('todo', 'in_progress') then 1 end) as reopened,
        count(case when gap then 1 end) as gaps,
        -- A status that its tool has deleted since: nobody knows whether that time was work.
        count(case when category is null and total_s > 0 then 1 end) as unknown_statuses
    from statuses
    group by work_item
),

dated as (
    select m.*, coalesce(
            case when m.is_told then m.first_in_progress_at end,
            case when i.started_at <= m.done_at or m.done_at is null then i.started_at end,
            m.first_in_progress_at
        ) as started_at
    from marked m
    join items i on i.id = m.work_item
),

-- What lies between start and end: work, and everything that is none, like a return to the backlog.
spent as (
    select d.work_item, sum(case when s.category = 'in_progress' then s.active_s else 0.0 end) as active_s
    from dated d
    join statuses s on s.work_item = d.work_item and s.from_at >= d.started_at and s.to_at <= d.done_at
    group by d.work_item
)

select
    i.id as work_item, i.key, i.repository, i.project, i.team, i.sprint, i.type, coalesce(i.work_type, 'other') as work_type,
    i.points, i.source, i.url,
    d.category, d.begun_at as opened_at, d.started_at, d.done_at, d.canceled_at,
    d.reopened, d.gaps, d.unknown_statuses,
    {{ phase('d.begun_at', 'd.done_at') }} as lead_s,
    {{ phase('d.started_at', 'd.done_at') }} as cycle_s,
    case when d.first_in_progress_at <= d.done_at then coalesce(s.active_s, 0.0) end as active_s,
    case when d.first_in_progress_at <= d.done_at
        then {{ seconds('d.started_at', 'd.done_at') }} - coalesce(s.active_s, 0.0) end as waiting_s,
    case when d.first_in_progress_at < d.done_at
        then coalesce(s.active_s, 0.0) / {{ seconds('d.started_at', 'd.done_at') }} end as flow_efficiency,
    case
        when d.category = 'canceled' then 'canceled'
        when d.done_at is null then 'not_done'
        when d.started_at is null then 'never_started'
        when d.started_at > d.done_at then 'done_before_start'
    end as cycle_missing
from items i
join dated d on d.work_item = i.id
left join spent s on s.work_item = i.id
