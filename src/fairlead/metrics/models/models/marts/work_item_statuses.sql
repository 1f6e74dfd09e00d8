-- One row for each stretch of time that an item spent in one status, from its full history, reopenings included.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with items as (
    -- Deleted ones too: the ledger of a sprint that had closed before keeps what they were then.
    select id as work_item, created_at, closed_at, status, status_category, deleted_at
    from {{ source('records', 'work_items') }}
    {% if is_incremental() %} where id in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

told as (
    select t.work_item, t.at as moment, t.id, t.from_status, t.to_status, t.from_category, t.to_category,
        -- Numbers in ids grow by the order of events; as texts, 10 would stand before 9.
        row_number() over (partition by t.work_item order by t.at, length(t.id), t.id) as place,
        row_number() over (partition by t.work_item order by t.at desc, length(t.id) desc, t.id desc) as place_from_end
    from {{ source('records', 'work_item_transitions') }} t
    where t.deleted_at is null and t.at is not null and t.work_item is not null
    {% if is_incremental() %} and t.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

moves as (
    select work_item, moment, id, from_status, to_status, from_category, to_category, place from told
    union all
    -- A tool that tells no creation: the item began in the status that its first move left, else in that of today.
    select i.work_item, coalesce(least(i.created_at, t.moment), i.created_at), null, null,
        case when t.work_item is null then i.status else t.from_status end, null,
        case when t.work_item is null then case when i.closed_at is null then i.status_category else 'todo' end
            else t.from_category end, 0
    from items i
    left join told t on t.work_item = i.work_item and t.place = 1
    where i.created_at is not null and (t.work_item is null or t.from_status is not null or t.from_category is not null)
    union all
    -- A history with a gap at its end: the record says that it is closed, and when.
    select i.work_item, i.closed_at, null, t.to_status, i.status, t.to_category, i.status_category, 1000000
    from items i
    left join told t on t.work_item = i.work_item and t.place_from_end = 1
    where i.closed_at is not null and i.status_category in ('done', 'canceled')
        and (t.work_item is null or (t.to_status is distinct from i.status and t.moment <= i.closed_at
            and coalesce(t.to_category, '') not in ('done', 'canceled')))
        and coalesce(i.closed_at >= i.created_at, true)
),

stretches as (
    select m.work_item, m.place, m.id as event, m.to_status as status, m.moment as from_at,
        -- A deleted item stands nowhere any more; what is told of it for later moments changes nothing of that.
        coalesce(lead(m.moment) over later, case when i.deleted_at is not null then greatest(i.deleted_at, m.moment) end) as to_at,
        -- A status whose category nobody names is what the next move calls it, else what the record calls it today.
        coalesce(
            m.to_category,
            case when lead(m.from_status) over later is not distinct from m.to_status then lead(m.from_category) over later end,
            case when i.status = m.to_status then i.status_category end
        ) as category,
        coalesce(lead(m.from_status) over later <> m.to_status, false) as gap
    from moves m
    join items i on i.work_item = m.work_item
    window later as (partition by m.work_item order by m.moment, m.place)
),

paused as (
    select s.work_item, s.place, sum({{ seconds('greatest(s.from_at, f.from_at)', 'least(s.to_at, f.to_at)') }}) as flagged_s
    from stretches s
    join {{ ref('work_item_flags') }} f on f.work_item = s.work_item
        and f.from_at < s.to_at and coalesce(f.to_at > s.from_at, true)
    group by s.work_item, s.place
),

judged as (
    select s.*, {{ matches('s.status', var('waiting_status')) }} as waiting, coalesce(p.flagged_s, 0.0) as flagged_s,
        -- The same number for neighbours of one category, whatever moved them between its statuses.
        row_number() over (partition by s.work_item order by s.from_at, s.place)
            - row_number() over (partition by s.work_item, s.category order by s.from_at, s.place) as run
    from stretches s
    left join paused p on p.work_item = s.work_item and p.place = s.place
)

select
    work_item, row_number() over (partition by work_item order by from_at, place) as place, status, category, event,
    from_at, to_at,
    min(from_at) over same_category as category_since, first_value(event) over same_category as since_event,
    waiting, gap, {{ seconds('from_at', 'to_at') }} as total_s,
    case when waiting then {{ seconds('from_at', 'to_at') }} when to_at is not null then flagged_s end as paused_s,
    case when waiting then 0.0 else {{ seconds('from_at', 'to_at') }} - flagged_s end as active_s
from judged
window same_category as (
    partition by work_item, category, run order by from_at, place rows between unbounded preceding and unbounded following
)
