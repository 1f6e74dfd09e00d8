-- What each deployment put where: a row for each repository, service and commit.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_deployments'}) }}
with commits as (
    select deployment, repository, sha, false as given, finished_at from {{ ref('counted_deployments') }}
    where repository is not null and sha is not null
    {% if is_incremental() %} and rowid in {{ places(ref('counted_deployments'), 'deployment', 'deployment from ' ~ ref('dirty_deployments')) }} {% endif %}
    union all
    select d.deployment, coalesce(k.repository, d.repository), k.sha, true, k.finished_at
    from {{ source('records', 'deployment_commits') }} k
    join {{ ref('counted_deployments') }} d on d.deployment = k.deployment
    where k.deleted_at is null and k.sha is not null and coalesce(k.result, 'success') = 'success'
        and coalesce(k.repository, d.repository) is not null
        {% if is_incremental() %} and k.deployment in (select deployment from {{ ref('dirty_deployments') }}) {% endif %}
)

select
    c.deployment, c.repository, coalesce(s.service, '') as service, coalesce(d.environment, '') as environment,
    c.sha, bool_and(c.given) as given, d.production, d.success, d.finished_at
from commits c
join {{ ref('counted_deployments') }} d on d.deployment = c.deployment
left join {{ ref('deployment_services') }} s on s.deployment = c.deployment
group by c.deployment, c.repository, coalesce(s.service, ''), coalesce(d.environment, ''), c.sha, d.production,
    d.success, d.finished_at
