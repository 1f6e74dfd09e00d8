-- Commits of which the say about agents may have changed.
{{ config(enabled=var('deltas', false)) }}
select id as commit from {{ source('delta', 'commits') }}
union
select c.id from {{ source('records', 'commits') }} c where c.author in (select account from {{ ref('dirty_accounts') }})
union
select c.id
from {{ source('records', 'commits') }} c
where c.co_authors is not null and len(c.co_authors) > 0
    and exists (
        select 1 from {{ ref('dirty_accounts') }} d
        where d.account like 'email:%' and lower(array_to_string(c.co_authors, ' ')) like '%<' || substr(d.account, 7) || '>%'
    )
