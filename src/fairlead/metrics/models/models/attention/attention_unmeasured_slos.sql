-- Objectives with the moment from which their silence is too long: what is not measured is not kept either.
select
    slo, name, service, team, measured_at, measured_at as since,
    -- Never measured at all counts at once; three hours lie between two polls of a tool that was away for a while.
    coalesce({{ hours_after('measured_at', '3') }}, timestamp '2000-01-01') as due_at
from {{ ref('slo_budgets') }}
