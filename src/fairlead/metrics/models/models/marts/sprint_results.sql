-- One row for each sprint that has begun: what it promised, what came and went, what it brought. Sums of the ledger.
{{ config(materialized='incremental', unique_key='sprint', meta={'dirty': 'dirty_sprints'}) }}
with sprints as (
    select id as sprint, name, project, team, state, source, url, start_at, end_at,
        case when state = 'closed' then coalesce(completed_at, end_at) end as closed_at
    from {{ source('records', 'sprints') }}
    where deleted_at is null and start_at is not null and coalesce(state, 'active') <> 'future'
    {% if is_incremental() %} and id in (select sprint from {{ ref('dirty_sprints') }}) {% endif %}
),

ledger as (
    select l.*, bool_or(l.kind = 'committed') over (partition by l.sprint, l.work_item) as promised
    from {{ ref('sprint_scope') }} l
    join sprints s on s.sprint = l.sprint
),

counts as (
    select
        sprint,
        count(case when kind = 'committed' then 1 end) as committed,
        count(case when kind = 'added' then 1 end) as added,
        count(case when kind = 'removed' then 1 end) as removed,
        count(case when kind = 'completed' then 1 end) as completed,
        count(case when kind = 'completed' and promised then 1 end) as completed_committed,
        count(case when kind = 'carried_over' then 1 end) as carried_over,
        count(case when kind = 're_estimated' then 1 end) as re_estimated,
        sum(case when kind = 'committed' then points_after end) as committed_points,
        sum(case when kind = 'completed' then points_after end) as completed_points,
        sum(case when kind = 'completed' and promised then points_after end) as completed_committed_points,
        sum(case when kind = 'added' then points_after end) as added_points,
        sum(case when kind = 'removed' then points_before end) as removed_points,
        sum(case when kind = 'carried_over' then points_after end) as carried_over_points,
        count(case when kind = 'completed' and points_after is null then 1 end) as completed_unestimated
    from ledger
    group by sprint
)

select
    s.*, coalesce(c.committed, 0) as committed, coalesce(c.added, 0) as added, coalesce(c.removed, 0) as removed,
    coalesce(c.completed, 0) as completed, coalesce(c.completed_committed, 0) as completed_committed,
    coalesce(c.carried_over, 0) as carried_over, coalesce(c.re_estimated, 0) as re_estimated,
    c.committed_points, c.added_points, c.removed_points, c.completed_points, c.completed_committed_points,
    c.carried_over_points, coalesce(c.completed_unestimated, 0) as completed_unestimated
from sprints s
left join counts c on c.sprint = s.sprint
