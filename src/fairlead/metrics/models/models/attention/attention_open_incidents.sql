-- Incidents that are not resolved.

select
    i.incident, i.title, i.url, i.service, i.repository, i.severity, i.status, i.started_at as since,
    coalesce(i.team, s.team, r.team) as team, i.started_at as due_at
from {{ ref('counted_incidents') }} i
left join (select service, min(team) as team from {{ ref('service_teams') }} group by service) s on s.service = i.service
left join (select repository, min(team) as team from {{ ref('repository_teams') }} group by repository) r
    on r.repository = i.repository
where i.resolved_at is null and coalesce(i.status, 'open') <> 'resolved'
