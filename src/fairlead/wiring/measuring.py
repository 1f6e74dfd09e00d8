"""Looks at what the settings name, from here and now: endpoints, containers, and how much the store holds.

Everything is bounded: so many seconds for all together, a few at once, no redirect followed, no body read. What was
seen becomes a raw event, so that a report of it has evidence and survives a replay.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fairlead.config.settings import EndpointSetup
from fairlead.connectors.fairlead import snapshot_measured
from fairlead.model.errors import Fault
from fairlead.model.raw import RawEvent
from fairlead.model.times import iso
from fairlead.wiring.report_files import write_report
from fairlead.wiring.services import Services

_AT_ONCE = 64
_ALL_S = 4.2
"""For all looks together: a snapshot is there within five seconds."""
_LATE = f"no answer within {_ALL_S:g} s"
_COUNTS_S = 3.0
"""For all of the team's own counts: less than for all, so that the thread that asks is done when all are."""
_CONTAINERS_TIMEOUT_S = 2.0
_SOCKETS = ("/var/run/docker.sock", "/run/podman/podman.sock")
"""Where the two are asked if the settings name none."""

Seen = dict[str, Any]


def measure(services: Services) -> RawEvent:
    """All of it as one raw event, dated by the services' clock."""
    setup = services.settings
    # Once for all: reading the system's authorities takes longer than most answers.
    trusted = ssl.create_default_context()
    keys = list(setup.endpoints)
    # Made before the clock of the looks runs, and by this thread: counts are of now, and a warehouse that is being
    # made must not be left to a thread that nobody waits for.
    if setup.snapshot.queries:
        services.look()
    # Containers first and beside the endpoints: what does not answer costs its time-out once.
    looks = [partial(_containers, setup.snapshot.containers), partial(_counts, services)]
    looks += [partial(_endpoint, key, setup.endpoints[key], trusted) for key in keys]
    containers, counts, *endpoints = _together(looks)
    said = {
        "containers": containers or [{"socket": "", "error": _LATE, "containers": []}],
        "endpoints": [
            seen[0] if seen else {"key": key, "url": setup.endpoints[key].url, "error": _LATE, "ok": False}
            for key, seen in zip(keys, endpoints, strict=True)
        ],
        "counts": counts if counts is not None else [{"key": key, "error": _LATE} for key in setup.snapshot.queries],
        **_store(services),
    }
    return snapshot_measured(said, services.clock.now())


def _together(looks: Sequence[Callable[[], list[Seen]]]) -> list[list[Seen] | None]:
    """What each look gives; `None` for one that was not done in time.

    Not a pool: at its end a process waits for the threads of one, and a name that does not resolve takes half a
    minute to say so.
    """
    found: list[list[Seen] | None] = [None] * len(looks)
    waiting = deque(range(len(looks)))

    def work() -> None:
        while True:
            try:
                index = waiting.popleft()
            except IndexError:
                return
            found[index] = looks[index]()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(_AT_ONCE, len(looks)))]
    for thread in threads:
        thread.start()
    until = time.monotonic() + _ALL_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return list(found)


def _counts(services: Services) -> list[Seen]:
    """The team's own counts, one after the other on one connection after the other; late ones are broken off."""
    from fairlead.metrics.counts import count

    found: list[Seen] = []
    until = time.monotonic() + _COUNTS_S
    for key, setup in services.settings.snapshot.queries.items():
        seen: Seen = {"key": key, "title": setup.title, "sql": setup.sql}
        # by which bounds it is judged, as with endpoints
        seen |= {"warn_below": setup.warn_below, "warn_above": setup.warn_above}
        left = round(until - time.monotonic(), 1)
        try:
            if left <= 0:
                raise Fault(f"the counts before it took {_COUNTS_S:g} s")
            seen["value"] = count(services.warehouse, setup.sql, left)
        except Fault as fault:
            seen["error"] = fault.message[:200]
        found.append(seen)
    return found


