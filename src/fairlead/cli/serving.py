"""Runs the parts of a server in this process and says where it listens."""

from __future__ import annotations

import logging

from fairlead.cli.output import say, show_json
from fairlead.wiring.services import Services


def serve(services: Services, *, only: str = "", json: bool = False) -> None:
    """Gateway with pages, workers, or both, until the process is told to stop."""
    from fairlead.workers.run import Parts, Workers

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if only == "workers":
        say("workers run; Ctrl-C stops them")
        Workers(services, Parts(marts=False)).run()
        return
    from fairlead.gateway.app import create_edge, sign_in_link
    from fairlead.model.times import SystemClock
    from fairlead.wiring import goals_files, policing

    workers = Workers(services, Parts(ingest=False, schedules=False) if only == "gateway" else Parts())
    edge, apps = create_edge(services)

    def ready() -> None:
        link = sign_in_link(services, apps, edge.port)
        if json:
            show_json({"host": services.settings.server.host, "port": edge.port, "sign_in": link})
            return
        say(f"listening on {services.settings.server.host}:{edge.port}; Ctrl-C stops it")
        say(f"sign in, once: {link}")

    # After the port is bound: a second server on this home must end before its workers touch anything.
    services.note_applied()
    goals_files.catch_up(services)
    # before anything is judged by them: who reads the ledger later sees under which policies it was
    policing.note_version(services, SystemClock().now())
    workers.start()
    try:
        edge.run(ready)
    finally:
        workers.stop()
