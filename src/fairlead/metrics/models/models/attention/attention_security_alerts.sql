-- Open security alerts from the severity on that the team has set; a leaked secret carries no severity and always counts.

with ranked as (
    select
        a.*, case a.severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 end as place
    from {{ source('records', 'alerts') }} a
    where a.deleted_at is null and a.kind in ('code_scanning', 'dependency', 'secret') and coalesce(a.state, 'open') = 'open'
)

select
    a.id as alert, a.repository, a.service, a.kind, a.title, a.rule, a.severity, a.url,
    coalesce(a.started_at, a.created_at) as since, coalesce(s.team, r.team) as team,
    coalesce(a.started_at, a.created_at) as due_at
from ranked a
left join (select service, min(team) as team from {{ ref('service_teams') }} group by service) s on s.service = a.service
left join (select repository, min(team) as team from {{ ref('repository_teams') }} group by repository) r
    on r.repository = a.repository
where a.kind = 'secret'
    or a.place <= case '{{ var('security_alert_severity', 'high') }}' when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end
