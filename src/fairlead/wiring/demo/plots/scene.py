"""What story lines share: opening a change by hand, naming records, waiting for a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from fairlead.connectors.github.fake.code import FileChange, Repository
from fairlead.connectors.github.fake.state import Issue, Pull
from fairlead.wiring.demo.cast import player, yard
from fairlead.wiring.demo.company import SUFFIX
from fairlead.wiring.demo.director import Director
from fairlead.wiring.demo.hosts import Shipped


@dataclass(frozen=True, slots=True)
class Draught:
    """A change of the story, before it is opened."""

    repository: str
    title: str
    by: str
    branch: str
    part: str
    files: int = 3
    additions: int = 60
    deletions: int = 20
    commits: int = 2
    coding_h: float = 5.0
    body: str = ""
    draft: bool = False
    base: str = ""
    labels: tuple[str, ...] = field(default=())
    private: bool = False
    ticket: str = ""
    """Name of the story's issue that it is for, which goes into review with it."""


def open_change(director: Director, what: Draught) -> Pull:
    """Pushes the branch with its commits, dated over the hours before, and opens the pull request."""
    house = yard(what.repository)
    begun = director.now - timedelta(hours=what.coding_h)
    made = []
    for place in range(what.commits):
        share = what.files * place // what.commits, what.files * (place + 1) // what.commits
        files = [_file(what, house.language, number) for number in range(share[0], max(share[1], share[0] + 1))]
        at = begun + timedelta(hours=what.coding_h) * place / what.commits
        text = what.title if place == 0 else f"{what.title} (part {place + 1})"
        made.append(director.commit(what.by, text, files, at, private=what.private))
    repo = director.repo(house)
    base, branch, title = what.base or house.base, what.branch, what.title
    if issue := director.tickets.get(what.ticket):
        branch, title = branch.replace("/", f"/{issue['key']}-", 1), f"{issue['key']} {title}"
        director.tracker.change(issue, what.by, status="In Review")
    director.fake.push(repo, branch, made, by=what.by, at=director.now, onto=repo.branches[base])
    return director.fake.open_pull(
        repo,
        title,
        head=branch,
        by=what.by,
        at=director.now,
        base=base,
        body=what.body or f"{what.title}.",
        draft=what.draft,
        labels=what.labels,
    )


def _file(what: Draught, language: str, number: int) -> FileChange:
    name = f"{what.part}/{what.branch.rpartition('/')[2]}_{number}.{SUFFIX[language]}"
    return FileChange(name, max(1, what.additions // what.files), what.deletions // what.files)


def change_id(repo: Repository, item: Issue) -> str:
    """Record id of a change or issue."""
    return f"github:{repo.full_name}#{item.number}"


def deployment_id(repo: Repository, found: Shipped) -> str:
    """Record id of a deployment."""
    return f"github:{repo.full_name}/deployment/{found.id}"


def person(login: str) -> str:
    """Record id of a person."""
    return f"person:{player(login).key}"
