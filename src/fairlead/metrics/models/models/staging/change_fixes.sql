-- Changes that repair production or take something back, by what the set-up says of labels, branches and titles.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}

with wanted as (
    select c.id as change, c.repository, c.title, c.head_branch, c.labels
    from {{ touched('changes') }} c
    where c.deleted_at is null and c.state = 'merged'
),

labels as (select change, unnest(labels) as label from wanted where labels is not null),

counted as (
    select w.*, coalesce((length(title) - length(replace(lower(title), 'revert "', ''))) / 8, 0) as quotes from wanted w
),

marked as (
    select
        w.*,
        {{ matches('w.head_branch', var('hotfix_branch')) }} or {{ matches('w.title', var('hotfix_title')) }}
            or w.change in (select change from labels where {{ matches('label', var('hotfix_label')) }}) as hotfix,
        ({{ matches('w.title', var('rollback_title')) }} or {{ matches('w.head_branch', '^revert-[0-9]{1,15}-.*$') }})
            -- A revert of a revert brings back what was planned.
            and (w.quotes = 0 or w.quotes % 2 = 1) as takes_back
    from counted w
)

select
    change, repository, case when takes_back then 'revert' else 'hotfix' end as kind,
    -- Hosts name the branch of a revert after the change, and its title after the title; git quotes the subject of the
    -- commit, which ends with the number where the host squashed.
    case when {{ matches('head_branch', '^revert-[0-9]{1,15}-.*$') }} then cast(split_part(head_branch, '-', 2) as bigint)
        when {{ matches('title', '^revert ".* [(]#[0-9]{1,15}[)]"$') }}
            then cast(regexp_replace(title, '^.*[(]#([0-9]+)[)]"$', '\1') as bigint)
    end as reverts_number,
    case when title like 'Revert "%"'
        then regexp_replace(substr(title, 9, length(title) - 9), ' [(]#[0-9]+[)]$', '') end as reverts_title
from marked
where hotfix or takes_back
