"""Who is no human: known bots, coding agents and review agents, and the marks that agents leave in commits.

To teach it another one for everybody, add its handle here; for one team, `[identity]` of the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from fairlead.model.setup import IdentityRules

Kind = Literal["human", "bot", "coding_agent", "review_agent"]
AuthorKind = Literal["human", "agent", "mixed", "bot"]

REVIEW_AGENTS = (
    "copilot-pull-request-reviewer", "coderabbitai", "greptile-apps", "greptileai", "ellipsis-dev", "sourcery-ai",
    "qodo-merge*", "codiumai-pr-agent*", "pr-agent*", "korbit-ai", "bito-code-review", "graphite-app",
    "cursor-bugbot", "bugbot", "gemini-code-assist", "amazon-q-developer", "chatgpt-codex-connector",
    "codeant-ai", "deepsource-*", "gitlabduo",
    "reviewpad", "what-the-diff", "baz-reviewer", "entelligence-ai*", "kodiak-review", "kody-ai", "panto-ai",
    "hound*",
    "cubic-dev-ai", "diamond-review", "macroscopeapp", "propel-code*", "mesa-dot-dev", "recurseml", "zencoder-review",
)  # fmt: skip
"""Handles, without `[bot]`, of those that read changes and write reviews."""

CODING_AGENTS = (
    "copilot", "copilot-swe-agent", "github-copilot", "devin-ai-integration", "devin-ai", "codex", "openai-codex*",
    "claude", "claude-code", "anthropic-claude*", "cursoragent", "cursor", "cursor-agent", "google-labs-jules",
    "jules",
    "sweep-ai", "sweep", "openhands*", "all-hands-bot", "aider*", "factory-droid", "codegen-sh", "cline", "roomote*",
    "windsurf", "amp-agent", "ampcode*", "kiro-agent", "blackboxai*", "tembo-io", "zencoderai", "gru-agent",
    "solver-ai",
    "terragon*", "charlie-create*", "charliehelps", "opencode-agent", "warp-agent", "replit-agent", "vercel-v0", "v0",
    "lovable-dev", "genie-ai", "mentatbot", "continue-agent", "pixee", "pixeebot", "patchwork-agent", "gemini-cli",
)  # fmt: skip
"""Handles, without `[bot]`, of those that write code on their own."""

BOTS = (
    "dependabot", "dependabot-preview", "renovate", "renovate-bot", "github-actions", "github-merge-queue",
    "web-flow", "mergify", "kodiakhq", "bors", "bulldozer", "pre-commit-ci", "codecov", "codecov-commenter",
    "coveralls", "sonarcloud", "sonarqubecloud", "snyk-bot", "snyk-io", "greenkeeper", "imgbot", "allcontributors",
    "semantic-release-bot", "release-please", "changeset-bot", "stale", "netlify", "vercel", "linear", "linear-app",
    "jira", "atlassian", "slack", "cla-assistant", "clabot", "cla-bot", "easycla", "probot*", "welcome", "lgtm-com",
    "whitesource-bolt-for-github", "mend-for-github-com", "deepsourcebot", "k8s-ci-robot", "googlebot", "pyup-bot",
    "scala-steward", "weblate", "transifex-integration", "crowdin-bot", "gitlab-bot", "project_*_bot*",
    "group_*_bot*", "service_account_*", "sentry-io", "datadog*", "argocd*", "flux*", "fluxcdbot", "jenkins*",
    "circleci", "travis-ci",
    "buildkite*", "azure-pipelines", "docker-library-bot", "buildbot", "svc-*", "ci-bot", "deploy-bot", "release-bot",
)  # fmt: skip
"""Handles, without `[bot]`, of automation."""

_BOT_ADDRESSES = (
    "noreply@github.com", "noreply@gitlab.com", "*+github-actions@users.noreply.github.com",
    "action@github.com", "actions@github.com", "noreply@bitbucket.org", "bot@renovateapp.com",
    "support@dependabot.com",
)  # fmt: skip
"""Addresses under which hosts and automation commit: that of GitHub's merge button belongs to nobody."""

