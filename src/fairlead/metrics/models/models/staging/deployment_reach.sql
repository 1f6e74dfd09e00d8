-- Which services a deployment can have moved: its own, or, where nothing names one, those that its changes touched.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_reach'}) }}
select deployment, service, false as by_path from {{ ref('deployment_services') }}
{% if is_incremental() %} where deployment in (select deployment from {{ ref('dirty_reach') }}) {% endif %}
union
-- Files say more than the repository does only where a service has paths of its own.
select c.deployment, s.service, not coalesce(d.whole_repository, true)
from {{ ref('change_lead_times') }} c
join {{ ref('change_services') }} s on s.change = c.change
left join {{ source('setup', 'setup_services') }} d on d.service = s.service
where c.deployment is not null
    -- Services of one repository share its history: what one of them deploys leaves the files of another where they were.
    and (
        c.deployment not in (select deployment from {{ ref('deployment_services') }})
        or exists (
            select 1 from {{ ref('deployment_services') }} o where o.deployment = c.deployment and o.service = s.service
        )
    )
    {% if is_incremental() %} and c.deployment in (select deployment from {{ ref('dirty_reach') }}) {% endif %}
