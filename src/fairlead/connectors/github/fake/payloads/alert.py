"""Findings of the host's scanners: dependencies, code, secrets."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import sha_of, stamp
from fairlead.connectors.github.fake.payloads.user import user_or_none
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.pipeline import Alert

_PATHS = {"dependabot": "dependabot", "code_scanning": "code-scanning", "secret_scanning": "secret-scanning"}


def alert(wire: Wire, repo: Repository, found: Alert) -> Json:
    """An alert in the form of its kind."""
    return {**_shared(wire, repo, found), **_FORMS[found.kind](wire, repo, found)}


def _shared(wire: Wire, repo: Repository, found: Alert) -> Json:
    part = _PATHS[found.kind]
    return {
        "number": found.number,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "url": f"{wire.api}/repos/{repo.full_name}/{part}/alerts/{found.number}",
        "html_url": f"{wire.html}/{repo.full_name}/security/{part}/{found.number}",
    }


def _dependabot(wire: Wire, _repo: Repository, found: Alert) -> Json:
    mark = sha_of(found.rule)
    advisory = f"GHSA-{mark[:4]}-{mark[4:8]}-{mark[8:12]}"
    package = {"ecosystem": "pip", "name": found.package}
    weakness = {
        "package": package,
        "severity": found.severity,
        "vulnerable_version_range": "< 3.1.0",
        "first_patched_version": {"identifier": "3.1.0"},
    }
    return {
        "state": found.state,
        "dependency": {
            "package": package,
            "manifest_path": found.path,
            "scope": "runtime",
            "relationship": "direct",
        },
        "security_advisory": {
            "ghsa_id": advisory,
            "cve_id": found.rule,
            "summary": found.title,
            "description": found.title,
            "severity": found.severity,
            "identifiers": [{"type": "GHSA", "value": advisory}, {"type": "CVE", "value": found.rule}],
            "references": [{"url": f"https://nvd.nist.gov/vuln/detail/{found.rule}"}],
            "published_at": stamp(found.created_at),
            "updated_at": stamp(found.created_at),
            "withdrawn_at": None,
            "vulnerabilities": [weakness],
            "cvss": {"vector_string": None, "score": 9.1 if found.severity == "critical" else 6.5},
            "cwes": [],
        },
        "security_vulnerability": weakness,
        "dismissed_at": stamp(found.dismissed_at),
        "dismissed_by": user_or_none(wire, found.dismissed_by),
        "dismissed_reason": "tolerable_risk" if found.dismissed_at is not None else None,
        "dismissed_comment": None,
        "fixed_at": stamp(found.fixed_at),
        "auto_dismissed_at": None,
    }


def _code_scanning(wire: Wire, repo: Repository, found: Alert) -> Json:
    instance = {
        "ref": f"refs/heads/{found.branch}",
        "analysis_key": ".github/workflows/codeql.yml:analyze",
        "environment": "{}",
        "category": "",
        "state": found.state,
        "commit_sha": found.sha,
        "message": {"text": found.title},
        "location": {"path": found.path, "start_line": 41, "end_line": 41, "start_column": 5, "end_column": 60},
        "classifications": [],
    }
    return {
        "state": found.state,
        "fixed_at": stamp(found.fixed_at),
        "dismissed_at": stamp(found.dismissed_at),
        "dismissed_by": user_or_none(wire, found.dismissed_by),
        "dismissed_reason": "won't fix" if found.dismissed_at is not None else None,
        "dismissed_comment": None,
        "rule": {
            "id": found.rule,
            "severity": "error",
            "security_severity_level": found.severity,
            "description": found.title,
            "name": found.rule,
            "tags": ["security"],
            "full_description": found.title,
            "help": None,
        },
        "tool": {"name": found.tool, "guid": None, "version": "2.19.3"},
        "most_recent_instance": instance,
        "instances_url": f"{wire.api}/repos/{repo.full_name}/code-scanning/alerts/{found.number}/instances",
    }


def _secret_scanning(wire: Wire, repo: Repository, found: Alert) -> Json:
    solved = found.fixed_at is not None
    return {
        "state": "resolved" if solved else "open",
        "locations_url": f"{wire.api}/repos/{repo.full_name}/secret-scanning/alerts/{found.number}/locations",
        "resolution": "revoked" if solved else None,
        "resolved_at": stamp(found.fixed_at),
        "resolved_by": user_or_none(wire, found.dismissed_by),
        "resolution_comment": None,
        "secret_type": found.rule,
        "secret_type_display_name": found.title,
        "validity": "unknown",
        "push_protection_bypassed": False,
        "push_protection_bypassed_by": None,
        "push_protection_bypassed_at": None,
        "publicly_leaked": False,
        "multi_repo": False,
    }


_FORMS = {"dependabot": _dependabot, "code_scanning": _code_scanning, "secret_scanning": _secret_scanning}
