"""Copies a stream into a file and back, with the server's own snapshots: positions stay what they were.

The file is one line of JSON, how the stream is configured and how it stood, and then the server's archive as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any

import msgspec
from nats.aio.client import Client

from fairlead.bus.nats_link import Link, Place
from fairlead.bus.nats_stream import api
from fairlead.bus.shelf import ShelfDown
from fairlead.model.errors import Abort

_AS_LONG_AS_IT_TAKES_S = 86_400.0
_NEXT_WITHIN_S = 30.0
_CHUNK_BYTES = 128 << 10
_EXISTS = 10130
"""Error code of the server."""


def dump(place: Place, target: Path) -> None:
    """Writes one consistent copy of the stream, also while gateways publish to it."""
    with target.open("wb") as file:
        _run(place, lambda client: _receive(client, place.stream, file))


def fill(place: Place, source: Path) -> None:
    """Makes the stream from a copy; one that is there is never replaced."""
    with source.open("rb") as file:
        _run(place, lambda client: _send(client, place, file))


def _run(place: Place, work: Callable[[Client], Coroutine[Any, Any, None]]) -> None:
    link = Link(place)
    try:
        link.run(work, _AS_LONG_AS_IT_TAKES_S)
    except ShelfDown as fault:
        raise Abort(f"cannot copy the stream `{place.stream}`: {fault}", hint="check [bus] url") from fault
    finally:
        link.close()


async def _receive(client: Client, stream: str, file: IO[bytes]) -> None:
    inbox = client.new_inbox()
    chunks = await client.subscribe(inbox)
    asked = {"deliver_subject": inbox, "no_consumers": True, "chunk_size": _CHUNK_BYTES}
    answer = await api(client, f"STREAM.SNAPSHOT.{stream}", asked)
    assert answer is not None
    file.write(msgspec.json.encode({"config": answer["config"], "state": answer["state"]}) + b"\n")
    while chunk := await chunks.next_msg(timeout=_NEXT_WITHIN_S):
        if not chunk.data:
            # the last one is empty; older servers put no status into it
            status = (chunk.headers or {}).get("Status", "204")
            if status != "204":
                raise ShelfDown(f"the server broke off ({status})")
            return
        file.write(chunk.data)
        # the server sends on as fast as it is answered; not each piece asks for it
        if chunk.reply:
            await chunk.respond(b"")


async def _send(client: Client, place: Place, file: IO[bytes]) -> None:
    told = msgspec.json.decode(file.readline(), type=dict[str, Any])
    # a cluster of three may come back as one server, and the other way round
    told["config"]["num_replicas"] = place.replicas
    # the subjects in it begin with the name
    if told["config"]["name"] != place.stream:
        raise Abort(
            f"the backup is of the stream `{told['config']['name']}`, [bus] stream says `{place.stream}`",
            hint="restore it under its own name",
        )
    answer = await api(client, f"STREAM.RESTORE.{place.stream}", told, missing=_EXISTS)
    if answer is None:
        raise Abort(
            f"NATS holds a stream `{place.stream}` already",
            hint=f"name another cluster, or take it away with `nats stream rm {place.stream}`",
        )
    while chunk := file.read(_CHUNK_BYTES):
        await client.request(answer["deliver_subject"], chunk, timeout=_NEXT_WITHIN_S)
    # the empty one ends it: only now does the server look whether it is whole, and make the stream
    done = msgspec.json.decode((await client.request(answer["deliver_subject"], b"", timeout=600)).data)
    if "error" in done:
        raise Abort(f"NATS refuses the copy of the stream: {done['error'].get('description', '')}")
