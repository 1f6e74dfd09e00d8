"""Pushes, tags, releases, pipelines and deployments of the fake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from fairlead.connectors.gitlab.fake.state import WEB, State, home, long, project_in_hook, short, user_in_hook
from fairlead.connectors.kit.fake.tool import Json

_NOTHING = "0" * 40
Files = Sequence[tuple[str, int, int]]
"""Path, lines that came, lines that went."""
ONE_FILE: Files = (("src/berths.py", 5, 2),)


class Code(State):
    """What comes from git and runs after it."""

    def push(
        self, project: Json, by: Json, at: datetime, message: str, branch: str = "main", files: Files = ONE_FILE
    ) -> str:
        """A commit; the first one of a branch stands on the head of `main`."""
        return self.push_all(project, by, at, [(message, files, at)], branch)

    def push_all(
        self, project: Json, by: Json, at: datetime, new: Sequence[tuple[str, Files, datetime]], branch: str = "main"
    ) -> str:
        """Commits pushed at once, each with message, files and the time at which it was written; gives the head."""
        before = self.head(project, branch)
        told = [self._commit_onto(project, by, one, branch) for one in new]
        head = self.head(project, branch)
        # forty zeros stand for nothing, before the first push and after the last
        self._pushed("push", project, by, at, f"refs/heads/{branch}", before or _NOTHING, head, told)
        return head

    def head(self, project: Json, branch: str = "main") -> str:
        """The last commit of a branch; empty where there is none yet."""
        return self.heads.get(f"{project['path_with_namespace']}:{branch}", "")

    def begin_branch(self, project: Json, branch: str, sha: str) -> None:
        """A branch leads to a commit that is there."""
        self.heads[f"{project['path_with_namespace']}:{branch}"] = sha

    def _commit_onto(
        self, project: Json, by: Json, new: tuple[str, Files, datetime], branch: str, second: str = ""
    ) -> Json:
        """A commit on top of a branch, as a push tells it; with a second parent it is a merge."""
        message, files, at = new
        parents = [one for one in (self.head(project, branch) or self.head(project), second) if one]
        sha, path = self.sha(), project["path_with_namespace"]
        self.begin_branch(project, branch, sha)
        url = f"{WEB}/{path}/-/commit/{sha}"
        title = message.partition("\n")[0]
        came, went = sum(file[1] for file in files), sum(file[2] for file in files)
        commit = {
            "id": sha, "short_id": sha[:8], "parent_ids": parents, "title": title,
            "message": message, "author_name": by["name"], "author_email": by["email"], "authored_date": long(at),
            "committer_name": by["name"], "committer_email": by["email"], "committed_date": long(at),
            "created_at": long(at), "web_url": url,
            "stats": {"additions": came, "deletions": went, "total": came + went},
        }  # fmt: skip
        self.lists.setdefault(f"{home(project)}/repository/commits", []).insert(0, commit)
        return {
            "id": sha, "message": message, "title": title, "timestamp": at.isoformat(timespec="seconds"), "url": url,
            "author": {"name": by["name"], "email": by["email"]},
            # only a push names the files: the API lists commits without them
            "added": [], "modified": [file[0] for file in files], "removed": [],
        }  # fmt: skip

    def tag(self, project: Json, name: str, sha: str, by: Json, at: datetime) -> None:
        """A tag."""
        commit = next(one for one in self.lists[f"{home(project)}/repository/commits"] if one["id"] == sha)
        # `created_at` is that of an annotated tag; a plain one has none
        entry = {"name": name, "message": "", "target": sha, "commit": commit, "created_at": None}
        self.add(f"{home(project)}/repository/tags", entry)
        self._pushed("tag_push", project, by, at, f"refs/tags/{name}", _NOTHING, sha, [])

    def release(self, project: Json, tag: str, sha: str, by: Json, at: datetime) -> None:
        """A release of a tag."""
        url = f"{project['web_url']}/-/releases/{tag}"
        said = {"name": tag, "description": f"What is new in {tag}"}
        self.add(
            f"{home(project)}/releases",
            {**said, "tag_name": tag, "created_at": long(at), "released_at": long(at), "author": by,
             "commit": {"id": sha}, "upcoming_release": False, "_links": {"self": url}},
        )  # fmt: skip
        when = short(long(at))
        payload = {
            **said, "id": self.number(), "object_kind": "release", "action": "create", "tag": tag, "url": url,
            "created_at": when, "released_at": when, "project": project_in_hook(project),
            "commit": {"id": sha, "message": "x", "timestamp": long(at)},
        }  # fmt: skip
        self.send("Release Hook", payload, at)

    def pipeline(self, project: Json, sha: str, ref: str, by: Json, at: datetime, change: Json | None = None) -> Json:
        """A pipeline with one job begins to run."""
        number = self.number()
        pipeline = {
            "id": number, "iid": len(self.lists.get(f"{home(project)}/pipelines", [])) + 1, "name": None, "sha": sha,
            # the API shows the ref that it runs on, the webhook the branch that people know
            "ref": f"refs/merge-requests/{change['iid']}/head" if change else ref, "status": "running",
            "source": "merge_request_event" if change else "push", "created_at": long(at), "updated_at": long(at),
            "started_at": long(at + timedelta(seconds=5)), "finished_at": None, "duration": None, "user": by,
            "web_url": f"{project['web_url']}/-/pipelines/{number}",
        }  # fmt: skip
        # starting touches it, five seconds after it was made
        pipeline["updated_at"] = pipeline["started_at"]
        self.add(f"{home(project)}/pipelines", pipeline)
        job = {
            "id": self.number(), "name": "test", "stage": "test", "status": "running", "ref": pipeline["ref"],
            "created_at": long(at), "started_at": pipeline["started_at"], "finished_at": None, "user": by,
            "commit": {"id": sha}, "allow_failure": False,
            "pipeline": {"id": number, "sha": sha, "project_id": project["id"]},
        }  # fmt: skip
        job["web_url"] = f"{project['web_url']}/-/jobs/{job['id']}"
        self.add(f"{home(project)}/pipelines/{number}/jobs", job)
        self._ran(project, pipeline, job, ref, change, at)
        return {"pipeline": pipeline, "job": job, "project": project, "ref": ref, "change": change}

    def finish(self, run: Json, status: str, at: datetime) -> None:
        """A pipeline ends."""
        end = {"status": status, "finished_at": long(at)}
        run["job"].update(end)
        run["pipeline"].update({**end, "updated_at": long(at)})
        self._ran(run["project"], run["pipeline"], run["job"], run["ref"], run["change"], at)

    def deploy(self, project: Json, environment: str, sha: str, by: Json, at: datetime, status: str) -> None:
        """A deployment runs for two minutes and ends."""
        found = self.begin_deployment(project, environment, sha, by, at)
        self.end_deployment(project, found, status, at + timedelta(minutes=2))

    def begin_deployment(self, project: Json, environment: str, sha: str, by: Json, at: datetime) -> Json:
        """A deployment begins to run."""
        number = self.number()
        job = f"{project['web_url']}/-/jobs/{self.number()}"
        entry = {
            "id": number, "iid": number, "ref": "main", "sha": sha, "created_at": long(at), "updated_at": long(at),
            "status": "running", "user": by, "environment": {"id": 1, "name": environment, "slug": environment},
            "deployable": {"id": 1, "web_url": job, "started_at": long(at), "finished_at": None},
        }  # fmt: skip
        self._deployed(project, self.add(f"{home(project)}/deployments", entry), at)
        return entry

    def end_deployment(self, project: Json, found: Json, status: str, at: datetime) -> None:
        """It ends: `success`, `failed`, `canceled`."""
        found |= {"status": status, "updated_at": long(at)}
        found["deployable"]["finished_at"] = long(at)
        self._deployed(project, found, at)

    def _deployed(self, project: Json, found: Json, at: datetime) -> None:
        where = found["environment"]["name"]
        payload = {
            "object_kind": "deployment", "status": found["status"], "deployment_id": found["id"], "deployable_id": 1,
            # Ruby's own form again, this time with the zone of the server
            "status_changed_at": at.strftime("%Y-%m-%d %H:%M:%S +0000"),
            "deployable_url": found["deployable"]["web_url"], "environment": where, "environment_tier": where,
            "project": project_in_hook(project), "short_sha": found["sha"][:8], "user": user_in_hook(found["user"]),
            "ref": "main", "commit_url": f"{project['web_url']}/-/commit/{found['sha']}",
        }  # fmt: skip
        self.send("Deployment Hook", payload, at)

    def _pushed(
        self, kind: str, project: Json, by: Json, at: datetime, ref: str, before: str, after: str, commits: list[Json]
    ) -> None:
        payload = {
            "object_kind": kind, "event_name": kind, "before": before, "after": after, "ref": ref,
            "checkout_sha": after, "user_id": by["id"], "user_name": by["name"], "user_username": by["username"],
            # the address is empty unless it is public
            "user_email": "", "project_id": project["id"], "project": project_in_hook(project), "commits": commits,
            "total_commits_count": len(commits),
        }  # fmt: skip
        self.send("Push Hook" if kind == "push" else "Tag Push Hook", payload, at)

    def _ran(self, project: Json, pipeline: Json, job: Json, ref: str, change: Json | None, at: datetime) -> None:
        times = {key: short(job[key]) for key in ("created_at", "started_at", "finished_at")}
        kept = ("id", "iid", "name", "sha", "status", "source")
        attributes = {key: pipeline[key] for key in kept}
        attributes |= {"ref": ref, "tag": False, "url": pipeline["web_url"]}
        attributes |= {key: short(pipeline[key]) for key in ("created_at", "finished_at")}
        build = {"id": job["id"], "name": job["name"], "stage": "test", "status": job["status"], **times}
        who = user_in_hook(pipeline["user"])
        payload = {
            "object_kind": "pipeline", "object_attributes": attributes, "user": who,
            "merge_request": {"id": change["id"], "iid": change["iid"], "state": "opened"} if change else None,
            "project": project_in_hook(project), "builds": [{**build, "user": who}],
        }  # fmt: skip
        self.send("Pipeline Hook", payload, at)
        alone = {
            "object_kind": "build", "ref": pipeline["ref"], "sha": job["commit"]["id"], "build_id": job["id"],
            "build_name": job["name"], "build_stage": "test", "build_status": job["status"],
            **{f"build_{key}": value for key, value in times.items()}, "pipeline_id": pipeline["id"],
            "project_name": project["path_with_namespace"], "user": who, "project": project_in_hook(project),
            # what is called the id of the commit is that of the pipeline, and has always been
            "commit": {"id": pipeline["id"], "sha": pipeline["sha"], "status": pipeline["status"]},
        }  # fmt: skip
        self.send("Job Hook", alone, at)
