-- What counts as a build in each repository: pipelines, else checks, else commit statuses.
select repository, case min(place) when 1 then 'pipeline' when 2 then 'check' when 3 then 'status' else 'job' end as kind
from (
    select distinct repository, case kind when 'pipeline' then 1 when 'check' then 2 when 'status' then 3 else 4 end as place
    from {{ source('records', 'builds') }}
    where deleted_at is null and repository is not null
) known
group by repository
