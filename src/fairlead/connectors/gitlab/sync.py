"""The sync: projects of the settings and of their groups, each list of them, and what stands below an entry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fairlead.connectors.gitlab.api import Project, connect, encoded, groups, listed, projects
from fairlead.connectors.gitlab.statuses import statuses
from fairlead.connectors.gitlab.sweeps import numbered, published
from fairlead.connectors.gitlab.walks import commits, deployments, issues, merge_requests, pipelines
from fairlead.connectors.kit.connector import Page, SyncRequest
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Missing
from fairlead.connectors.kit.ids import ids_page
from fairlead.connectors.kit.owners import AT_GITLAB
from fairlead.connectors.kit.rest import Rest, text
from fairlead.connectors.kit.steps import Step, walked


def sync(request: SyncRequest) -> Iterator[Page]:
    """Raw pages, each with the state after it."""
    rest = connect(request)
    steps = [step for group in groups(request) for step in _of_group(rest, group)]
    for project in projects(rest):
        steps += _of_project(rest, project)
    rest.total = len(steps)
    return walked(rest, steps)


def _of_group(rest: Rest, group: str) -> list[Step]:
    home = f"/groups/{encoded(group)}"
    return [
        Step(f"{group}: group", partial(_one, rest, "groups", home, group)),
        Step(f"{group}: members", partial(_members, rest, home, group)),
        Step(f"{group}: milestones", partial(_whole, rest, "milestones", f"{home}/milestones", "", group)),
        # the free tier has neither
        Step(f"{group}: iterations", partial(_whole, rest, "iterations", f"{home}/iterations", "", group), True),
        Step(f"{group}: epics", partial(_whole, rest, "epics", f"{home}/epics", "", group), True),
    ]


def _of_project(rest: Rest, project: Project) -> list[Step]:
    path, home = project.path, project.home
    steps = [
        Step(f"{path}: project", partial(_one, rest, "projects", home, "")),
        Step(f"{path}: milestones", partial(_whole, rest, "milestones", f"{home}/milestones", path, "")),
    ]
    if project.has("merge_requests"):
        steps.append(Step(f"{path}: merge requests", partial(merge_requests, rest, project)))
    if project.has("issues"):
        # before the issues, whose pages know less and lose against them: the other way round each would be open for
        # the moment in between
        steps.append(Step(f"{path}: statuses", partial(statuses, rest, project), True))
        steps.append(Step(f"{path}: issues", partial(issues, rest, project)))
    if project.has("repository"):
        steps += [
            Step(f"{path}: commits", partial(commits, rest, project)),
            Step(f"{path}: tags", partial(_whole, rest, "tags", f"{home}/repository/tags", path, "")),
            Step(f"{path}: code owners", partial(_code_owners, rest, project)),
        ]
    if project.has("releases"):
        steps.append(Step(f"{path}: releases", partial(_whole, rest, "releases", f"{home}/releases", path, "")))
    if project.has("builds"):
        steps.append(Step(f"{path}: pipelines", partial(pipelines, rest, project)))
    if project.has("environments"):
        steps.append(Step(f"{path}: deployments", partial(deployments, rest, project)))
    if rest.request.full:
        steps += [
            Step(f"{path}: deleted issues and merge requests", partial(numbered, rest, project)),
            Step(f"{path}: deleted tags and releases", partial(published, rest, project), True),
        ]
    return steps


def _one(rest: Rest, kind: str, path: str, group: str, _mark: Mark) -> Iterator[Page]:
    rest.tell(path)
    yield rest.page(kind, path, rest.get(path), group=group)


def _whole(rest: Rest, kind: str, path: str, project: str, group: str, _mark: Mark) -> Iterator[Page]:
    for answer, found in listed(rest, path):
        rest.tell(f"{project or group}: {kind}")
        if found:
            yield rest.page(kind, path, answer, project=project, group=group)


def _members(rest: Rest, home: str, group: str, _mark: Mark) -> Iterator[Page]:
    """Members, and who they all are: who left is missing."""
    source = rest.request.options.source
    team, ids, at = f"{source}:@{group}", [], None
    # also those of the groups above, who may do the same here
    for answer, found in listed(rest, f"{home}/members/all"):
        at = at or answer.date
        ids += [f"{team}/{source}:@{text(user, 'username')}" for user in found if text(user, "state") == "active"]
        yield rest.page("members", f"{home}/members/all", answer, group=group)
    # whoever is a member of several groups above may be listed for each
    yield ids_page("memberships", f"{team}/", set(ids), at or rest.http.now)


def _code_owners(rest: Rest, project: Project, _mark: Mark) -> Iterator[Page]:
    for location in AT_GITLAB:
        path = f"{project.home}/repository/files/{encoded(location)}"
        try:
            # whatever the default branch is called
            answer = rest.get(path, {"ref": "HEAD"})
        except Missing:
            continue
        yield rest.page("files", path, answer, project=project.path)
        return
    # nobody owns anything any more
    yield ids_page("code_owners", f"{rest.request.options.source}:{project.path}/codeowners/", [], rest.http.now)
