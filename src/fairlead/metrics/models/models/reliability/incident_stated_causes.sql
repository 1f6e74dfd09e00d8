-- Causes that somebody stated: in the field, by a label, or by an item of work that several incidents are linked to.
with labels as ({{ incident_labels() }}),

items as (
    select incident, incident as item from {{ ref('counted_incidents') }}
    union
    select id, work_item from {{ source('records', 'incidents') }} where deleted_at is null and work_item is not null
),

links as (
    select from_item, to_item, kind from {{ source('records', 'work_item_links') }}
    where deleted_at is null and from_item <> to_item
    union all
    select to_item, from_item, kind from {{ source('records', 'work_item_links') }}
    where deleted_at is null and from_item <> to_item
),

stated as (
    select id as incident, 'root_cause' as by_what, lower(trim(root_cause)) as cause
    from {{ source('records', 'incidents') }}
    where deleted_at is null and trim(root_cause) <> ''
    union
    select incident, 'label', lower(label) from labels where {{ matches('label', var('cause_label')) }}
    union
    -- An epic or a sprint's parent holds much that has nothing in common but the plan.
    select i.incident, 'item', k.to_item
    from items i
    join links k on k.from_item = i.item
    where k.kind not in ('parent', 'child', 'epic', 'blocks', 'blocked_by')
    union
    select incident, 'item', item from items
)

select s.incident, s.by_what, s.cause
from stated s
where s.incident in (select incident from {{ ref('counted_incidents') }})
