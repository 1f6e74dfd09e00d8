"""Who is no human, by handle, by address, by trailer."""

from __future__ import annotations

import pytest

from fairlead.model.agents import account_kind, commit_kind, has_agent_trailer, is_agent
from fairlead.model.setup import IdentityRules


@pytest.mark.parametrize(
    ("handle", "tool_kind", "expected"),
    [
        ("kim", "User", "human"),
        ("dependabot[bot]", "Bot", "bot"),
        ("renovate[bot]", "Bot", "bot"),
        ("some-new-thing[bot]", "Bot", "bot"),
        ("acme-release", "Bot", "bot"),
        ("copilot-swe-agent[bot]", "Bot", "coding_agent"),
        ("Copilot", "Bot", "coding_agent"),
        ("devin-ai-integration[bot]", "Bot", "coding_agent"),
        ("claude[bot]", "Bot", "coding_agent"),
        ("claude", "User", "human"),
        ("jules", "User", "human"),
        ("copilot-pull-request-reviewer[bot]", "Bot", "review_agent"),
        ("coderabbitai[bot]", "Bot", "review_agent"),
        ("talbot", "User", "human"),
        ("abbott", "User", "human"),
        ("acme-bot", "User", "bot"),
        ("project_42_bot_9f3c", "User", "bot"),
        ("service_account_group_345_c468757e", "", "bot"),
        ("GitLabDuo", "", "review_agent"),
    ],
)
def test_handles(handle: str, tool_kind: str, expected: str) -> None:
    assert account_kind(handle, tool_kind) == expected


@pytest.mark.parametrize(
    ("name", "email", "expected"),
    [
        ("Kim Doe", "kim@acme.example", "human"),
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", "bot"),
        ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com", "coding_agent"),
        ("Claude", "noreply@anthropic.com", "coding_agent"),
        ("Cursor Agent", "cursoragent@cursor.com", "coding_agent"),
        ("GitHub", "noreply@github.com", "bot"),
        ("Claude Shannon", "claude@acme.example", "human"),
        ("Kim", "12+kim@users.noreply.github.com", "human"),
    ],
)
def test_git_authors(name: str, email: str, expected: str) -> None:
    assert account_kind(None, None, name, email) == expected


def test_a_team_may_say_otherwise() -> None:
    rules = IdentityRules(
        humans=("acme-bot",), coding_agents=("robo-*", "*@robots.example"), review_agents=("judge[bot]",)
    )
    assert account_kind("acme-bot", rules=rules) == "human"
    assert account_kind("robo-7", rules=rules) == "coding_agent"
    assert account_kind("judge[bot]", "Bot", rules=rules) == "review_agent"
    assert is_agent("R", "r@robots.example", rules)


@pytest.mark.parametrize(
    ("trailers", "expected"),
    [
        (["Signed-off-by: Kim <kim@acme.example>"], False),
        (["Agent-Logs-Url: https://github.example/x"], True),
        (["Generated-by: Claude Code"], True),
        (["Assisted-by: GitHub Copilot"], True),
        (["Generated-by: protoc 4"], False),
        (["Made-With: robots"], False),
    ],
)
def test_trailers(trailers: list[str], expected: bool) -> None:
    assert has_agent_trailer(trailers) is expected
    assert has_agent_trailer(["Made-With: Robots"], IdentityRules(agent_trailers=("Made-With: *",)))


def test_commits() -> None:
    assert commit_kind("human", [], []) == "human"
    assert commit_kind("human", ["Claude <noreply@anthropic.com>"], []) == "mixed"
    assert commit_kind("human", ["Lee Roe <lee@acme.example>"], []) == "human"
    assert commit_kind("coding_agent", [], []) == "agent"
    assert commit_kind("coding_agent", ["Lee Roe <lee@acme.example>"], []) == "mixed"
    assert commit_kind("bot", [], []) == "bot"
