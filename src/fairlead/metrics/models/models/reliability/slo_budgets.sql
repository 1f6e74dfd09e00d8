-- Each objective over its own window up to its newest sample: what was kept, and what is left of the budget.
with newest as (select slo, max(end_at) as measured_at from {{ ref('slo_samples') }} group by slo),

summed as (
    select
        o.slo, n.measured_at, sum(s.good) as good, sum(s.total) as total, count(s.sample) as samples,
        coalesce(sum({{ seconds('s.start_at', 's.end_at') }}), 0.0) as measured_s
    from {{ ref('slo_objectives') }} o
    left join newest n on n.slo = o.slo
    left join {{ ref('slo_samples') }} s on s.slo = o.slo
        and s.start_at >= n.measured_at - o.window_days * 86400 * interval '1 second'
    group by o.slo, n.measured_at
),

owners as (select service, min(team) as team from {{ ref('service_teams') }} group by service),

rates as (
    select slo,
        max(case when span = 'm5' then burn end) as burn_5m, max(case when span = 'm30' then burn end) as burn_30m,
        max(case when span = 'h1' then burn end) as burn_1h, max(case when span = 'h6' then burn end) as burn_6h,
        max(case when span = 'd3' then burn end) as burn_3d
    from {{ ref('slo_burn_rates') }}
    group by slo
)

select
    o.slo, o.name, o.service, w.team, o.target, o.window_days, o.indicator, o.source, m.measured_at, m.good, m.total, m.samples,
    least(1.0, m.measured_s / (86400.0 * o.window_days)) as measured_share,
    case when m.total > 0 then m.good / m.total end as attainment,
    -- Below zero more failed than may; the share is of what was measured, the rest of the window is unknown.
    case when m.total > 0 then 1.0 - (1.0 - m.good / m.total) / (1.0 - o.target) end as budget_left,
    r.burn_5m, r.burn_30m, r.burn_1h, r.burn_6h, r.burn_3d
from {{ ref('slo_objectives') }} o
join summed m on m.slo = o.slo
left join owners w on w.service = o.service
left join rates r on r.slo = o.slo
