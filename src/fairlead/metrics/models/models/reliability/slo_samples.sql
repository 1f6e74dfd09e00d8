-- What was measured of each objective: a stretch without good or total is no sample, so that a gap is unknown, never good.
{{ config(materialized='view') }}
select w.id as sample, w.slo, o.service, w.start_at, w.end_at, least(greatest(w.good, 0.0), w.total) as good, w.total
from {{ source('records', 'slo_windows') }} w
join {{ ref('slo_objectives') }} o on o.slo = w.slo
where w.deleted_at is null and w.good is not null and w.total >= 0 and w.end_at > w.start_at
