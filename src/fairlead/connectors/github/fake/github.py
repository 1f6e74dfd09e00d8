"""`FakeGitHub`: drive it, and it sends webhooks and answers the API about one and the same history.

fake = FakeGitHub("acme", secret="s3cret")
fake.add_user("kim", name="Kim", at=t0, emails=("kim@acme.example",))
repo = fake.create_repository("payments", by="kim", at=t0)
fake.hook.sent            # what GitHub would have sent
FakeTransport(fake)       # for httpx; `server.app(fake)` for sockets
"""

from __future__ import annotations

from fairlead.connectors.github.fake.security import Security


class FakeGitHub(Security):
    """One organisation on GitHub. Calls come in the order of time; each takes `at`."""
