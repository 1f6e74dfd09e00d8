-- Which services a deployment is of: named by the record, else told by its environment, else the only one there is.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_deployments'}) }}
with candidates as (
    select d.deployment, d.repository, d.service,
        lower(coalesce(d.environment, '')) as environment, lower(coalesce(d.task, '')) as task,
        lower(coalesce(c.description, '')) as description
    from {{ ref('counted_deployments') }} d
    left join {{ source('records', 'deployments') }} c on c.id = d.deployment
    {% if is_incremental() %} where d.rowid in {{ places(ref('counted_deployments'), 'deployment', 'deployment from ' ~ ref('dirty_deployments')) }} {% endif %}
),

told as (
    select distinct d.deployment, s.service
    from candidates d
    join {{ source('setup', 'setup_service_environments') }} s
        on s.repository is null or s.repository = d.repository or d.repository is null
    where d.service is null
        and ({{ matches_column('d.environment', 's.pattern') }} or {{ matches_column('d.task', 's.pattern') }}
            or {{ matches_column('d.description', 's.pattern') }})
),

only_one as (
    select repository, min(service) as service
    from {{ source('setup', 'setup_services') }}
    where repository is not null
    group by repository
    having count(*) = 1 and bool_and(whole_repository)
)

select deployment, service from candidates where service is not null
union
select deployment, service from told
union
select d.deployment, o.service
from candidates d
join only_one o on o.repository = d.repository
where d.service is null and d.deployment not in (select deployment from told)
