"""Merge requests and issues of the fake: the same acts, told by webhooks, system notes and resource events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairlead.connectors.gitlab.fake.code import ONE_FILE, Code, Files
from fairlead.connectors.gitlab.fake.state import (
    home,
    label_in_hook,
    long,
    project_in_hook,
    short,
    user_in_hook,
)
from fairlead.connectors.kit.fake.tool import Json

_TIMES = ("created_at", "updated_at", "closed_at")


class Items(Code):
    """What people discuss."""

    def open_change(
        self, project: Json, by: Json, at: datetime, title: str, body: str, sha: str, branch: str = ""
    ) -> Json:
        """A merge request from a branch of the same project, which ends with this commit."""
        change = self._item(project, "merge_requests", by, at, title, body)
        branch = branch or f"topic-{change['iid']}"
        self.begin_branch(project, branch, sha)
        change |= {
            "draft": False, "merged_at": None, "merge_user": None, "reviewers": [], "sha": sha,
            "target_branch": "main", "source_branch": branch, "merge_commit_sha": None,
            "squash_commit_sha": None, "source_project_id": project["id"], "target_project_id": project["id"],
            "detailed_merge_status": "mergeable", "merge_when_pipeline_succeeds": False,
        }  # fmt: skip
        # the opening is the first version, and the only one that was no push
        self._version(change, at)
        own = self._own_commits(project, sha) or [sha]
        self.lists[f"{self._below(change)}/commits"] = [self._commit(project, one) for one in own]
        self._told(change, "open", by, at)
        return change

    def open_issue(
        self, project: Json, by: Json, at: datetime, title: str, milestone: Json | None = None, body: str = "Why?"
    ) -> Json:
        """An issue."""
        issue = self._item(project, "issues", by, at, title, body)
        issue |= {
            "issue_type": "issue",
            "weight": None,
            "due_date": None,
            "milestone": milestone,
            "severity": "UNKNOWN",
        }
        self._told(issue, "open", by, at)
        return issue

    def milestone(self, project: Json, title: str, at: datetime) -> Json:
        """A milestone."""
        found = {
            "id": self.number(), "iid": 1, "project_id": project["id"], "title": title, "description": "",
            "state": "active", "created_at": long(at), "updated_at": long(at), "due_date": "2026-12-18",
            "start_date": None, "web_url": f"{project['web_url']}/-/milestones/1",
        }  # fmt: skip
        return self.add(f"{home(project)}/milestones", found)

    def ask(self, change: Json, whom: Json, by: Json, at: datetime) -> None:
        """A review is asked of somebody, or no longer where it was asked before."""
        before = list(change["reviewers"])
        there = whom in before
        change["reviewers"] = [one for one in before if one is not whom] if there else [*before, whom]
        words = "removed review request for" if there else "requested review from"
        self._system(change, f"{words} @{whom['username']}", by, at)
        self._told(change, "update", by, at, reviewers=_moved(before, change["reviewers"]))

    def assign(self, item: Json, whom: Json, by: Json, at: datetime) -> None:
        """Somebody takes it, or is relieved of it."""
        before = list(item["assignees"])
        there = whom in before
        item["assignees"] = [one for one in before if one is not whom] if there else [*before, whom]
        self._system(item, f"{'unassigned' if there else 'assigned to'} @{whom['username']}", by, at)
        self._told(item, "update", by, at, assignees=_moved(before, item["assignees"]))

    def approve(self, change: Json, by: Json, at: datetime) -> None:
        """An approval."""
        # the API lists who approves now, but when it was stands in this note alone
        self._system(change, "approved this merge request", by, at)
        self._told(change, "approved", by, at)

    def unapprove(self, change: Json, by: Json, at: datetime) -> None:
        """An approval is taken back."""
        self._system(change, "unapproved this merge request", by, at)
        self._told(change, "unapproved", by, at)

    def turn_draft(self, change: Json, by: Json, at: datetime) -> None:
        """To draft and back, which is a mark in the title."""
        old, draft = change["title"], not change["draft"]
        change |= {"draft": draft, "title": f"Draft: {old}" if draft else old.removeprefix("Draft: ")}
        self._system(change, f"marked this merge request as **{'draft' if draft else 'ready'}**", by, at)
        self._told(change, "update", by, at, draft=_both(not draft, draft), title=_both(old, change["title"]))

    def retitle(self, item: Json, title: str, by: Json, at: datetime) -> None:
        """Another title; the note marks the words that came and went."""
        old = item["title"]
        # without its mark it would be a draft no longer
        title = f"Draft: {title}" if item.get("draft") else title
        if old == title:
            return
        item["title"] = title
        self._system(item, f"changed title from **{{-{old}-}}** to **{{+{title}+}}**", by, at)
        self._told(item, "update", by, at, title=_both(old, title))

    def give_status(self, issue: Json, name: str, category: str, by: Json, at: datetime) -> None:
        """A status of the team's own; its webhook says no more than that something was updated."""
        self.statuses[issue["id"]] = {"name": name, "category": category}
        self._told(issue, "update", by, at)

    def label(self, item: Json, name: str, by: Json, at: datetime) -> None:
        """A label comes, or goes where it was."""
        before = list(item["labels"])
        item["labels"] = [one for one in before if one != name] if name in before else [*before, name]
        event = {"label": {"id": 1, "name": name}, "action": "remove" if name in before else "add"}
        self._event(item, "resource_label_events", by, at, **event)
        sides = [[label_in_hook(one) for one in side] for side in (before, item["labels"])]
        self._told(item, "update", by, at, labels=_both(*sides))

    def push_to(
        self, change: Json, by: Json, at: datetime, message: str = "More of it", files: Files = ONE_FILE
    ) -> None:
        """A new commit in a merge request."""
        project = self._project(change)
        old, change["sha"] = change["sha"], self.push(project, by, at, message, change["source_branch"], files)
        self._version(change, at)
        self._system(change, "added 1 commit\n\n<ul><li>more</li></ul>", by, at)
        self.lists[f"{self._below(change)}/commits"].insert(0, self._commit(project, change["sha"]))
        self._told(change, "update", by, at, oldrev=old)

    def comment(self, item: Json, text: str, by: Json, at: datetime) -> Json:
        """A comment."""
        item["updated_at"] = long(at)
        note = self._note(item, text, by, at, system=False)
        change = "draft" in item
        # an edit sends the same webhook in the name of the editor: the author is a number here
        attributes = {
            "id": note["id"], "note": text, "noteable_type": "MergeRequest" if change else "Issue",
            # notes are dated in the form of Ruby, in whole seconds: the API has milliseconds
            "author_id": by["id"], "created_at": short(note["created_at"]), "updated_at": short(note["updated_at"]),
            "system": False, "action": "create", "internal": False, "position": None,
        }  # fmt: skip
        payload = {
            "object_kind": "note", "event_type": "note", "user": user_in_hook(by),
            "project": project_in_hook(self._project(item)), "object_attributes": attributes,
            "merge_request" if change else "issue": self._in_hook(item),
        }  # fmt: skip
        self.send("Note Hook", payload, at)
        return note

    def rewrite(self, item: Json, text: str, by: Json, at: datetime) -> None:
        """Another text."""
        old, item["description"] = item["description"], text
        self._system(item, "changed the description", by, at)
        self._told(item, "update", by, at, description=_both(old, text))

    def due(self, issue: Json, day: str, by: Json, at: datetime) -> None:
        """A day by which it is due."""
        old, issue["due_date"] = issue["due_date"], day
        self._system(issue, f"changed due date to {day}", by, at)
        self._told(issue, "update", by, at, due_date=_both(old, day))

    def close(self, item: Json, by: Json, at: datetime) -> None:
        """It is closed."""
        item |= {"state": "closed", "closed_at": long(at)}
        self._event(item, "resource_state_events", by, at, state="closed")
        self._told(item, "close", by, at)

    def reopen(self, item: Json, by: Json, at: datetime) -> None:
        """It is opened again."""
        item |= {"state": "opened", "closed_at": None}
        self._event(item, "resource_state_events", by, at, state="reopened")
        self._told(item, "reopen", by, at)

    def merge(self, change: Json, by: Json, at: datetime) -> str:
        """It is merged, by a merge commit."""
        project, text = self._project(change), f"Merge branch '{change['source_branch']}' into 'main'"
        before = self.head(project)
        told = self._commit_onto(project, by, (text, (), at), "main", second=change["sha"])
        self._pushed("push", project, by, at, "refs/heads/main", before, sha := str(told["id"]), [told])
        change |= {"state": "merged", "merged_at": long(at), "merge_user": by, "merge_commit_sha": sha}
        self._event(change, "resource_state_events", by, at, state="merged")
        self._told(change, "merge", by, at)
        return sha

    def link(self, issue: Json, other: Json, kind: str, at: datetime) -> None:
        """Two issues are linked; no webhook tells it."""
        full = f"{self._project(other)['path_with_namespace']}#{other['iid']}"
        times = {"link_created_at": long(at), "link_updated_at": long(at)}
        # each end lists the link, with the words of its own side
        entry = {"id": other["id"], "iid": other["iid"], "link_type": kind, "references": {"full": full}, **times}
        self.add(f"{self._below(issue)}/links", entry)

    def _item(self, project: Json, kind: str, by: Json, at: datetime, title: str, body: str) -> Json:
        listed = self.lists.setdefault(f"{home(project)}/{kind}", [])
        number = len(listed) + 1
        item = {
            "id": self.number(), "iid": number, "project_id": project["id"], "title": title, "description": body,
            # `opened` here is `open` in an action, and `reopened` is a state event and never a state
            "state": "opened", "created_at": long(at), "updated_at": long(at), "closed_at": None, "closed_by": None,
            "author": by, "assignees": [], "labels": [], "milestone": None,
            "web_url": f"{project['web_url']}/-/{kind}/{number}",
        }  # fmt: skip
        listed.append(item)
        return item

    def _told(self, item: Json, action: str, by: Json, at: datetime, **changes: Any) -> None:
        """The webhook of an act; everything touches what it is about."""
        item["updated_at"] = long(at)
        oldrev = changes.pop("oldrev", None)
        attributes = {**self._in_hook(item), "action": action, **({"oldrev": oldrev} if oldrev else {})}
        kind = "merge_request" if "draft" in item else "issue"
        payload = {
            "object_kind": kind, "event_type": kind, "user": user_in_hook(by),
            "project": project_in_hook(self._project(item)), "object_attributes": attributes,
            "labels": attributes["labels"], "changes": changes,
        }  # fmt: skip
        # an empty list of people is left out
        for key in ("assignees", "reviewers"):
            if item.get(key):
                payload[key] = [user_in_hook(one) for one in item[key]]
        self.send("Merge Request Hook" if kind == "merge_request" else "Issue Hook", payload, at)

    def _in_hook(self, item: Json) -> Json:
        people = {
            f"{key.removesuffix('s')}_ids": [one["id"] for one in item[key]]
            for key in ("assignees", "reviewers")
            if key in item
        }
        milestone = item["milestone"]
        found = {
            **{key: item[key] for key in ("id", "iid", "title", "description", "state")},
            **{key: short(item[key]) for key in _TIMES}, **people, "author_id": item["author"]["id"],
            "milestone_id": milestone["id"] if milestone else None, "url": item["web_url"],
            "labels": [label_in_hook(name) for name in item["labels"]],
        }  # fmt: skip
        if "draft" not in item:
            return {**found, "type": "Issue", "weight": item["weight"], "due_date": None, "severity": "unknown"}
        # webhooks of merge requests have neither the end nor the author
        del found["closed_at"]
        kept = ("draft", "target_branch", "source_branch", "merge_commit_sha", "source_project_id",
                "target_project_id", "detailed_merge_status", "merge_when_pipeline_succeeds")  # fmt: skip
        project = project_in_hook(self._project(item))
        more = {"source": project, "target": project, "last_commit": {"id": item["sha"]}}
        return {**found, **{key: item[key] for key in kept}, **more}

    def _note(self, item: Json, text: str, by: Json, at: datetime, system: bool) -> Json:
        note = {
            "id": self.number(), "body": text, "author": by, "created_at": long(at), "updated_at": long(at),
            "system": system, "noteable_iid": item["iid"], "internal": False, "position": None,
        }  # fmt: skip
        return self.add(f"{self._below(item)}/notes", note)

    def _system(self, item: Json, text: str, by: Json, at: datetime) -> None:
        self._note(item, text, by, at, system=True)

    def _event(self, item: Json, kind: str, by: Json, at: datetime, **more: Any) -> None:
        event = {"id": self.number(), "user": by, "created_at": long(at), "resource_id": item["id"], **more}
        self.add(f"{self._below(item)}/{kind}", event)

    def _version(self, change: Json, at: datetime) -> None:
        path = f"{self._below(change)}/versions"
        # newest first, as GitLab lists them
        version = {"id": self.number(), "head_commit_sha": change["sha"], "created_at": long(at)}
        self.lists.setdefault(path, []).insert(0, version)

    def _own_commits(self, project: Json, sha: str) -> list[str]:
        """What a branch has and `main` has not, the newest first."""
        of_main = self._reached(project, self.head(project))
        return [one for one in self._reached(project, sha) if one not in of_main]

    def _reached(self, project: Json, sha: str) -> dict[str, None]:
        """A commit and all before it, in an order that can be relied on."""
        parents = {one["id"]: one["parent_ids"] for one in self.lists[f"{home(project)}/repository/commits"]}
        found, waiting = dict[str, None](), [sha]
        while waiting:
            if (one := waiting.pop()) in parents and one not in found:
                found[one] = None
                waiting += parents[one]
        return found

    def _commit(self, project: Json, sha: str) -> Json:
        found = next(one for one in self.lists[f"{home(project)}/repository/commits"] if one["id"] == sha)
        # the list of a merge request has neither parents nor numbers
        return {**{key: value for key, value in found.items() if key != "stats"}, "parent_ids": []}

    def _project(self, item: Json) -> Json:
        return next(one for one in self.projects if one["id"] == item["project_id"])

    def _below(self, item: Json) -> str:
        kind = "merge_requests" if "draft" in item or "/merge_requests/" in item["web_url"] else "issues"
        return f"{home(self._project(item))}/{kind}/{item['iid']}"


def _both(previous: Any, current: Any) -> Json:
    return {"previous": previous, "current": current}


def _moved(before: list[Json], after: list[Json]) -> Json:
    return _both([user_in_hook(one) for one in before], [user_in_hook(one) for one in after])
