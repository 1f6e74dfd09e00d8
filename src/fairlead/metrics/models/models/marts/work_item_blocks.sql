-- What blocked an item, from when to when: a flag, or another item that a link says must end first.
select work_item, 'flag' as kind, cast(null as varchar) as blocked_by, from_at, to_at,
    {{ phase('from_at', 'to_at') }} as blocked_s
from {{ ref('work_item_flags') }}
union all
select l.to_item, 'link', l.from_item, greatest(l.created_at, i.opened_at),
    -- Gone with the link, or once either of the two has ended; a finished item waits for nobody.
    least(coalesce(b.done_at, b.canceled_at), coalesce(i.done_at, i.canceled_at), l.deleted_at),
    {{ phase('greatest(l.created_at, i.opened_at)', 'least(coalesce(b.done_at, b.canceled_at), coalesce(i.done_at, i.canceled_at), l.deleted_at)') }}
from {{ source('records', 'work_item_links') }} l
join {{ ref('work_item_cycle_times') }} i on i.work_item = l.to_item
join {{ ref('work_item_cycle_times') }} b on b.work_item = l.from_item
where l.kind = 'blocks'
    -- A link drawn after the end of one of them blocked nothing.
    and coalesce(l.created_at < least(coalesce(b.done_at, b.canceled_at), coalesce(i.done_at, i.canceled_at)), true)
