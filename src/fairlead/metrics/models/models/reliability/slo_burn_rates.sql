-- How fast each objective's budget burns, over six windows that end at its newest sample. 1 spends it exactly in its window.
with newest as (select slo, max(end_at) as measured_at from {{ ref('slo_samples') }} group by slo),

spans as (
    select 'm5' as span, 300.0 as seconds union all select 'm30', 1800.0 union all select 'h1', 3600.0
    union all select 'h6', 21600.0 union all select 'd3', 259200.0
),

-- A sample counts for a window that holds all of it: one of a day says nothing of the last five minutes.
summed as (
    select
        n.slo, n.measured_at, p.span, p.seconds, sum(s.good) as good, sum(s.total) as total,
        coalesce(sum({{ seconds('s.start_at', 's.end_at') }}), 0.0) as measured_s
    from newest n
    cross join spans p
    left join {{ ref('slo_samples') }} s on s.slo = n.slo
        and s.start_at >= n.measured_at - p.seconds * interval '1 second'
    group by n.slo, n.measured_at, p.span, p.seconds
)

select
    m.slo, m.span, m.seconds, m.measured_at, m.good, m.total, least(1.0, m.measured_s / m.seconds) as measured_share,
    -- Without any event there was nothing to fail; without any sample nobody knows.
    case
        when m.measured_s = 0 then null
        when m.total = 0 then 0.0
        else (1.0 - m.good / m.total) / (1.0 - o.target)
    end as burn
from summed m
join {{ ref('slo_objectives') }} o on o.slo = m.slo
