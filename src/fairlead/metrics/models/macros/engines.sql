{#- The few things that DuckDB and PostgreSQL say differently. -#}

{% macro matches(value, pattern) -%}
{%- if not pattern -%}false
{%- elif target.type == 'postgres' -%}coalesce(lower({{ value }}) ~ '{{ pattern | replace("'", "''") }}', false)
{%- else -%}coalesce(regexp_matches(lower({{ value }}), '{{ pattern | replace("'", "''") }}'), false)
{%- endif -%}
{%- endmacro %}

{% macro matches_column(value, column) -%}
{%- if target.type == 'postgres' -%}{{ value }} ~ {{ column }}{%- else -%}regexp_matches({{ value }}, {{ column }}){%- endif -%}
{%- endmacro %}

{% macro seconds(start, finish) -%}
{%- if target.type == 'postgres' -%}extract(epoch from ({{ finish }} - {{ start }}))::double precision
{%- else -%}((epoch_us({{ finish }}) - epoch_us({{ start }})) / 1000000.0)::double
{%- endif -%}
{%- endmacro %}

{% macro hours_after(moment, hours) -%}
{{ moment }} + {{ hours }} * interval '1 hour'
{%- endmacro %}

{% macro joined(value) -%}
string_agg(distinct {{ value }}, ',' order by {{ value }})
{%- endmacro %}

{% macro real(value) -%}
cast({{ value }} as double precision)
{%- endmacro %}

{#- Rows of records whose keys are dirty; where every row is made anew all of them, or those of the part that is made
    now. A part holds whole changes: `change` is the column that says to which one a row belongs. -#}
{% macro touched(table, change='id') -%}
{%- if is_incremental() -%}{{ ref('dirty_' ~ table ~ '_rows') }}
{%- elif var('part', none) -%}(select * from {{ source('records', table) }} where {{ in_part(change) }})
{%- else -%}{{ source('records', table) }}
{%- endif -%}
{%- endmacro %}

{#- Whether a row is of the part that is made now, by the column that says to which thing it belongs. -#}
{% macro in_part(column) -%}
{%- if var('part', none) -%}hash({{ column }}) % {{ var('part')[1] }} = {{ var('part')[0] }}{%- else -%}true{%- endif -%}
{%- endmacro %}

{#- Whether a hash may be among others; whoever asks compares the texts of those few. Where the engine keeps hashes as
    numbers too, those are read instead. A few are handed over as one list, since it takes the rows of a longer query
    for as many as all changes and then hashes all that was ever deployed to look them up. -#}
{% macro hashed_among(relation, chosen) -%}
{%- if target.type == 'postgres' -%}sha in (select sha from {{ chosen }})
{%- elif is_incremental() -%}rowid in {{ places(relation, 'sha_key', 'unnest((select list(hash(sha)) from ' ~ chosen ~ '))') }}
{%- else -%}sha_key in (select hash(sha) from {{ chosen }})
{%- endif -%}
{%- endmacro %}

{#- Where the rows of a delta's keys are, found in a step of its own that reads the key alone: where the rows are read
    at once, every other column is unpacked too wherever a key may be, which cost four times as much. -#}
{% macro places(relation, column, keys) -%}
(select rowid from {{ relation }} where {{ column }} in (select {{ keys }}))
{%- endmacro %}

{#- Rows of another model by the same keys: where only dirty ones are made, those that it has just made are all that
    these keys have, and nobody looks for them among the rest. Both must name the same list of dirty keys. -#}
{% macro made(model) -%}
{%- if is_incremental() -%}fresh_{{ model }}{%- else -%}{{ ref(model) }}{%- endif -%}
{%- endmacro %}
