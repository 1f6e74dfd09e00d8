-- Who is who: each account with its person and kind.
select
    a.id as account,
    coalesce(a.person, a.id) as person,
    coalesce(
        p.kind,
        a.kind,
        case when lower(coalesce(a.handle, a.id)) like '%[bot]' or lower(a.tool_kind) = 'bot' then 'bot' else 'human' end
    ) as kind
from {{ source('records', 'accounts') }} a
left join {{ source('records', 'people') }} p on p.id = a.person and p.deleted_at is null
where a.deleted_at is null
