-- What ran then had no result yet, whatever became of it.

delete from builds where later(coalesce(least(queued_at, started_at, finished_at), created_at));
update builds set finished_at = null, result = null, state = 'running' where later(finished_at);
update builds set started_at = null, state = 'queued' where later(started_at);
delete from test_results where later("at") or build is not null and build not in (select id from builds);
delete from coverage where later("at") or build is not null and build not in (select id from builds);
delete from artifacts where later(coalesce(published_at, created_at));

delete from deployments where later(coalesce(least(created_at, started_at), finished_at));
update deployments set finished_at = null, result = null, state = 'running' where later(finished_at);
delete from deployment_commits where later(finished_at) or deployment is not null and deployment not in (select id from deployments);
-- A host dates a release by its commit and its publication: a draft that is older is no release yet.
delete from releases where later(coalesce(published_at, created_at));
