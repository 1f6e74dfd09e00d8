-- Commits by when they were made in their present form: what a later rebase replaced is not known any more.

create or replace temp table unmade as select id from commits where later(coalesce(committed_at, authored_at));
delete from commits where id in (from unmade);
delete from commit_files where commit in (from unmade);
