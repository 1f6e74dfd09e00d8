-- Which services a deployment can have moved: its own, or those whose files its changes touched.
select deployment, service, false as by_path from {{ ref('deployment_services') }}
union
select c.deployment, s.service, true
from {{ ref('change_lead_times') }} c
join {{ ref('change_services') }} s on s.change = c.change
where c.deployment is not null
