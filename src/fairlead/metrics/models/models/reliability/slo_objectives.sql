-- Service level objectives: those of the settings, and records of others.
select slo, name, service, target, window_days, indicator, source from {{ source('setup', 'setup_slos') }}
union all
select id, coalesce(name, id), service, target, coalesce(window_days, 30.0), indicator, source
from {{ source('records', 'slos') }}
where deleted_at is null and id not in (select slo from {{ source('setup', 'setup_slos') }})
    -- A share of none or of all promises nothing that could be spent.
    and target > 0 and target < 1
