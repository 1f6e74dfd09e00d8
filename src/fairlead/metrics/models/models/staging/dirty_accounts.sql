-- Accounts of which person, kind or team may have changed.
{{ config(enabled=var('deltas', false)) }}
select id as account from {{ source('delta', 'accounts') }}
union
select d.account from {{ ref('dim_accounts') }} d join {{ source('delta', 'people') }} p on p.id = d.person
union
select a.id from {{ source('records', 'accounts') }} a join {{ source('delta', 'people') }} p on p.id = a.person
union
select d.account
from {{ source('delta', 'memberships') }} m
join {{ ref('dim_accounts') }} d on d.person = m.person or d.account = m.account
