-- One row for each merged change, from its first commit to the first production deployment that contains it: of
-- several services that it touches the first that runs it, see `change_service_lead_times` for each of them.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes', 'parts_of': 'changes'}) }}

with wanted as (
    select c.*
    from {{ touched('changes') }} c
    where c.deleted_at is null and c.state = 'merged' and c.merged_at is not null
),

commits as (
    select cc.change, cc.commit, cc.authored_at, cc.author
    from {{ touched('change_commits', 'change') }} cc
    join wanted w on w.id = cc.change
    where cc.deleted_at is null
),

dated as (
    select change, authored_at from commits where authored_at is not null
    union all
    select c.change, k.authored_at
    from commits c
    join {{ source('records', 'commits') }} k on k.id = c.commit
    where c.authored_at is null and k.authored_at is not null
),

first_commits as (
    select change, min(authored_at) as first_commit_at from dated group by change
),

hands as (
    select
        c.change, count(*) as commits,
        count(case when a.commit is not null or d.kind = 'coding_agent' then 1 end) as by_agents,
        count(case when a.alone or d.kind = 'coding_agent' then 1 end) as by_agents_alone
    from commits c
    left join {{ ref('agent_commits') }} a on a.commit = c.commit
    left join {{ ref('dim_accounts') }} d on d.account = c.author
    group by c.change
),

first_found as (
    select change, deployment, finished_at, proven
    from (
        select d.*, row_number() over (partition by d.change order by d.finished_at, d.deployment, d.service) as nth
        from {{ made('change_deployments') }} d
        join wanted w on w.id = d.change
    ) numbered
    where nth = 1
),

services as (
    select s.change, {{ joined('s.service') }} as services
    from {{ made('change_services') }} s join wanted w on w.id = s.change
    group by s.change
),

teams as (
    select t.change, {{ joined('t.team') }} as teams, min(t.team) as team
    from {{ made('change_teams') }} t join wanted w on w.id = t.change
    group by t.change
),

work as (
    select l.change, min(l.work_type) as work_type
    from (
        select k.from_item as change, i.work_type
        from {{ source('records', 'work_item_links') }} k
        join {{ source('records', 'work_items') }} i on i.id = k.to_item and i.deleted_at is null
        where k.deleted_at is null and k.kind in ('closes', 'relates') and i.work_type is not null
        union all
        select k.to_item, i.work_type
        from {{ source('records', 'work_item_links') }} k
        join {{ source('records', 'work_items') }} i on i.id = k.from_item and i.deleted_at is null
        where k.deleted_at is null and k.kind in ('closes', 'relates') and i.work_type is not null
    ) l
    join wanted w on w.id = l.change
    group by l.change
),

reviews as (
    select change, opened_by, ready_at, first_review_at, first_look_at, first_agent_review_at, approved_at
    from {{ made('change_reviews') }}
),

times as (
    select
        w.id as change, w.repository, w.url, w.title, w.author, w.source, w.labels, w.head_branch,
        f.first_commit_at, w.created_at as opened_at, r.ready_at, r.first_review_at, r.first_look_at,
        r.first_agent_review_at, r.approved_at, w.merged_at, d.finished_at as deployed_at, d.deployment,
        coalesce(d.proven, false) as proven, w.repository in (select repository from {{ ref('deployed_repositories') }}) as deploys,
        r.opened_by, coalesce(h.commits, 0) as commits, coalesce(h.by_agents, 0) as by_agents,
        coalesce(h.by_agents_alone, 0) as by_agents_alone,
        m.commit is not null as merged_with_agent, s.services, t.teams, k.work_type,
        {{ coding_from('f.first_commit_at', 'w.created_at', 'w.merged_at') }} as coding_from,
        -- Imported data may say that a change was opened after its merge: then its phases have no lengths.
        case when w.created_at <= w.merged_at then w.created_at end as begun_at,
        case when not coalesce(w.created_at > w.merged_at, false) then r.ready_at end as awaited_from,
        case
            when r.first_review_at <= w.merged_at and not coalesce(w.created_at > w.merged_at, false) then r.first_review_at
        end as reviewed_at,
        case when d.proven and d.finished_at >= w.merged_at then d.finished_at end as delivered_at,
        c.calendar as own_calendar
    from wanted w
    join reviews r on r.change = w.id
    left join first_commits f on f.change = w.id
    left join hands h on h.change = w.id
    left join {{ ref('agent_commits') }} m on m.commit = w.repository || '@' || w.merge_sha
    left join first_found d on d.change = w.id
    left join services s on s.change = w.id
    left join teams t on t.change = w.id
    left join work k on k.change = w.id
    left join {{ source('setup', 'setup_team_calendars') }} c on c.team = coalesce(t.team, '')
),