# words of several tools in lower case: `Bot` of GitHub, `app` of Jira Cloud and their like
_TOOL_BOTS = frozenset({"bot", "app", "integration", "service", "serviceaccount"})
_BOT_MARK = re.compile(r"(\[bot\]|-bot|_bot|\bbot)$", re.IGNORECASE)

_AGENT_ADDRESSES = (
    "noreply@anthropic.com", "*@cursor.com", "*cursoragent@*", "*+copilot@users.noreply.github.com",
    "*+copilot-swe-agent*@users.noreply.github.com", "copilot@github.com", "*+devin-ai-integration*@*",
    "*aider*@*", "noreply@aider.chat", "*@aider.chat", "codex@openai.com", "noreply@openai.com",
    "*+google-labs-jules*@*", "openhands@all-hands.dev", "*@all-hands.dev", "amp@ampcode.com", "*@sweep.dev",
    "gemini-code-assist*@*", "*+claude*@users.noreply.github.com", "*@windsurf.com", "*@factory.ai",
)  # fmt: skip
_AGENT_NAMES = re.compile(
    r"^(claude(\s+(code|opus|sonnet|haiku|[\d.]+).*)?|(github\s+)?copilot.*|cursor(\s+agent)?|aider(\s.*)?|devin(\s.*)?"
    r"|(openai\s+)?codex.*|google\s+jules|jules|gemini(\s+(cli|code|[\d.]).*)?|openhands.*|amp|windsurf.*|cline"
    r"|sweep(\s+ai)?|roo\s+code|opencode.*|factory\s+droid|kiro|gpt-?\d.*)$",
    re.IGNORECASE,
)
_AGENT_TRAILERS = re.compile(
    r"^(agent-logs-url|agent-session(-id)?|ai-agent|ai-generated|generated-with|claude-session|codex-session"
    r"|cursor-session|amp-thread(-id)?|copilot-session|devin-session):",
    re.IGNORECASE,
)
_GENERATED_BY = re.compile(r"^(generated|assisted|written|authored)-by:\s*(.*)$", re.IGNORECASE)
_NO_RULES = IdentityRules()


def account_kind(
    handle: str | None,
    tool_kind: str | None = None,
    name: str | None = None,
    email: str | None = None,
    rules: IdentityRules = _NO_RULES,
) -> Kind:
    """The kind of an account; what the team states wins over everything known here.

    >>> account_kind("coderabbitai[bot]", "Bot")
    'review_agent'
    """
    if not handle:
        # of a git author there are only name and address, and hosts put the login into either
        handle = _noreply_login((email or "").lower()) or (name if name and name.endswith("[bot]") else "")
    # a team may state a handle with or without `[bot]`, or an address: each is tried
    plain = _plain(handle)
    names = [one for one in (plain, (handle or "").lower(), (email or "").lower()) if one]
    # humans stand first there: a person who looks like a bot is rescued before anything else
    for kind, globs in _stated(rules):
        if _any_matches(names, globs):
            return kind
    if plain:
        for kind, globs in _KNOWN:
            if _any_matches([plain], globs) and (kind == "bot" or _may_be_agent(handle, tool_kind, plain)):
                return kind
    # a login tells more than an address that many share
    if not plain and _any_matches([(email or "").lower()], _BOT_ADDRESSES):
        return "bot"
    if (tool_kind or "").lower() in _TOOL_BOTS or _BOT_MARK.search(handle or "") or _BOT_MARK.search(name or ""):
        return "bot"
    return "coding_agent" if not plain and is_agent(name or "", email or "", rules) else "human"


def _may_be_agent(handle: str | None, tool_kind: str | None, plain: str) -> bool:
    """Whether a known agent's handle is the agent's: `claude`, `devin` and the like are also people's names."""
    marked = (handle or "").lower() != plain or (tool_kind or "").lower() in _TOOL_BOTS
    return marked or plain not in _HUMAN_NAMES


