-- Open incidents that an earlier one was like, or had the same cause.
select
    o.incident, o.title, o.url, o.service, o.repository, o.severity, o.team, r.earlier, r.kind, r.by_what, r.score,
    r.days_between, o.since, o.since as due_at
from {{ ref('attention_open_incidents') }} o
join {{ ref('incident_recurrences') }} r on r.incident = o.incident
