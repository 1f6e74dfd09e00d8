-- One row for each stretch of time that an item spent in one status, from its full history, reopenings included.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items', 'parts_of': 'work_items'}) }}
with items as (
    -- Deleted ones too: the ledger of a sprint that had closed before keeps what they were then.
    select id as work_item, created_at, closed_at, status, status_category, deleted_at
    from {{ source('records', 'work_items') }}
    where {{ in_part('id') }}
    {% if is_incremental() %} and id in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

-- Whatever a move must know of its neighbours is asked in the one order in which they are sorted here: of millions of
-- moves each further order, and each step that keeps them all for a second reader, costs as much as this one.
told as (
    -- A creation that its tool dates after what came of it was no later than that.
    select t.work_item, least(t.at, lead(t.at) over in_order) as moment, t.id, t.from_status, t.to_status, t.from_category, t.to_category,
        row_number() over in_order as place, lead(t.at) over in_order as next_at,
        lead(t.from_status) over in_order as next_from_status, lead(t.from_category) over in_order as next_from_category,
        lag(t.to_status) over in_order as status_before, lag(t.to_category) over in_order as category_before,
        first_value(t.from_status) over in_order as first_status, first_value(t.from_category) over in_order as first_category
    from {{ source('records', 'work_item_transitions') }} t
    where t.deleted_at is null and t.at is not null and t.work_item is not null and {{ in_part('t.work_item') }}
    {% if is_incremental() %} and t.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
    -- Nothing comes before the creation, whatever its clock says: histories are imported, and clocks are apart.
    -- Numbers in ids grow by the order of events; as texts, 10 would stand before 9.
    window in_order as (partition by t.work_item order by not ends_with(t.id, '/transition/created'), t.at, length(t.id), t.id)
),

framed as (
    select i.*, t.* exclude (work_item), t.work_item is not null as is_told,
        -- A tool that tells no creation: the item began in the status that its first move left, else in that of today.
        i.created_at is not null and (t.work_item is null or t.first_status is not null or t.first_category is not null) as has_begin,
        -- A history with a gap at its end: the record says that it is closed, and when.
        t.next_at is null and i.closed_at is not null and coalesce(i.status_category in ('done', 'canceled'), false)
            and (t.work_item is null or (t.to_status is distinct from i.status and t.moment <= i.closed_at
                and coalesce(t.to_category, '') not in ('done', 'canceled')))
            and coalesce(i.closed_at >= i.created_at, true) as has_end
    from items i
    left join told t on t.work_item = i.work_item
),

-- Which of them a row stands for: 0 the begin before the first move, 1 the move, 2 the end after the last one.
parts as (
    select *, unnest(list_concat(
        case when has_begin and coalesce(place = 1, true) then [0] else [] end,
        case when is_told then [1] else [] end,
        case when has_end then [2] else [] end
    )) as part
    from framed
),

flags as (
    select work_item, list({'from_at': from_at, 'to_at': to_at} order by from_at) as flags
    from {{ ref('work_item_flags') }}
    {% if is_incremental() %} where work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
    group by work_item
),

stretches as (
    select
        p.work_item,
        case part when 0 then 1 when 1 then place + has_begin::int else coalesce(place, 0) + has_begin::int + 1 end as place,
        case part when 0 then case when is_told then p.from_status else p.status end when 1 then p.to_status else p.status end as status,
        -- A status whose category nobody names is what the next move calls it, else what the record calls it today.
        case
            when part = 1 then coalesce(
                p.to_category, case when next_from_status is not distinct from p.to_status then next_from_category end,
                case when p.status = p.to_status then status_category end
            )
            when part = 0 and is_told then coalesce(p.from_category, case when p.status = p.from_status then status_category end)
            when part = 0 and closed_at is not null then 'todo'
            else status_category
        end as category,
        case
            when part = 1 and place > 1 then coalesce(
                category_before, case when p.from_status is not distinct from status_before then p.from_category end,
                case when p.status = status_before then status_category end
            )
            when part = 1 and has_begin then coalesce(p.from_category, case when p.status = p.from_status then status_category end)
            when part = 2 and is_told then p.to_category
            when part = 2 and has_begin then 'todo'
        end as category_before,
        case when part = 1 then p.id end as event,
        case part when 0 then least(created_at, moment) when 1 then moment else closed_at end as from_at,
        coalesce(
            case part when 0 then coalesce(moment, end_at) when 1 then coalesce(next_at, end_at) end,
            -- A deleted item stands nowhere any more; what is told of it for later moments changes nothing of that.
            case when deleted_at is not null then greatest(deleted_at, from_at) end
        ) as to_at,
        part = 1 and coalesce(next_from_status <> p.to_status, false) as gap
    from (select *, case when has_end then closed_at end as end_at from parts) p
),

judged as (
    select s.*, place = 1 or category is distinct from category_before as turned,
        {{ matches('s.status', var('waiting_status')) }} as waiting,
        coalesce(list_sum(list_transform(
            f.flags, lambda one: greatest(0.0, {{ seconds('greatest(s.from_at, one.from_at)', 'least(s.to_at, one.to_at)') }})
        )), 0.0) as flagged_s
    from stretches s
    left join flags f on f.work_item = s.work_item and s.to_at is not null
)

select
    work_item, place, status, category, category_before, event, from_at, to_at,
    last_value(case when turned then from_at end ignore nulls) over so_far as category_since,
    nullif(last_value(case when turned then coalesce(event, '') end ignore nulls) over so_far, '') as since_event,
    waiting, gap, {{ seconds('from_at', 'to_at') }} as total_s,
    case when waiting then {{ seconds('from_at', 'to_at') }} when to_at is not null then flagged_s end as paused_s,
    case when waiting then 0.0 else {{ seconds('from_at', 'to_at') }} - flagged_s end as active_s
from judged
window so_far as (partition by work_item order by place rows unbounded preceding)
