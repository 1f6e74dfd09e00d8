-- Each objective by day of UTC: good and all, and how much of the day was measured at all.
select
    s.slo, s.service, cast(s.start_at as date) as day, sum(s.good) as good, sum(s.total) as total,
    least(86400.0, sum({{ seconds('s.start_at', 's.end_at') }})) as measured_s,
    sum(s.good) / nullif(sum(s.total), 0.0) as attainment,
    o.target,
    -- Of what may fail by the objective, how much did; above 1 the day spent more than its own.
    (1.0 - sum(s.good) / nullif(sum(s.total), 0.0)) / (1.0 - o.target) as burn
from {{ ref('slo_samples') }} s
join {{ ref('slo_objectives') }} o on o.slo = s.slo
group by s.slo, s.service, cast(s.start_at as date), o.target