def _endpoint(key: str, setup: EndpointSetup, trusted: ssl.SSLContext) -> list[Seen]:
    import httpx

    seen: Seen = {"key": key, "url": setup.url, "service": setup.service}
    # by which bounds it is judged: a later change of the settings must not judge an earlier day anew
    seen |= {"expected": setup.status, "slow_s": setup.slow_s, "tls_days": setup.tls_days}
    try:
        _refuse_link_local(setup.url)
        # no proxy of the environment: what is measured is the way from here
        client = httpx.Client(timeout=setup.timeout_s, follow_redirects=False, trust_env=False, verify=trusted)
        started = time.monotonic()
        with client, client.stream("GET", setup.url, headers={"User-Agent": "fairlead-snapshot"}) as answer:
            seen |= {"status": answer.status_code, "latency_s": round(time.monotonic() - started, 4)}
            stream = answer.extensions.get("network_stream")
            tls = stream.get_extra_info("ssl_object") if stream else None
            if tls is not None:
                seen["tls_until"] = _until(tls.getpeercert())
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, Fault) as fault:
        seen["error"] = str(fault)[:200] or type(fault).__name__
    status = seen.get("status", 0)
    seen["ok"] = status == setup.status if setup.status else 200 <= status < 400
    return [seen]


def _refuse_link_local(url: str) -> None:
    """Addresses of a cloud's metadata hold credentials: no setting may make us fetch them, by whatever name."""
    from fairlead.connectors.kit.outgoing import looked_up
    from fairlead.model.reachable import is_metadata

    parts = urlsplit(url)
    if any(is_metadata(ipaddress.ip_address(found)) for found in looked_up(parts.hostname or "", parts.port or 443)):
        raise ValueError(f"{parts.hostname} is a link-local address, which is not asked")


def _until(certificate: Mapping[str, Any] | None) -> str | None:
    if not certificate or "notAfter" not in certificate:
        return None
    return iso(datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC))


def _containers(named: tuple[str, ...]) -> list[Seen]:
    """Each socket with its containers, or with why there are none."""
    found = [_of_socket(path) for path in named or _SOCKETS if named or Path(path).exists()]
    return found or [{"socket": "", "error": "no socket of Docker or Podman here", "containers": []}]


def _of_socket(path: str) -> Seen:
    import httpx

    seen: Seen = {"socket": path, "containers": []}
    try:
        transport = httpx.HTTPTransport(uds=path)
        with httpx.Client(transport=transport, base_url="http://engine", timeout=_CONTAINERS_TIMEOUT_S) as client:
            answer = client.get("/containers/json", params={"all": "true"})
            answer.raise_for_status()
            seen["containers"] = [_container(one) for one in answer.json()]
    except (httpx.HTTPError, OSError, ValueError) as fault:
        seen["error"] = str(fault)[:200] or type(fault).__name__
    return seen


def _container(said: Mapping[str, Any]) -> Seen:
    # `Status` tells health in words, like `Up 3 hours (unhealthy)`; it has no field of its own in a list.
    status = str(said.get("Status", ""))
    name = next(iter(said.get("Names") or ()), said.get("Id", ""))
    return {
        "name": str(name).lstrip("/"),
        "image": said.get("Image", ""),
        "state": said.get("State", ""),
        "status": status,
        "ok": said.get("State") == "running" and "unhealthy" not in status,
    }


def _store(services: Services) -> Seen:
    """Rows of each record table that has any, events of each source so far, and what waits to be read."""
    from fairlead.store import intake, quarantine, records

    with services.database.read() as tx:
        counted, tallies, held = records.counts(tx), intake.rows(tx), sum(quarantine.counts(tx).values())
    events: dict[str, int] = {}
    for tally in tallies:
        events[tally.source] = events.get(tally.source, 0) + tally.count
    tables = {table: rows for table, rows in counted.items() if rows}
    return {"tables": tables, "events": events, "quarantined": held, "behind": services.ingest.behind()}


def look_and_write(services: Services) -> Path:
    """A look, kept as a record and as the file of its day."""
    settle(services)
    services.look()
    return write_report(services, "snapshot", ("md",))[0]


def settle(services: Services, wait: Callable[[float], object] = time.sleep) -> None:
    """Measures, keeps it, and comes back once it can be read: by this process, or by the server of the home."""
    services.log.append([measure(services)])
    if not services.apart:
        services.apply()
        return
    for _ in _tries():
        if not services.ingest.behind():
            return
        wait(0.05)


def _tries() -> Iterator[int]:
    # Two seconds: a server that is behind for longer is told by the report itself.
    yield from range(40)
