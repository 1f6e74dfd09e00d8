"""GitLab, Jira and PagerDuty in the first `fairlead.toml`: what is asked, what is written, where tokens are made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

import tomlkit
from tomlkit import inline_table, table

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_REMOTE = re.compile(
    r"(?:[a-z+]+://)?(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9.-]+)(?::\d+(?=/))?[:/](?P<path>\S+?)(?:\.git)?/?"
)
_CLOUD = ".atlassian.net"


@dataclass(frozen=True, slots=True)
class Connected:
    """A tool that the team named."""

    tool: str
    url: str = ""
    """Address of its server; empty for the public one."""
    names: tuple[str, ...] = ()
    """Groups or group/project at GitLab."""
    user: str = ""
    """Whose API token it is, where the token alone does not say so."""

    @property
    def variable(self) -> str:
        """Environment variable that holds the token."""
        return f"{self.tool.upper()}_TOKEN"


def gitlab(text: str) -> Connected | None:
    """GitLab by a group, a project or the address of one; `None` if it is none.

    >>> gitlab("https://gitlab.acme.example/quay/berths")
    Connected(tool='gitlab', url='https://gitlab.acme.example', names=('quay/berths',), user='')
    """
    parts = urlsplit(text.strip())
    path = parts.path.strip("/").removesuffix(".git")
    if (parts.scheme and (parts.scheme not in ("http", "https") or not parts.hostname)) or not _PATH.fullmatch(path):
        return None
    url = f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.hostname != "gitlab.com" else ""
    return Connected("gitlab", url, (path,))


def jira(text: str, user: str = "") -> Connected | None:
    """Jira by the address of any of its pages; `None` if it is none.

    >>> jira("acme.atlassian.net/browse/ACME-17").url
    'https://acme.atlassian.net'
    """
    parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
    if parts.scheme not in ("http", "https") or not parts.hostname or "." not in parts.hostname:
        return None
    # of a Data Center below a path only its people know where it begins, so all of it stays but what is of a page
    path = "" if parts.hostname.endswith(_CLOUD) else re.split(r"/(?:browse|projects|secure|rest)\b", parts.path)[0]
    return Connected("jira", f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}", (), user)


def needs_user(connected: Connected) -> bool:
    """Whether the token works only beside the address of its owner: Atlassian's tokens name nobody."""
    return connected.tool == "jira" and (urlsplit(connected.url).hostname or "").endswith(_CLOUD)


def hosts(remotes: Iterable[str]) -> Mapping[str, str]:
    """What the remotes of a clone propose: `github` -> owner, `gitlab` -> address or name of the group.

    >>> dict(hosts(["git@gitlab.acme.example:quay/web/berths.git", "https://github.com/acme/pay.git"]))
    {'gitlab': 'https://gitlab.acme.example/quay', 'github': 'acme'}
    """
    found: dict[str, str] = {}
    for remote in remotes:
        if (parts := _REMOTE.fullmatch(remote.strip())) is None:
            continue
        host, owner = parts["host"].lower(), parts["path"].strip("/").partition("/")[0]
        # a server of one's own has any name: only those that say what they are can be told
        if host == "github.com":
            found.setdefault("github", owner)
        elif "gitlab" in host:
            found.setdefault("gitlab", owner if host == "gitlab.com" else f"https://{host}/{owner}")
    return found


def section(connected: Connected) -> tomlkit.items.Table:
    """`[sources.<tool>]`, secrets by reference."""
    found = table()
    found["tool"] = connected.tool
    if connected.url:
        found["url"] = connected.url
    # one segment is a group, with all that lies below it
    if groups := [name for name in connected.names if "/" not in name]:
        found["organisations"] = groups
    if projects := [name for name in connected.names if "/" in name]:
        found["repositories"] = projects
    if connected.user:
        found["user"] = connected.user
    place = inline_table()
    place["env"] = connected.variable
    found["token"] = place
    return found


_MADE_AT: Mapping[str, str] = MappingProxyType(
    {
        "gitlab": "scope read_api: {url}/-/user_settings/personal_access_tokens",
        "jira": "Jira > your picture > Profile > Personal access tokens",
        "pagerduty": "read-only: PagerDuty > Integrations > API Access Keys",
    }
)


def steps(connected: Connected) -> Iterator[str]:
    """What to type for it, and where its token is made."""
    place = _MADE_AT[connected.tool].format(url=connected.url or "https://gitlab.com")
    if needs_user(connected):
        place = "https://id.atlassian.com/manage-profile/security/api-tokens"
    yield f"export {connected.variable}=...   # {place}"
