"""The connector of files of results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from fairlead.connectors.kit.connector import Delivery, Finding, Options, Page, Progress, Reading, SyncRequest
from fairlead.connectors.kit.signatures import signed_or_bearer
from fairlead.connectors.results.files import KIND, Report, content, reports_below
from fairlead.connectors.results.read import read
from fairlead.connectors.results.stated import Stated, delivery_id
from fairlead.model.errors import Skip
from fairlead.model.raw import Trust


class Results:
    """Reports sent by CI jobs, imported by people, or found in the folders that a CI server fills."""

    tool = "results"
    title = "Files of results"
    records = frozenset(("alerts", "coverage", "test_results"))

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        """A shared token as `Authorization: Bearer`, or a Standard Webhooks signature."""
        return signed_or_bearer(headers, body, secrets, now)

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """The same report of the same run is one delivery."""
        return KIND, delivery_id(headers, body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Test results, coverage or alerts of one report."""
        return read(delivery, options)

    def sync(self, request: SyncRequest) -> Iterator[Page]:
        """A page for each file that is new or changed."""
        marks = dict(request.state.get("marks", {}))
        for root in request.settings.get("paths", ()):
            before = 0 if request.full else int(marks.get(root, 0))
            for report in _reports(request, root):
                # what changed in the very tick of the mark may not have been seen; twice is once
                if report.changed_ns < before:
                    continue
                marks[root] = report.changed_ns
                if page := _page(request, report, {"marks": dict(marks)}):
                    yield page

    def check(self, request: SyncRequest) -> Iterator[Finding]:
        """Whether each folder is there and says of which commits its files are."""
        for root in request.settings.get("paths", ()):
            path = Path(root)
            if not path.exists():
                yield Finding(root, ok=False, detail="does not exist", remedy="mend `paths` of this source")
                continue
            found = reports_below(path)
            placed = sum(bool(report.sha) for report in found)
            remedy = "" if placed == len(found) else "put the files below a folder named by the commit's hash"
            yield Finding(root, ok=not remedy, detail=f"{placed} of {len(found)} files name a commit", remedy=remedy)
        if request.settings.get("paths") and not request.settings.get("known_as"):
            yield Finding("repository", ok=False, detail="is not stated", remedy='say `known_as = "github:acme/..."`')


def _reports(request: SyncRequest, root: str) -> list[Report]:
    try:
        return reports_below(Path(root))
    except OSError as fault:
        request.report(Progress(0, None, root, left_out=f"{root}: {fault.strerror or 'cannot be read'}"))
        return []


def _page(request: SyncRequest, report: Report, state: Mapping[str, object]) -> Page | None:
    repository = str(request.settings.get("known_as") or "")
    why = "" if repository else "`known_as` does not name a repository"
    why = why or ("" if report.sha else "no folder above it is named by a commit's hash")
    if why:
        request.report(Progress(0, None, str(report.path), left_out=f"{report.path}: {why}"))
        return None
    try:
        body, written = content(report.path)
    except Skip as fault:
        request.report(Progress(0, None, str(report.path), left_out=fault.message))
        return None
    branch = str(request.options.values.get("branch") or "")
    headers = Stated(repository, report.sha, branch, report.name, seen_at=written).headers()
    return Page(KIND, delivery_id(headers, body), body, headers, state)


CONNECTOR = Results()
