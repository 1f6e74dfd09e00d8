-- Persons for whom more reviews wait than one can do soon; a sign of load, no ranking.
{{ config(materialized='view') }}

select coalesce(d.person, t.account) as person, count(distinct t.change) as waiting, min(t.waiting_since) as since
from {{ source('computed', 'change_turns') }} t
left join {{ ref('dim_accounts') }} d on d.account = t.account
where t.until is null and t.turn = 'reviewer' and t.account is not null
group by coalesce(d.person, t.account)
having count(distinct t.change) >= {{ var('review_load', 5) }}
