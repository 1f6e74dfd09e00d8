"""What the API changes: each request does what the driver call of its name does, webhooks and all.

A line of a note or description that begins with `/` is a command here as well ("quick action").
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fairlead.connectors.gitlab.fake.items import Items
from fairlead.connectors.gitlab.fake.state import WEB, home, long
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json, said

_ITEM = re.compile(r"/(?P<kind>issues|merge_requests)/(?P<number>\d+)(?P<below>/.*)?")
_BUILD = re.compile(r"/(?P<kind>pipelines|jobs)/(?P<number>\d+)(?P<below>/retry)?")
_COMMAND = re.compile(r"(?m)^/(assign_reviewer|unassign_reviewer|assign|unassign|close|reopen|label)\b[ ]?(.*)$\n?")
_OTHER_WAY = {"assign": False, "unassign": True, "assign_reviewer": False, "unassign_reviewer": True}


class Writes(Items):
    """A server that takes writes in the name of its token's user."""

    def write(self, request: Request, path: str) -> Response:
        """The answer to a request that changes something."""
        if "api" not in self.scopes:
            words = "The request requires higher privileges than provided by the access token."
            return said({"error": "insufficient_scope", "error_description": words, "scope": "api"}, 403)
        for project in self.projects:
            if path.startswith(f"{home(project)}/"):
                rest = path.removeprefix(home(project))
                asked = msgspec.json.decode(request.body or b"{}")
                if rest == "/issues" and request.method == "POST":
                    return self._new_issue(project, asked)
                if found := _ITEM.fullmatch(rest):
                    item = self._numbered(project, found["kind"], found["number"])
                    return self._of_item(request.method, item, found["below"] or "", asked) if item else _missing()
                if (found := _BUILD.fullmatch(rest)) and found["below"]:
                    return self._retry(project, found["kind"], int(found["number"]))
        return _missing()

    def one(self, path: str) -> Json | None:
        """A single thing below a project; empty if it is gone, `None` if the path names none."""
        for project in self.projects:
            if not path.startswith(f"{home(project)}/"):
                continue
            rest = path.removeprefix(home(project))
            if (found := _ITEM.fullmatch(rest)) and not found["below"]:
                return self._numbered(project, found["kind"], found["number"])
            if found and re.fullmatch(r"/notes/\d+", found["below"] or ""):
                notes = self.lists.get(path.rpartition("/")[0], [])
                return next((one for one in notes if str(one["id"]) == path.rpartition("/")[2]), None) or {}
            if (found := _BUILD.fullmatch(rest)) and found["kind"] == "jobs":
                return self._job(project, int(found["number"]))
        return None

    @property
    def me(self) -> Json:
        """The user of the token."""
        known = next((one for one in self.users if one["username"] == "fairlead"), None)
        if known is None:
            known = {
                "id": self.number(), "username": "fairlead", "name": "Fairlead", "state": "active", "email": "",
                "web_url": f"{WEB}/fairlead",
            }  # fmt: skip
            self.users.append(known)
        return known

    def _of_item(self, method: str, item: Json, below: str, asked: Json) -> Response:
        if below == "/notes" and method == "POST":
            return self._new_note(item, asked)
        if below.startswith("/notes/") and method == "DELETE":
            notes = self.lists.get(f"{self._below(item)}/notes", [])
            kept = [one for one in notes if str(one["id"]) != below.removeprefix("/notes/")]
            if len(kept) == len(notes):
                return _missing()
            self.lists[f"{self._below(item)}/notes"] = kept
            self._did("delete_comment", item)
            return Response(204)
        if below == "/merge" and method == "PUT":
            return self._merge(item, asked)
        if not below and method == "PUT":
            self._edit(item, asked)
            return said(item)
        return _missing()

    def _new_note(self, item: Json, asked: Json) -> Response:
        text = str(asked.get("body") or "")
        if not text.strip():
            return said({"error": "body is missing"}, 400)
        if len(text) > 1_000_000:
            return said({"message": "400 Bad request - Note is too long (maximum is 1000000 characters)"}, 400)
        changed = self._commands(item, text)
        rest = _COMMAND.sub("", text).strip()
        if changed and not rest:
            return said({"commands_changes": dict.fromkeys(changed), "summary": list(changed)}, 202)
        if not rest:
            return said({"message": '400 Bad request - Note {:commands=>["Failed to apply commands."]}'}, 400)
        note = self.comment(item, rest, self.me, self.at())
        self._did("comment", item)
        return said(note, 201)

    def _commands(self, item: Json, text: str) -> list[str]:
        """Does what commands say, as far as they can be done; gives what they did."""
        done: list[str] = []
        for word, rest in _COMMAND.findall(text):
            if word in ("close", "reopen"):
                self._edit(item, {"state_event": word})
                done.append(word)
            elif word == "label":
                self._edit(item, {"add_labels": rest.strip().removeprefix("~")})
                done.append(word)
            else:
                named = [one for one in self.users if f"@{one['username']}" in rest.split()]
                done += [word for one in named if self._move(item, word, one)]
        return done

    def _move(self, item: Json, word: str, who: Json) -> bool:
        key, act = ("reviewers", self.ask) if word.endswith("reviewer") else ("assignees", self.assign)
        if (who in item[key]) is not _OTHER_WAY[word]:
            return True
        act(item, who, self.me, self.at())
        self._did(f"{word} {who['username']}", item)
        return True

    def _edit(self, item: Json, asked: Json) -> None:
        by, at = self.me, self.at()
        added, removed = (
            [name for name in str(asked.get(key) or "").split(",") if name] for key in ("add_labels", "remove_labels")
        )
        for name in (*added, *removed):
            if (name in item["labels"]) is (name in removed):
                self.label(item, name, by, at)
                self._did(f"{'label' if name in added else 'unlabel'} {name}", item)
        state = {"close": "closed", "reopen": "opened"}.get(str(asked.get("state_event")), item["state"])
        if state != item["state"]:
            (self.close if state == "closed" else self.reopen)(item, by, at)
            self._did("close" if state == "closed" else "reopen", item)
        acts: tuple[tuple[str, Any], ...] = (
            ("title", self.retitle), ("description", self.rewrite), ("due_date", self.due),
        )  # fmt: skip
        for key, act in acts:
            if key in asked and asked[key] != item.get(key):
                act(item, asked[key], by, at)
                self._did(f"edit {key}", item)

    def _new_issue(self, project: Json, asked: Json) -> Response:
        if not asked.get("title"):
            return said({"error": "title is missing"}, 400)
        made = self.open_issue(project, self.me, self.at(), asked["title"], body=asked.get("description") or "")
        made["issue_type"] = asked.get("issue_type", "issue")
        for name in filter(None, str(asked.get("labels") or "").split(",")):
            self.label(made, name, self.me, self.at())
        for who in self.users:
            if who["id"] in (asked.get("assignee_ids") or ()):
                self.assign(made, who, self.me, self.at())
        self._commands(made, made["description"])
        self._did("issue", made)
        return said(made, 201)

    def _merge(self, change: Json, asked: Json) -> Response:
        if change["state"] != "opened" or change["draft"]:
            return said({"message": "405 Method Not Allowed"}, 405)
        if asked.get("sha") not in (None, change["sha"]):
            return said({"message": f"SHA does not match HEAD of source branch: {change['sha']}"}, 409)
        self.merge(change, self.me, self.at())
        self._did("merge", change)
        return said(change)

    def _retry(self, project: Json, kind: str, number: int) -> Response:
        if kind == "jobs":
            job = self._job(project, number)
            if job is None:
                return _missing()
            if job["status"] not in ("failed", "canceled", "success"):
                return said({"message": "403 Forbidden - Job is not retryable"}, 403)
            listed = self.lists[f"{home(project)}/pipelines/{job['pipeline']['id']}/jobs"]
            listed.remove(job)
            self.retried.append(job)
            listed.append(job := {**job, "id": self.number(), "status": "pending", "finished_at": None})
            self.effects.append(f"retry job {number}")
            return said(job, 201)
        found = next((one for one in self.lists.get(f"{home(project)}/pipelines", []) if one["id"] == number), None)
        if found is None:
            return _missing()
        if found["status"] in ("failed", "canceled"):
            found |= {"status": "running", "finished_at": None, "updated_at": long(self.at())}
            self.effects.append(f"retry pipeline {number}")
        return said(found, 201)

    def _job(self, project: Json, number: int) -> Json | None:
        below = f"{home(project)}/pipelines/"
        listed = [job for path, jobs in self.lists.items() if path.startswith(below) for job in jobs]
        return next((job for job in [*listed, *self.retried] if job["id"] == number and "pipeline" in job), None)

    def _numbered(self, project: Json, kind: str, number: str) -> Json | None:
        listed = self.lists.get(f"{home(project)}/{kind}", [])
        return next((one for one in listed if str(one["iid"]) == number), None)

    def _did(self, what: str, item: Json) -> None:
        sign = "!" if "draft" in item else "#"
        self.effects.append(f"{what} {self._project(item)['path_with_namespace']}{sign}{item['iid']}")


def _missing() -> Response:
    return said({"message": "404 Not found"}, 404)
