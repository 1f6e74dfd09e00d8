"""A process that is killed between the server's "taken" and the note of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

from tests.clocks import NOON

from fairlead.governance.carrier import Carrier
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Order, Outbox
from fairlead.store import outbox as kept
from fairlead.store.database import Database

# The real carrier, mailer and outbox; only the moment of death is ours.
DIES = """
import os, signal, sys
from fairlead.governance.carrier import Carrier
from fairlead.governance.outbox import Outbox
from fairlead.governance.smtp import Mailer, Server
from fairlead.model.addresses import read_address
from fairlead.store.database import Database

class Dying(Outbox):
    def sent(self, message, answer):
        os.kill(os.getpid(), signal.SIGKILL)

server = Server("127.0.0.1", int(sys.argv[2]), "none", read_address("fairlead@acme.example"))
Carrier(Dying(Database.open(sys.argv[1])), {"mail": Mailer(server)}).carry()
"""


def test_it_is_sent_again_under_the_same_id_and_says_so(database_url: str, mail_server: Any, mailer: Any) -> None:
    server = mail_server()
    database = Database.open(database_url)
    said: dict[str, Any] = {"made_from": "brief", "asked_by": "kim", "as_of": NOON, "once": "1"}
    Outbox(database).post([Order(channel="mail", address="kim@acme.example", **said)], Letter(subject="s", text="t"))
    words = [sys.executable, "-c", DIES, database_url, str(server.port)]
    died = subprocess.run(words, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert len(server.taken) == 1
    outbox = Outbox(database)
    # Still claimed: until its holder is known to be gone nobody sends it.
    assert outbox.claim({"mail"}) is None
    assert outbox.free_orphans() == 1
    assert Carrier(outbox, {"mail": mailer(server)}).carry() == 1
    assert len({mail["Message-ID"] for _, mail in server.taken}) == 1
    with database.read() as tx:
        [message] = kept.rows(tx)
    assert (message.status, message.attempts) == ("sent", 2)
    assert "may have come twice" in message.answer
    assert outbox.free_orphans() == 0
    database.close()
