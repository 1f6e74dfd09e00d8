-- Objectives of which more failed in their window than may.
select
    slo, name, service, team, target, window_days, attainment, budget_left, {{ real('measured_share') }} as measured_share,
    measured_at, measured_at as since, measured_at as due_at
from {{ ref('slo_budgets') }}
where budget_left <= 0
