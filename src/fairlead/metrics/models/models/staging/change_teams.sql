-- To which teams a change belongs: owners of the services and the repository, else the teams of its author then.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}

with wanted as (
    select c.id as change, c.repository, c.author, c.created_at
    from {{ touched('changes') }} c
    where c.deleted_at is null
),

owned as (
    select w.change, t.team, 'service' as via
    from wanted w
    join {{ made('change_services') }} s on s.change = w.change
    join {{ ref('service_teams') }} t on t.service = s.service
    union
    select w.change, t.team, 'repository'
    from wanted w
    join {{ ref('repository_teams') }} t on t.repository = w.repository
),

by_author as (
    select w.change, t.team, 'author' as via
    from wanted w
    join {{ ref('account_teams') }} t on t.account = w.author
        and coalesce(t.valid_from <= w.created_at, true) and coalesce(w.created_at < t.valid_to, true)
    where w.change not in (select change from owned)
)

select change, team, min(via) as via
from (select * from owned union all select * from by_author) every
group by change, team