_HUMAN_NAMES = frozenset({"claude", "jules", "sweep", "cursor", "codex", "v0", "stale", "linear", "welcome", "cline"})

_KNOWN: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("review_agent", REVIEW_AGENTS),
    ("coding_agent", CODING_AGENTS),
    ("bot", BOTS),
)


def is_agent(name: str, email: str, rules: IdentityRules = _NO_RULES) -> bool:
    """Whether a git author or co-author is a coding agent.

    >>> is_agent("Claude", "noreply@anthropic.com"), is_agent("Claude Monet", "claude@acme.example")
    (True, False)
    """
    address = email.strip().lower()
    # what the team says of its own people goes before every list
    if _any_matches([address, name.strip().lower()], rules.humans):
        return False
    if _any_matches([address], (*_AGENT_ADDRESSES, *rules.coding_agents)):
        return True
    login = _noreply_login(address)
    if login and _any_matches([_plain(login)], CODING_AGENTS):
        return _may_be_agent(login, None, _plain(login))
    # a bare "Claude" with a person's address is a person; agents have their maker's address or none
    plain_name = _AGENT_NAMES.match(name.strip())
    return bool(plain_name) and (not address or "noreply" in address or "no-reply" in address)


def has_agent_trailer(trailers: Iterable[str], rules: IdentityRules = _NO_RULES) -> bool:
    """Whether a trailer says that an agent wrote the commit."""
    for trailer in trailers:
        if _AGENT_TRAILERS.match(trailer) or _any_matches([trailer.lower()], rules.agent_trailers):
            return True
        made = _GENERATED_BY.match(trailer)
        if made:
            name, _, rest = made.group(2).partition("<")
            # after `Generated-by:` a bare name is enough: nobody names a person's tool there
            if _AGENT_NAMES.match(name.strip()) or is_agent(name, rest.rstrip("> "), rules):
                return True
    return False


def commit_kind(
    author: Kind, co_authors: Sequence[str], trailers: Sequence[str], rules: IdentityRules = _NO_RULES
) -> AuthorKind:
    """Who wrote a commit: a human with an agent's help is `mixed`.

    >>> commit_kind("human", ["Copilot <198982749+Copilot@users.noreply.github.com>"], [])
    'mixed'
    """
    helpers = [_split(text) for text in co_authors]
    agents = any(is_agent(name, email, rules) for name, email in helpers) or has_agent_trailer(trailers, rules)
    # a human who committed stands behind it, so an agent's help never makes it the agent's alone
    if author == "human":
        return "mixed" if agents else "human"
    # a co-author is a git author: there is a name and an address, and no handle
    humans = any(account_kind(None, None, name, email, rules) == "human" for name, email in helpers)
    if author in ("coding_agent", "review_agent"):
        return "mixed" if humans else "agent"
    return "agent" if agents else "bot"


def _stated(rules: IdentityRules) -> tuple[tuple[Kind, tuple[str, ...]], ...]:
    return (
        ("human", rules.humans),
        ("review_agent", rules.review_agents),
        ("coding_agent", rules.coding_agents),
        ("bot", rules.bots),
    )


def _plain(handle: str | None) -> str:
    # `gh` shows an app as `app/<name>`
    return (handle or "").strip().lstrip("@").lower().removesuffix("[bot]").removeprefix("app/")


def _noreply_login(address: str) -> str:
    """Login in `12345+login@users.noreply.github.com`."""
    local, _, host = address.partition("@")
    return local.rpartition("+")[2] if host.startswith("users.noreply.") else ""


def _split(text: str) -> tuple[str, str]:
    name, _, rest = text.partition("<")
    return name.strip(), rest.rstrip("> ").strip()


def _any_matches(words: Sequence[str], globs: tuple[str, ...]) -> bool:
    return any(_matches(word, glob) for word in words for glob in globs)


@lru_cache(maxsize=65536)
def _matches(word: str, glob: str) -> bool:
    # brackets are part of handles like `x[bot]`, not a set of letters
    return fnmatchcase(word, glob.lower().replace("[", "[[]"))
