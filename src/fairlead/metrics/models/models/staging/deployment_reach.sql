-- Which services a deployment can have moved: its own, or, where nothing names one, those that its changes touched.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_reach'}) }}
select deployment, service, false as by_path from {{ ref('deployment_services') }}
{% if is_incremental() %} where deployment in (select deployment from {{ ref('dirty_reach') }}) {% endif %}
union
-- Files say more than the repository does only where a service has paths of its own.
select c.deployment, c.service, not coalesce(d.whole_repository, true)
from {{ ref('change_deployments') }} c
left join {{ source('setup', 'setup_services') }} d on d.service = c.service
where c.service <> ''
    {% if is_incremental() %} and c.rowid in {{ places(ref('change_deployments'), 'deployment', 'deployment from ' ~ ref('dirty_reach')) }} {% endif %}
