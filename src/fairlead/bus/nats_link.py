"""A connection to NATS behind plain calls: its client is asynchronous, the log and its callers are not.

A connection that breaks is thrown away with all that was under way on it, and the next call makes a new one to any of
the servers. The client's own reconnecting is left off: it keeps what was not sent and sends it later, when whoever
waited for it has long been told that it failed.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from fairlead.bus.nats_login import login, read_key, signing
from fairlead.bus.shelf import ShelfDown
from fairlead.model.errors import Abort

_T = TypeVar("_T")


class Silent(ShelfDown):
    """A server is there and does not do what it is asked, as while a cluster elects its leaders."""


_CONNECT_WITHIN_S = 2
_PING_EVERY_S = 3
"""A server that hangs without closing is given up after two of these without an answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stream is and how to get in."""

    servers: tuple[str, ...] = field(repr=False)
    """Addresses, which may hold a password."""
    stream: str = "fairlead"
    replicas: int = 1
    authority: str = ""
    """Path of the certificate authority's file, where the system does not know it."""
    certificate: str = ""
    """Path of our own certificate with its key, where the servers ask for one."""
    credentials: str = ""
    """Path of a `.creds` file or of an NKEY's seed."""


class Link:
    """One connection, made when first needed, shared by all threads."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connecting = asyncio.Lock()
        self._client: Client | None = None
        self._under_way: set[asyncio.Task[Any]] = set()

    def run(self, work: Callable[[Client], Coroutine[Any, Any, _T]], within_s: float) -> _T:
        """Does something with the connection; raises `ShelfDown` if there is none, it breaks, or time is up."""
        return asyncio.run_coroutine_threadsafe(self._guarded(work, within_s), self._running()).result()

    def drop(self) -> None:
        """Throws the connection away; the next call makes a new one."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._drop(self._client), self._loop).result()

    def close(self) -> None:
        """Ends the connection and its thread."""
        self.drop()
        loop, self._loop = self._loop, None
        if loop is not None and self._thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        # started by the first call, of whichever thread
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
                self._thread.start()
            return self._loop

    async def _guarded(self, work: Callable[[Client], Coroutine[Any, Any, _T]], within_s: float) -> _T:
        try:
            client = await self._connected()
            # a task of its own, so that `_drop` ends it: the client leaves those waiting whose connection broke
            task = asyncio.ensure_future(work(client))
            self._under_way.add(task)
            try:
                async with asyncio.timeout(within_s):
                    return await task
            finally:
                self._under_way.discard(task)
        except TimeoutError as fault:
            # the connection stays: while a cluster elects a leader each server is there and silent
            raise Silent(f"NATS gave no answer within {within_s:g} s") from fault
        except asyncio.CancelledError as fault:
            raise Silent("the connection to NATS broke") from fault
        except NoRespondersError as fault:
            raise Silent("no NATS server answers for JetStream; it may be switched off there") from fault
        except (NatsError, OSError) as fault:
            raise ShelfDown(_words(fault)) from fault

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._client is None or not self._client.is_connected:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> Client:
        said: BaseException = ShelfDown("no NATS server is configured")
        # in any order: the gateways of a cluster spread over its servers
        for server in random.sample(self.place.servers, len(self.place.servers)):
            client = Client()
            try:
                async with asyncio.timeout(_CONNECT_WITHIN_S + 1):
                    await self._greet(client, server)
            except (NatsError, OSError, TimeoutError) as fault:
                said = fault
                await _closed(client)
            else:
                return client
        raise ShelfDown(f"no NATS server can be reached: {_words(said)}")

    async def _greet(self, client: Client, server: str) -> None:
        told: list[Exception] = []

        async def lost() -> None:
            await self._drop(client)

        async def note(fault: Exception) -> None:
            told.append(fault)

        address, options = login(server)
        if self.place.authority or self.place.certificate:
            options["tls"] = _context(self.place)
        if self.place.credentials:
            key = read_key(self.place.credentials)
            options |= signing(key)
            # without a JWT the server knows us by the key itself, for which the client has no option
            client._public_nkey = key.public
        try:
            await client.connect(
                address,
                name=f"fairlead {self.place.stream}",
                allow_reconnect=False,
                # holds for the first connection as well: by itself it tries a server that refuses for two minutes
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=_CONNECT_WITHIN_S,
                ping_interval=_PING_EVERY_S,
                max_outstanding_pings=2,
                closed_cb=lost,
                error_cb=note,
                **options,
            )
        except NatsError:
            # "no servers available" hides what each of them said
            if told:
                raise told[-1] from None
            raise

    async def _drop(self, client: Client | None) -> None:
        # a late word of a connection that was replaced must not end the new one
        if client is None or client is not self._client:
            return
        self._client = None
        for task in self._under_way:
            task.cancel()
        await _closed(client)


async def _closed(client: Client) -> None:
    # it waits for a peer that may never answer, as after a handshake that failed
    with suppress(Exception):
        async with asyncio.timeout(1):
            await client.close()


def _context(place: Place) -> ssl.SSLContext:
    name, path, what = "authority", place.authority, "certificate"
    try:
        context = ssl.create_default_context(cafile=path or None)
        if place.certificate:
            name, path, what = "certificate", place.certificate, "certificate with its key"
            context.load_cert_chain(path)
    # `SSLError` is one as well: a file that is there and holds no certificate
    except OSError as fault:
        said = f"[bus] {name}: {path} holds no {what} that can be read ({fault.strerror or fault})"
        hints = {
            "authority": "name the PEM file of the authority that signed the NATS servers'",
            "certificate": "name a PEM file with the certificate and, unencrypted, its private key",
        }
        raise Abort(said, hint=hints[name]) from fault
    return context


def _words(fault: BaseException) -> str:
    said = str(fault).removeprefix("nats: ").strip(" '")
    return said or type(fault).__name__
