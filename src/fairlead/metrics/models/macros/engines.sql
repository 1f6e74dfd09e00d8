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

{#- Rows of records whose keys are dirty; all of them where every row is made anew. -#}
{% macro touched(table) -%}
{%- if is_incremental() -%}{{ ref('dirty_' ~ table ~ '_rows') }}{%- else -%}{{ source('records', table) }}{%- endif -%}
{%- endmacro %}

{#- Whether a hash is among others. Where the engine keeps it as a number too, that is read instead of the text. -#}
{% macro hashed_among(chosen) -%}
{%- if target.type == 'postgres' -%}sha in ({{ chosen }})
{%- else -%}sha_key in (select hash(sha) from ({{ chosen }})) and sha in ({{ chosen }})
{%- endif -%}
{%- endmacro %}