clocks as (
    select
        t.change,
        {{ worked('t.coding_from', 'w1') }} as coding_from,
        {{ worked('t.begun_at', 'w2') }} as opened,
        {{ worked('t.awaited_from', 'w3') }} as ready,
        {{ worked('t.first_review_at', 'w4') }} as first_review,
        {{ worked('t.merged_at', 'w5') }} as merged,
        {{ worked('t.delivered_at', 'w6') }} as delivered
    from times t
    {{ slot_of('t.coding_from', 'w1', 't.own_calendar') }}
    {{ slot_of('t.begun_at', 'w2', 't.own_calendar') }}
    {{ slot_of('t.awaited_from', 'w3', 't.own_calendar') }}
    {{ slot_of('t.first_review_at', 'w4', 't.own_calendar') }}
    {{ slot_of('t.merged_at', 'w5', 't.own_calendar') }}
    {{ slot_of('t.delivered_at', 'w6', 't.own_calendar') }}
),

-- Nobody was asked to look while a change was taken back between its being ready and its first review.
drafts as (
    select
        t.change, sum({{ seconds('d.from_at', 'd.to_at') }}) as seconds,
        sum({{ worked('d.to_at', 'w2') }} - {{ worked('d.from_at', 'w1') }}) as work_seconds
    from times t
    join (
        select c.change, greatest(s.from_at, c.ready_at) as from_at, least(coalesce(s.to_at, c.first_review_at), c.first_review_at) as to_at
        from times c
        join {{ made('draft_spells') }} s on s.change = c.change
        where c.ready_at is not null and c.first_review_at is not null
    ) d on d.change = t.change and d.from_at < d.to_at
    {{ slot_of('d.from_at', 'w1', 't.own_calendar') }}
    {{ slot_of('d.to_at', 'w2', 't.own_calendar') }}
    group by t.change
)

select
    t.change, t.repository, t.services, t.teams, t.title, t.url, t.source, t.author,
    case
        when t.opened_by = 'bot' then 'bot'
        when t.opened_by in ('coding_agent', 'review_agent') or (t.commits > 0 and t.by_agents_alone = t.commits) then 'agent'
        when t.by_agents > 0 or t.merged_with_agent then 'mixed'
        else 'human'
    end as author_kind,
    coalesce(
        t.work_type,
        {{ work_type_of('t.title') }}
    ) as work_type,
    t.first_commit_at, t.opened_at, t.ready_at, t.first_review_at, t.first_agent_review_at, t.approved_at, t.merged_at,
    t.deployed_at, t.deployment,
    {{ phase('t.coding_from', 't.begun_at') }} as coding_s,
    -- Nobody is awaited while a change is a draft, before it was ready and again later.
    case when t.first_review_at is not null then {{ phase('t.begun_at', 't.awaited_from') }} + coalesce(d.seconds, 0) end as draft_s,
    {{ phase('t.awaited_from', 't.first_review_at') }} - coalesce(d.seconds, 0) as pickup_s,
    {{ phase('t.reviewed_at', 't.merged_at') }} as review_s,
    {{ phase('t.merged_at', 't.delivered_at') }} as deploy_s,
    {{ phase('t.coding_from', 't.delivered_at') }} as total_s,
    c.opened - c.coding_from as coding_work_s,
    case when t.first_review_at is not null and t.awaited_from >= t.begun_at then c.ready - c.opened + coalesce(d.work_seconds, 0) end as draft_work_s,
    c.first_review - c.ready - coalesce(d.work_seconds, 0) as pickup_work_s,
    case when t.reviewed_at is not null then c.merged - c.first_review end as review_work_s,
    c.delivered - c.merged as deploy_work_s,
    c.delivered - c.coding_from as total_work_s,
    case
        when t.first_commit_at is null then 'no_commits'
        when t.opened_at is null then 'opening_unknown'
        when t.opened_at > t.merged_at then 'opened_after_merge'
        when t.coding_from is null then 'first_commit_after_opening'
    end as coding_missing,
    case
        when t.opened_at > t.merged_at then 'opened_after_merge'
        when t.first_review_at is not null then null
        when t.ready_at is null then 'never_ready'
        when t.first_look_at is not null then 'review_before_ready'
        else 'no_review'
    end as pickup_missing,
    case
        when t.reviewed_at is not null then null
        when t.opened_at > t.merged_at then 'opened_after_merge'
        when t.first_review_at is not null then 'review_after_merge'
        when t.first_look_at is not null then 'review_before_ready'
        else 'no_review'
    end as review_missing,
    {{ deploy_missing('t') }} as deploy_missing,
    {{ total_missing('t') }} as total_missing
from times t
join clocks c on c.change = t.change
left join drafts d on d.change = t.change
