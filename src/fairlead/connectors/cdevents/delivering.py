"""Builds, tests, artifacts and deployments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.cdevents.telling import Telling, artifact, service
from fairlead.model.records.delivery import Artifact, Build, Deployment, TestResult

_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "success": "success", "pass": "success", "failure": "failure", "fail": "failure", "error": "error",
        "cancel": "canceled", "canceled": "canceled", "cancelled": "canceled", "skip": "skipped",
    }
)  # fmt: skip
_TEST_RESULTS: Mapping[str, str] = MappingProxyType(
    {"success": "passed", "failure": "failed", "error": "error", "canceled": "skipped", "skipped": "skipped"}
)
_STATES: Mapping[str, str] = MappingProxyType(
    {"queued": "queued", "started": "running", "finished": "finished", "skipped": "finished"}
)


def deployment(telling: Telling) -> None:
    """`service.*`: each event is one finished deployment; `removed` and `published` bring nothing new anywhere."""
    if telling.predicate not in ("deployed", "upgraded", "rolledback"):
        return
    back = telling.predicate == "rolledback"
    record = Deployment(
        id=telling.own("deployment", telling.id),
        source=telling.source,
        url=telling.custom.text("url"),
        created_at=telling.at,
        repository=telling.repository(),
        service=service(telling, telling.subject_id),
        environment=telling.reference("environment"),
        sha=telling.sha(),
        version=telling.version(),
        state="finished",
        result="success",
        started_at=telling.at,
        finished_at=telling.at,
        description=telling.subject_id,
        task="rollback" if back else telling.predicate,
        unplanned=True if back else UNSET,
        made_from="cdevents",
    )
    telling.say(record)
    telling.happened(record.id)


def build(kind: str, noun: str, name_key: str) -> Callable[[Telling], None]:
    def read(telling: Telling) -> None:
        state = _STATES.get(telling.predicate)
        if state is None:
            return
        parent = telling.reference("pipelineRun")
        name = telling.content.text(name_key) if name_key in telling.content else UNSET
        given = telling.content.text("outcome")
        url = telling.content.text("uri") or telling.content.text("url")
        finished = state == "finished"
        change = telling.custom.text("change")
        record = Build(
            id=telling.own(noun),
            source=telling.source,
            url=url or UNSET,
            repository=telling.repository(),
            kind=kind,
            parent=telling.own("run", parent) if parent else UNSET,
            name=name or telling.name_of("testSuite") or UNSET,
            branch=telling.custom.text("branch"),
            sha=telling.sha(),
            change=f"{telling.repository()}#{change}" if change and telling.repository() is not UNSET else UNSET,
            state=state,
            result=_OUTCOMES.get((given or "").lower(), "success" if not given else "error") if finished else None,
            queued_at=telling.at if state == "queued" else UNSET,
            started_at=telling.at if state == "running" else UNSET,
            finished_at=telling.at if finished else None,
        )
        telling.say(record)
        telling.happened(record.id)

    return read


def test_case(telling: Telling) -> None:
    if telling.predicate not in ("finished", "skipped"):
        return
    case = telling.content.child("testCase")
    suite = telling.content.child("testSuiteRun")
    given = (telling.content.text("outcome") or ("skip" if telling.predicate == "skipped" else "")).lower()
    record = TestResult(
        id=telling.own("test"),
        source=telling.source,
        build=telling.own("suite", suite.need_text("id")) if suite else UNSET,
        repository=telling.repository(),
        sha=telling.sha(),
        name=(case.text("name") or case.text("id") if case else None) or telling.subject_id,
        result=_TEST_RESULTS.get(_OUTCOMES.get(given, "error"), "error"),
        duration_s=telling.custom.number("durationSeconds"),
        at=telling.at,
        message=telling.content.text("reason"),
    )
    telling.say(record)
    telling.happened(record.id)


def artifact_event(telling: Telling) -> None:
    if telling.predicate not in ("packaged", "published", "deleted"):
        return
    purl = artifact(telling.subject_id)
    gone = telling.predicate == "deleted"
    record = Artifact(
        id=telling.own("artifact"),
        source=telling.source,
        deleted_at=telling.at if gone else None,
        repository=telling.repository(),
        name=purl.name or telling.subject_id,
        version=purl.version or UNSET,
        digest=purl.digest or UNSET,
        sha=telling.custom.text("sha") or purl.sha or UNSET,
        published_at=telling.at if telling.predicate == "published" else UNSET,
    )
    telling.say(record)
    telling.happened(record.id)
