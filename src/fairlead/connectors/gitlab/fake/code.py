"""Pushes, tags, releases, pipelines and deployments of the fake."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairlead.connectors.gitlab.fake.state import WEB, State, home, long, project_in_hook, short, user_in_hook
from fairlead.connectors.kit.fake.tool import Json

_NOTHING = "0" * 40


class Code(State):
    """What comes from git and runs after it."""

    def push(self, project: Json, by: Json, at: datetime, message: str, branch: str = "main") -> str:
        """A commit of one file."""
        sha, path = self.sha(), project["path_with_namespace"]
        commits = self.lists.setdefault(f"{home(project)}/repository/commits", [])
        # forty zeros stand for nothing, before the first push and after the last
        before = commits[0]["id"] if commits else _NOTHING
        url = f"{WEB}/{path}/-/commit/{sha}"
        title = message.partition("\n")[0]
        commit = {
            "id": sha, "short_id": sha[:8], "parent_ids": [before] if commits else [], "title": title,
            "message": message, "author_name": by["name"], "author_email": by["email"], "authored_date": long(at),
            "committer_name": by["name"], "committer_email": by["email"], "committed_date": long(at),
            "created_at": long(at), "web_url": url, "stats": {"additions": 5, "deletions": 2, "total": 7},
        }  # fmt: skip
        commits.insert(0, commit)
        told = {
            "id": sha, "message": message, "title": title, "timestamp": at.isoformat(timespec="seconds"), "url": url,
            "author": {"name": by["name"], "email": by["email"]},
            # only a push names the files: the API lists commits without them
            "added": [], "modified": ["src/berths.py"], "removed": [],
        }  # fmt: skip
        self._pushed("push", project, by, at, f"refs/heads/{branch}", before, sha, [told])
        return sha

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
        number, end = self.number(), at + timedelta(minutes=2)
        job = f"{project['web_url']}/-/jobs/{self.number()}"
        entry = {
            "id": number, "iid": number, "ref": "main", "sha": sha, "created_at": long(at), "updated_at": long(end),
            "status": status, "user": by, "environment": {"id": 1, "name": environment, "slug": environment},
            "deployable": {"id": 1, "web_url": job, "started_at": long(at), "finished_at": long(end)},
        }  # fmt: skip
        self.add(f"{home(project)}/deployments", entry)
        for word, when in (("running", at), (status, end)):
            payload = {
                "object_kind": "deployment", "status": word, "deployment_id": number, "deployable_id": 1,
                # Ruby's own form again, this time with the zone of the server
                "status_changed_at": when.strftime("%Y-%m-%d %H:%M:%S +0000"), "deployable_url": job,
                "environment": environment, "environment_tier": environment, "project": project_in_hook(project),
                "short_sha": sha[:8], "user": user_in_hook(by), "ref": "main",
                "commit_url": f"{project['web_url']}/-/commit/{sha}",
            }  # fmt: skip
            self.send("Deployment Hook", payload, when)

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
