"""What `fairlead doctor` looks at: settings, home, store, sources, keys; each finding says what to type."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from fairlead.config.check import did_you_mean
from fairlead.config.settings import SourceSetup
from fairlead.connectors.kit.connector import Finding, Syncs
from fairlead.connectors.kit.guide import guides
from fairlead.connectors.kit.registry import connectors
from fairlead.model.counting import counted
from fairlead.model.errors import ConfigFaults, Fault
from fairlead.store import outbox
from fairlead.wiring.deliveries import mailer
from fairlead.wiring.services import Services
from fairlead.wiring.slackcheck import mode_findings
from fairlead.wiring.standing import keep
from fairlead.wiring.syncing import sync_request

_LEAST_FREE_BYTES = 500_000_000
_OURS = frozenset({"fairlead", "records"})
"""Tools without a guide that refuse every webhook: what they tell is entered or imported here."""


def checkup(services: Services) -> Iterator[Finding]:
    """All findings, in the order in which a person would mend them."""
    yield from _settings(services)
    yield from _home(services.home)
    yield from _store(services)
    yield from _signals(services)
    yield from _ledger(services)
    yield from _policy(services)
    yield from _vault(services)
    for name in services.settings.sources:
        yield from _source(services, name)
    yield from mode_findings(services)
    yield from _deliveries(services)
    yield from _server(services)


def _settings(services: Services) -> Iterator[Finding]:
    path = services.loaded.path
    if path is None:
        yield Finding("settings", None, "no fairlead.toml found, the defaults hold", "fairlead init")
    else:
        yield Finding("settings", True, str(path))
    # Said aloud: a variable that somebody exported once is the last thing that anybody looks for.
    for name in services.loaded.overridden:
        yield Finding("settings", None, f"{name} of the environment is laid over the file")
    yield from _kpis(services)
    yield from _rules(services)
    yield from _goals(services)
    if not services.settings.sources:
        yield Finding("sources", None, "none configured", "fairlead init, or fairlead import git PATH")
    if not services.settings.teams:
        yield Finding(
            "teams",
            None,
            "none configured: figures cover everything",
            'add to fairlead.toml\n[teams.payments]\nmembers = ["kim", "ana@acme.example"]',
        )


def _kpis(services: Services) -> Iterator[Finding]:
    """Names of figures that no catalogue has: a start reads none, so it could not refuse them."""
    # late: every other command does without the catalogue
    from fairlead.metrics import catalogue

    figures, faults = catalogue.read(services.loaded.own_folders("metrics"))
    unknown = [] if faults else [name for name in services.settings.kpi.on if name not in figures]
    for name in unknown:
        missing = f"no figure `{name}`{did_you_mean(name, list(figures), show=0)}"
        yield Finding("kpi.on", False, missing, "fairlead config check")


def _rules(services: Services) -> Iterator[Finding]:
    """Rules that are off because they are broken, and what else is wrong with any, or may be."""
    # late: every other command does without the rules
    from fairlead.signals.around import known_of
    from fairlead.signals.rules import inspect

    loaded = services.loaded
    rules, told = inspect(loaded.own_folders("rules"), known_of(loaded, services.clock.now().date()))
    for one in told:
        holds = "ours of that id holds in its place" if one.rule in rules else "this rule is off"
        detail = f"{one.fault}; {holds}" if one.weight == "off" else str(one.fault)
        yield Finding("rules", None if one.weight == "warning" else False, detail, "fairlead rules check")


def _goals(services: Services) -> Iterator[Finding]:
    """Objectives whose files cannot be read: what was read of them before still holds."""
    if not services.loaded.own_folders("goals"):
        return
    # late, like the rules
    from fairlead.wiring import goals_files

    try:
        warnings = goals_files.check(services.loaded, services).warnings
    except ConfigFaults as found:
        for fault in found.faults:
            yield Finding("goals", False, f"{fault}; the objective stays as it was", "fairlead goals check")
        return
    for fault in warnings:
        yield Finding("goals", None, str(fault), "fairlead goals check")


def _signals(services: Services) -> Iterator[Finding]:
    """Chains and matrices that are broken, and escalations that did not advance."""
    # late, like the rules
    from fairlead.wiring import signalling

    for fault in signalling.faults(services):
        yield Finding("signals", False, f"{fault}; ours holds in its place", "mend the file")
    try:
        found = signalling.audited(services)
    except Fault:
        # a store that does not answer has been told already
        return
    for one in found.broken:
        yield Finding("escalations", False, f"{one.signal}: {one.what}", "fairlead signals audit")
    if found.chains and not found.broken:
        yield Finding("escalations", True, f"{counted(found.chains, 'open chain')}, all advanced as they were frozen")


def _home(home: Path) -> Iterator[Finding]:
    if not os.access(home, os.W_OK):
        yield Finding("home", False, f"{home} cannot be written", f"chown -R $USER {home}")
        return
    free = shutil.disk_usage(home).free
    detail = f"{home}, {free / 1e9:.1f} GB free"
    yield Finding("home", free >= _LEAST_FREE_BYTES, detail, "" if free >= _LEAST_FREE_BYTES else "free some space")
    # A home made by an installer or a mount may be open; keys and payloads lie in it.
    if home.stat().st_mode & 0o077:
        yield Finding("home", None, "others on this machine can look into it", f"chmod 700 {home}")


def _store(services: Services) -> Iterator[Finding]:
    part = "store"
    try:
        database = services.database
        part = "bus" if services.settings.bus.url else "store"
        latest = services.log.latest()
    except Fault as fault:
        yield Finding(part, False, fault.message, fault.hint or f"check [{part}] url and that the server runs")
        return
    except Exception as fault:
        # Each driver has errors of its own; a checkup says them and goes on with the rest.
        yield Finding(part, False, str(fault).splitlines()[0], f"check [{part}] url and that the server runs")
        return
    detail = database.dialect + ("" if services.settings.bus.url else f", {counted(latest, 'raw event')}")
    if database.dialect == "sqlite":
        detail += f", SQLite {sqlite3.sqlite_version}"
    yield Finding("store", True, detail)
    if services.settings.bus.url:
        # late: a home without NATS loads no client of it
        from fairlead.wiring import nats

        yield nats.finding(services.settings.bus, services.log)
    if not latest and services.settings.sources:
        yield Finding("history", None, "nothing was read yet", "fairlead sync")


def _ledger(services: Services) -> Iterator[Finding]:
    """What the auditor saw last, and whether checkpoints can be signed."""
    from fairlead.wiring import ledgering

    try:
        state, waits = ledgering.standing(services), ledgering.unsigned(services)
    except Fault:
        # told as the store's own fault already
        return
    mend = "fairlead ledger protect, then fairlead ledger verify" if state["unguarded"] else "fairlead ledger verify"
    for fault in state["faults"]:
        yield Finding("ledger", False, fault, mend)
    if waits:
        yield Finding("ledger", False, waits.message, waits.hint)
    elif state["entries"] and not state["faults"]:
        detail = f"{counted(state['entries'], 'entry', 'entries')}, {state['signed']} signed"
        yield Finding("ledger", True, detail + (", verified" if state["ok"] else ""))


def _policy(services: Services) -> Iterator[Finding]:
    """Whether policies load and their engine answers: where it does not, everything is denied."""
    from fairlead.governance.policy.judge import FAILED

    judge = services.policy
    for fault in judge.policies.faults:
        yield Finding("policy", False, f"everything is denied: {fault}", "fairlead policy check")
    if not judge.policies.faults:
        # asked once, as an act would ask
        verdict = judge.decide(judge.policies.usual)
        if failed := next((reason.words for reason in verdict.reasons if reason.rule == FAILED), ""):
            yield Finding("policy", False, f"everything is denied: {failed}", "fairlead policy check")
        else:
            count = counted(len(judge.policies.deciding), "policy", "policies")
            yield Finding("policy", True, f"{count} by the {judge.engine.name} engine, version {judge.version}")


def _vault(services: Services) -> Iterator[Finding]:
    if not services.settings.vault.url:
        return
    from fairlead.config import vault
    from fairlead.config.secrets import resolve

    try:
        yield Finding("vault", True, vault.check(services.places.server, lambda own: resolve(own, services.places)))
    except Fault as fault:
        yield Finding("vault", False, fault.message, fault.hint)


def _source(services: Services, name: str) -> Iterator[Finding]:
    tool = services.tool(name)
    if tool not in connectors():
        known = ", ".join(sorted(connectors()))
        missing = f"no connector `{tool}`{did_you_mean(tool, list(connectors()))}"
        yield Finding(name, False, missing, f"set tool to one of: {known}")
        return
    # What a connector passes over is told to progress bars alone; here it is half of the answer.
    left_out: list[str | None] = []
    try:
        secrets = services.webhook_secrets(name)
        request = sync_request(services, name, report=lambda step: left_out.append(step.left_out))
    except Fault as fault:
        yield Finding(name, False, fault.message, fault.hint)
        return
    connector = connectors()[tool]
    polls = isinstance(connector, Syncs)
    if isinstance(connector, Syncs) and not _only_sent(services.settings.sources[name]):
        told: list[Finding] = []
        try:
            for finding in connector.check(request):
                told.append(finding)
                yield Finding(f"{name}: {finding.what}", finding.ok, finding.detail, finding.remedy)
            # for the Data page and the API, which ask no tool themselves
            keep(services, name, told)
        except Fault as fault:
            yield Finding(name, False, fault.message, fault.hint)
    if request.client:
        request.client.close()
    yield from (Finding(f"{name}: left out", False, told) for told in dict.fromkeys(left_out) if told)
    if path := _receives(tool, name):
        yield _webhooks(services, name, secrets, path, polls=polls)


def _only_sent(source: SourceSetup) -> bool:
    """Whether nothing of the source is ever asked for: then it needs no credentials, and none are missed."""
    # beside a webhook's secret an address alone says whose events they are: nothing could be read there unnamed
    read = source.url and not source.webhook_secrets
    return not (source.every_minutes or source.token or source.private_key or source.paths or read)


def _receives(tool: str, name: str) -> str:
    """Where what the tool sends arrives; empty for tools that are only asked."""
    if tool in _OURS:
        return ""
    # a connector of somebody else may have no guide, and the common door is open to it all the same
    guide = guides().get(tool)
    return (guide.receives if guide else "/hooks/{source}").replace("{source}", name)


def _webhooks(services: Services, name: str, secrets: list[str], path: str, polls: bool) -> Finding:
    place = f"{services.settings.server.public_url.rstrip('/') or '<your address>'}{path}"
    if secrets:
        count = f"{len(secrets)} live secret{'s' * (len(secrets) > 1)}"
        return Finding(f"{name}: webhooks", True, f"{count}, at {path}")
    remedy = f'webhook_secrets = [{{ env = "FAIRLEAD_WEBHOOKS" }}] in [sources.{name}]; the tool sends to {place}'
    if services.tool(name) in guides():
        remedy += f"; step by step on the page /setup/{services.tool(name)} of `fairlead up`"
    if not polls:
        return Finding(f"{name}: webhooks", None, "no secret, so nothing that is sent is taken", remedy)
    minutes = services.settings.sources[name].every_minutes
    how = f"polled every {minutes} minutes" if minutes else "read only by `fairlead sync`"
    gain = "webhooks would bring events within a second and the exact order of reviews and pushes"
    return Finding(f"{name}: webhooks", None, f"none; {how}; {gain}", remedy)


def _deliveries(services: Services) -> Iterator[Finding]:
    """Whether reports can go out, and whether all did; nothing is sent."""
    post = mailer(services)
    if post is not None:
        try:
            yield Finding("mail", True, post.check())
        except Fault as fault:
            yield Finding("mail", False, fault.message, fault.hint)
    # late: a home without deliveries loads none of what reports are made from
    if services.settings.deliveries:
        from fairlead.reports.registry import REPORTS

        for key, setup in services.settings.deliveries.items():
            if setup.report not in REPORTS:
                missing = f"no report `{setup.report}`{did_you_mean(setup.report, list(REPORTS))}"
                yield Finding(f"deliveries.{key}", False, missing, "fairlead config check")
    try:
        with services.database.read() as tx:
            counts = outbox.counts(tx)
    except Fault:
        # told as the store's own fault already
        return
    if failed := counts.get("failed"):
        what = f"{counted(failed, 'message')} could not be sent"
        yield Finding("outbox", False, what, "fairlead outbox list --status failed")


def _server(services: Services) -> Iterator[Finding]:
    server = services.settings.server
    # Links, sessions and tokens would travel in the clear.
    if server.host not in ("127.0.0.1", "::1", "localhost") and not server.public_url.startswith("https://"):
        yield Finding(
            "server",
            False,
            f"listens on {server.host} without https",
            "put a reverse proxy with TLS before it and set [server] public_url",
        )
    else:
        yield Finding(
            "server", True, f"{server.host}:{server.port}{', ' + server.public_url if server.public_url else ''}"
        )
