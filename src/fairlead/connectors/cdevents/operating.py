"""Incidents and tickets."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.cdevents.telling import Telling, account, service
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.operation import Incident, IncidentEvent
from fairlead.model.records.work import WorkItem, WorkItemTransition
from fairlead.model.times import iso


def incident(telling: Telling) -> None:
    identity = telling.own("incident")
    named, content = telling.reference("service"), telling.content
    resolved = telling.predicate == "resolved"
    telling.say(
        Incident(
            id=identity,
            source=telling.source,
            url=content.text("ticketURI") or UNSET,
            key=telling.subject_id,
            title=content.text("description") or UNSET,
            service=service(telling, named) if named else UNSET,
            repository=telling.repository(),
            environment=telling.reference("environment") or UNSET,
            status="resolved" if resolved else "open",
            started_at=telling.at if telling.predicate == "detected" else UNSET,
            resolved_at=telling.at if resolved else UNSET,
            # The artifact of a resolution is the cure, that of the others the suspect.
            caused_by_sha=UNSET if resolved else telling.sha(),
            caused_by_version=UNSET if resolved else telling.version(),
            made_from="cdevents",
        )
    )
    if telling.predicate == "reported":
        # Somebody who reports without a detection before is the beginning; a detection tells it better.
        telling.patches.append(Patch(Incident(id=identity, started_at=telling.at), OLDEST))
    kind = "resolved" if resolved else "triggered" if telling.predicate == "detected" else "note"
    telling.say(
        IncidentEvent(
            id=f"{identity}/{kind}/{iso(telling.at)}",
            source=telling.source,
            incident=identity,
            at=telling.at,
            kind=kind,
            body=content.text("description"),
        )
    )
    telling.happened(identity)


def ticket(telling: Telling) -> None:
    content, identity = telling.content, telling.own("ticket")
    closed = telling.predicate == "closed"
    resolution = content.text("resolution")
    done = "done" if (resolution or "completed").lower() in ("completed", "done", "fixed", "resolved") else "canceled"
    people = [found for name in content.texts("assignees") if isinstance(found := account(telling, name), str)]
    actor = account(telling, content.text("updatedBy"))
    labels = tuple(sorted(set(content.texts("labels")))) if "labels" in content else UNSET
    created = telling.predicate == "created"
    telling.say(
        WorkItem(
            id=identity,
            source=telling.source,
            url=content.text("uri"),
            created_at=telling.at if created else UNSET,
            updated_at=telling.at,
            key=telling.subject_id,
            repository=telling.repository(),
            project=content.text("group"),
            title=content.text("summary"),
            type=content.text("ticketType"),
            status="closed" if closed else "open",
            status_category=done if closed else "todo",
            priority=content.text("priority"),
            author=account(telling, content.text("creator")),
            assignees=tuple(sorted(people)) if "assignees" in content else UNSET,
            assignee=(people[0] if people else None) if "assignees" in content else UNSET,
            labels=labels,
            closed_at=telling.at if closed else None,
            resolution=resolution if closed else None,
        )
    )
    if closed or created:
        telling.say(
            WorkItemTransition(
                id=f"{identity}/{'closed' if closed else 'opened'}/{iso(telling.at)}",
                source=telling.source,
                work_item=identity,
                at=telling.at,
                from_status="open" if closed else None,
                to_status="closed" if closed else "open",
                from_category="todo" if closed else None,
                to_category=done if closed else "todo",
                actor=actor if closed else account(telling, content.text("creator")),
            )
        )
    telling.happened(identity)
