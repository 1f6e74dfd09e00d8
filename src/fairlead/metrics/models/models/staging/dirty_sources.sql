-- Sources of which a record came or went that could be the newest.
{{ config(enabled=var('deltas', false)) }}
{% for table in ['changes', 'builds', 'deployments', 'incidents', 'work_items', 'commits'] %}
select source from {{ source('delta', table) }} where source is not null
{% if not loop.last %}union{% endif %}
{% endfor %}
