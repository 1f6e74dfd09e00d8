-- When the newest record of each source is from. What comes can only move that on; all records are asked only where the
-- newest itself may have gone.
{{ config(materialized='incremental', unique_key='source', meta={'dirty': 'dirty_sources'}) }}
{% set told = [
    ('changes', 'updated_at'), ('builds', 'coalesce(finished_at, updated_at)'),
    ('deployments', 'coalesce(finished_at, updated_at)'), ('incidents', 'coalesce(resolved_at, started_at)'),
    ('work_items', 'updated_at'), ('commits', 'committed_at'),
] %}
{% if is_incremental() %}
with moved as (
    {% for table, moment in told %}
    select source, max(case when came then {{ moment }} end) as came_at, max(case when not came then {{ moment }} end) as went_at,
        bool_or(not came) as went
    from {{ source('delta', table) }} where source is not null group by source
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

known as (
    select d.source, t.seen_at, max(m.came_at) as came_at,
        bool_or(m.went) and coalesce(max(m.went_at) >= t.seen_at, t.seen_at is null)
            and not coalesce(max(m.came_at) >= t.seen_at, max(m.came_at) is not null) as lost
    from {{ ref('dirty_sources') }} d
    join moved m on m.source = d.source
    left join {{ this }} t on t.source = d.source
    group by d.source, t.seen_at
),

lost as (select source from known where lost),
{% else %}
with
{% endif %}
every as (
    {% for table, moment in told %}
    select source, max({{ moment }}) as seen_at from {{ source('records', table) }}
    where source is not null {% if is_incremental() %} and source in (select source from lost) {% endif %}
    group by source
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select source, max(seen_at) as seen_at from every group by source
{% if is_incremental() %}
union all
select source, greatest(seen_at, came_at) from known where not lost
{% endif %}
