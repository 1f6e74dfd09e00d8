-- Error budgets that burn too fast by a long and by a short window: the long one makes sure, the short one ends it soon.

-- Google's SRE workbook, "Alerting on SLOs": 2 % of thirty days' budget in an hour, 5 % in six, 10 % in three days.
with pairs as (
    select 'page' as severity, 'h1' as long_span, 'm5' as short_span, 14.4 as factor
    union all select 'page', 'h6', 'm30', 6.0
    union all select 'ticket', 'd3', 'h6', 1.0
),

burning as (
    select
        l.slo, p.severity, p.long_span, p.short_span, p.factor, l.burn as long_burn, s.burn as short_burn,
        l.measured_share, l.measured_at, l.seconds as long_s, s.seconds as short_s,
        row_number() over (partition by l.slo order by p.factor desc) as nth
    from pairs p
    join {{ ref('slo_burn_rates') }} l on l.span = p.long_span
    join {{ ref('slo_burn_rates') }} s on s.span = p.short_span and s.slo = l.slo
    where l.burn >= p.factor and s.burn >= p.factor
)

select
    b.slo, g.name, g.service, g.team, b.severity, b.long_span, b.short_span, {{ real('b.factor') }} as factor, b.long_burn,
    b.short_burn, {{ real('b.measured_share') }} as measured_share, g.budget_left,
    b.measured_at - b.long_s * interval '1 second' as since, b.measured_at,
    b.measured_at as due_at,
    -- Where the measurement stops while it burns nobody has seen it end: it is told until the silence itself is
    -- (`attention_unmeasured_slos`), and for as long as the short window would still hold some of it.
    b.measured_at + greatest(b.short_s, 10800.0) * interval '1 second' as until
from burning b
join {{ ref('slo_budgets') }} g on g.slo = b.slo
where b.nth = 1
