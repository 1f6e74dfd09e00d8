-- Deployments that repaired something instead of bringing what was planned.
select deployment from {{ source('computed', 'deployment_lineage') }} where kind = 'rollback'
union
select deployment from {{ ref('counted_deployments') }}
where production and success and (unplanned or {{ matches('task', var('rollback_task')) }})
union
select fixed_by from {{ ref('deployed_fixes') }}
union
select c.deployment
from {{ source('records', 'work_item_links') }} k
join {{ ref('counted_incidents') }} i on i.incident = k.to_item
join {{ ref('change_lead_times') }} c on c.change = k.from_item
where k.deleted_at is null and k.kind = 'closes' and c.deployment is not null
