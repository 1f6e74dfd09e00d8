"""Tells from the message of a commit whether a change came with it, and which. Pure.

Hosts write merges and squashes in fixed forms; where no code host is connected they are all that is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairlead.connectors.git.log import LoggedCommit


@dataclass(frozen=True, slots=True)
class Guess:
    """What a message says about the change that the commit brought."""

    number: int | None
    """Number at the host; `None` for a merge by hand."""
    title: str
    head_branch: str = ""
    base_branch: str = ""
    mark: str = "#"
    """What stands before the number: `!` at GitLab, where a change and an issue may have the same one."""


_GITHUB = re.compile(r"^Merge pull request #(\d+) from (?:[^/\s]+/)?(\S+)")
_BITBUCKET = re.compile(r"^Merged in (\S+) \(pull request #(\d+)\)")
_BITBUCKET_SERVER = re.compile(r"^(?:Merge pull request|Pull request) #(\d+)(?: in \S+ from (\S+) to (\S+)|: (.+))")
_AZURE = re.compile(r"^Merged PR (\d+): (.+)")
_GITLAB = re.compile(r"^See merge request (?:\S+)?!(\d+)\s*$", re.MULTILINE)
_BY_HAND = re.compile(r"^Merge (?:remote-tracking )?branch '([^']+)'(?: of \S+)?(?: into '?([^'\s]+)'?)?")
_FROM = re.compile(r"(?<=') of \S+")
"""Where a branch was pulled from: an address that names somebody's fork."""
_SQUASH = re.compile(r"^(.*\S) \((#|!|PR #?|pull request #)(\d+)\)$", re.IGNORECASE)

_INTEGRATION = re.compile(
    r"^(main|master|trunk|develop|dev|development|next|staging|stage|production|prod|live|integration"
    r"|(release|releases|stable|maint|hotfixes)[/-].+|v?\d+(\.\d+)*([.-]x)?|.+-stable)$"
)
_LARGEST = 2**53


def is_integration(branch: str) -> bool:
    """Whether a branch of this name collects changes rather than being one."""
    return bool(_INTEGRATION.match(branch))


def branch_of(ref: str) -> str:
    """Name of a branch for its ref, without the remote; empty for tags and a detached HEAD."""
    if ref.startswith("refs/heads/"):
        return ref.removeprefix("refs/heads/")
    if ref.startswith("refs/remotes/"):
        return ref.removeprefix("refs/remotes/").partition("/")[2]
    return ""


def merged_change(commit: LoggedCommit, *, on_chain: bool) -> Guess | None:
    """The change that a merge commit brought; merges by hand count only where they enter an integration branch."""
    subject, body = _split(commit.message)
    if found := _hosted(subject, body):
        return found
    by_hand = _BY_HAND.match(subject)
    if by_hand is None:
        return None
    branch, base = by_hand.group(1).removeprefix("origin/"), by_hand.group(2) or ""
    if host := _GITLAB.search(body):
        return Guess(_number(host.group(1)), _first_line(body) or subject, branch, base, "!")
    # main merged into a feature branch, a pull, or a promotion from dev to main: no change of its own
    return Guess(None, _FROM.sub("", subject), branch, base) if on_chain and not is_integration(branch) else None


def squashed_change(commit: LoggedCommit) -> Guess | None:
    """The change that became this one commit of an integration branch."""
    subject, body = _split(commit.message)
    if found := _AZURE.match(subject):
        return Guess(_number(found.group(1)), found.group(2))
    if found := _SQUASH.match(subject):
        return Guess(_number(found.group(3)), found.group(1), mark="!" if found.group(2) == "!" else "#")
    host = _GITLAB.search(body)
    return Guess(_number(host.group(1)), subject, mark="!") if host else None


def _hosted(subject: str, body: str) -> Guess | None:
    if found := _BITBUCKET_SERVER.match(subject):
        number, head, base, title = found.groups()
        return Guess(_number(number), title or _first_line(body) or subject, head or "", base or "")
    if found := _GITHUB.match(subject):
        # without a title of its own the branch says what it is; the subject names whose fork it came from
        return Guess(_number(found.group(1)), _first_line(body) or found.group(2), found.group(2))
    if found := _BITBUCKET.match(subject):
        return Guess(_number(found.group(2)), _first_line(body) or subject, found.group(1))
    if found := _AZURE.match(subject):
        return Guess(_number(found.group(1)), found.group(2))
    return None


def _number(digits: str) -> int | None:
    number = int(digits[:20])
    return number if 0 < number < _LARGEST else None


def _split(message: str) -> tuple[str, str]:
    subject, _, body = message.lstrip().partition("\n")
    return subject.strip(), body


def _first_line(body: str) -> str:
    return next((line.strip() for line in body.splitlines() if line.strip()), "")
