"""Everything that can be set, typed once: the loader, the reference page and the JSON Schema come from here."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from fairlead.model.setup import Section, Setup
from fairlead.model.typed import ready


class SecretRef(Section, frozen=True):
    """Where a secret is kept; the secret itself never stands in `fairlead.toml`."""

    env: str = ""
    """Name of an environment variable."""
    file: str = ""
    """Path of a file that holds nothing else, from the folder of `fairlead.toml`; `~` is the home."""
    sops: str = ""
    """Path of a file that SOPS encrypted, likewise; `key` says what in it."""
    vault: str = ""
    """Path of a secret in the mount of `[vault]`; `key` says which field."""
    key: str = ""
    """What of a SOPS file, like `github.token`, or which field of a secret in Vault."""


class Vault(Section, frozen=True):
    """`[vault]`: a server by HashiCorp Vault's protocol (OpenBao speaks it too), for secrets that name `vault`."""

    url: str = ""
    """Address of the server, like `https://vault.acme.example:8200`."""
    mount: str = "secret"
    """Where version 2 of its key-value store is mounted."""
    namespace: str = ""
    """Namespace, where the server has several."""
    authority: str = ""
    """File of the certificate authority that the system does not know."""
    token: SecretRef | None = None
    """Token to read with, from the environment or a file; or an AppRole in its place:"""
    role_id: str = ""
    """Id of the AppRole."""
    secret_id: SecretRef | None = None
    """Secret of the AppRole."""
    role_mount: str = "approle"
    """Where AppRoles sign in."""


class SourceSetup(Section, frozen=True):
    """`[sources.<name>]`: a tool that Fairlead reads; the name starts the ids of its records."""

    tool: str = ""
    """Connector, like `github` or `git`; empty means: the same as the name."""
    url: str = ""
    """Address of the tool's API, for hosts of your own."""
    organisations: tuple[str, ...] = ()
    """Organisations or groups whose repositories are all read."""
    repositories: tuple[str, ...] = ()
    """Repositories to read, like `acme/payments`."""
    exclude: tuple[str, ...] = ()
    """Globs of repositories to leave out."""
    projects: tuple[str, ...] = ()
    """Keys of the projects to read, like `ACME` of Jira; empty means all that the token sees."""
    paths: tuple[str, ...] = ()
    """Local paths, for sources that are read from disk; from the folder of `fairlead.toml`, `~` is the home."""
    known_as: str = ""
    """Repository id that a single local path stands for, like `github:acme/payments`."""
    token: SecretRef | None = None
    """Token of the API."""
    write_token: SecretRef | None = None
    """Token that acts are done with, where reading and writing are to be two rights; else `token`."""
    user: str = ""
    """Login that the token belongs to, where a tool asks for both: at Jira Cloud an e-mail address."""
    app_id: str = ""
    """Number of a GitHub App."""
    installation_id: str = ""
    """Installation of the App; without it the only one is taken."""
    private_key: SecretRef | None = None
    """Key of the App."""
    webhook_secrets: tuple[SecretRef, ...] = ()
    """Several may be live while one is rotated."""
    since: str = ""
    """First day to read, like `2026-01-01`; empty means 180 days back."""
    every_minutes: int = 5
    """How often to poll; 0 means never."""
    mapping: str = ""
    """File that says what payloads become, for `generic`; beside this file or in `fairlead.d/mappings/`."""
    options: dict[str, Any] = {}
    """What the connector's reader must know; changing it replays the source."""


class Store(Section, frozen=True):
    """`[store]`."""

    url: str = ""
    """`postgresql://user@host/database`; empty means SQLite in the home."""


class Bus(Section, frozen=True):
    """`[bus]`: where raw events are kept, if not in the store."""

    url: str = ""
    """Servers of a NATS cluster, like `nats://user@nats-1:4222,nats://user@nats-2:4222`; empty means the store."""
    stream: str = "fairlead"
    """JetStream stream that holds them; it is made where it is not there."""
    replicas: int = 1
    """Copies that a stream is made with, on as many servers: 1, 3 or 5."""
    authority: str = ""
    """File of the certificate authority, for `tls://` with certificates that the system does not know."""
    certificate: str = ""
    """PEM file of an own certificate with its key, where the NATS servers verify clients by TLS."""
    credentials: str = ""
    """File that lets in: `.creds` of a NATS account (JWT and seed), or the seed of an NKEY that the servers list."""


class Server(Section, frozen=True):
    """`[server]`."""

    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback must be asked for."""
    port: int = 8484
    """Port to listen on."""
    public_url: str = ""
    """Address by which people reach it through a reverse proxy, like `https://fairlead.acme.example`."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses whose X-Forwarded headers are believed."""


class Raw(Section, frozen=True):
    """`[raw]`: what happens to raw events after they were read."""

    compress_after_hours: float = 1.0
    """Raw events older than this, and read by all, are compressed."""
    keep_days: int = 0
    """Days until a raw event is dropped; 0 means never."""


class Schedule(Section, frozen=True):
    """`[schedule]`: what runs by itself."""

    brief_at: str = "08:30"
    """Local time of each team at which its brief is written; empty means never."""
    snapshot_at: str = "09:00"
    """Local time of the organisation at which `fairlead snapshot` looks and writes its file; empty means never."""
    sweep_at: str = "03:00"
    """Local time of the organisation at which sources are swept for what was deleted."""


class Mail(Section, frozen=True):
    """`[mail]`: the team's own server that takes our mail."""

    host: str = ""
    """Name of the server; empty means that no mail is sent."""
    port: int = 0
    """Port; 0 means the usual one: 587, 465 with `tls`, 25 with `none`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls`, `tls` from the first byte, or `none`, which is for a server on this machine."""
    allow_unencrypted: bool = False
    """Allows `none` to another machine: whoever is on the way then reads reports and password."""
    authority: str = ""
    """File of the certificate authority that the system does not know, from the folder of `fairlead.toml`."""
    user: str = ""
    """Whom to sign in as; empty means without."""
    password: SecretRef | None = None
    """Password of the user."""
    sender: str = ""
    """Whose mail it is: an address, or a name and the address in angle brackets."""


class Reports(Section, frozen=True):
    """`[reports]`: reports that are sent or kept."""

    folder: str = ""
    """Folder that files are written into, from the folder of `fairlead.toml`; empty means `reports` in the home."""
    keep_days: int = 90
    """How long the outbox keeps what was sent, and feeds what they offer."""


class CountSetup(Section, frozen=True):
    """`[snapshot.queries.<key>]`: a count of the team's own, asked of the warehouse like `fairlead sql`."""

    sql: str = ""
    """One reading statement that gives one row with one number, like `select count(*) from changes where ...`."""
    title: str = ""
    """What is counted, like `Open changes of agents`; without it the key."""
    warn_below: float | None = None
    """A number below it needs a look."""
    warn_above: float | None = None
    """A number above it needs a look."""


class Snapshot(Section, frozen=True):
    """`[snapshot]`: what `fairlead snapshot` looks at beside the endpoints."""

    containers: tuple[str, ...] = ()
    """Sockets of Docker or Podman that are asked what runs; empty means the usual ones, where they are there."""
    queries: dict[str, CountSetup] = {}
    """Counts of the team's own by key, see below."""


class EndpointSetup(Section, frozen=True):
    """`[endpoints.<key>]`: an address whose health `fairlead snapshot` tells."""

    url: str = ""
    """Address to get, like `https://pay.acme.example/health`; redirects are not followed."""
    status: int = 0
    """Status that means health; 0 means any below 400."""
    timeout_s: float = 2.0
    """After so long it counts as not answering."""
    slow_s: float = 1.0
    """From this latency on it is called slow."""
    tls_days: int = 14
    """Days before a certificate's end from which that is told."""
    service: str = ""
    """Key of the service that it belongs to."""


class DeliverySetup(Section, frozen=True):
    """`[deliveries.<key>]`: a report that comes by itself."""

    report: str = "brief"
    """Its name, like `brief`, `standup` or `weekly`."""
    team: str = ""
    """Key of the team; empty means everybody, `*` each team apart."""
    at: str = "08:30"
    """Time of day at which it goes out."""
    days: str = "workdays"
    """`workdays` by the team's calendar, `daily`, `monthly` (first working day), or weekdays like `Mon, Thu`."""
    time_zone: str = ""
    """IANA zone of `at`; without it the team's."""
    language: Literal["", "en", "de"] = ""
    """Without it the organisation's."""
    to: tuple[str, ...] = ()
    """Mail addresses, each of which gets a mail of its own."""
    form: Literal["html", "text"] = "html"
    """What the mail holds beside its text: `html` with charts and the whole report as a file, or `text`: nothing."""
    file: str = ""
    """File in the folder of `[reports]`, like `{team}/{date}-{report}.md`; also `.html` and `.json`."""
    slack: tuple[str, ...] = ()
    """Ids of channels of Slack that it is posted to, each day's report a message."""
    teams: tuple[str, ...] = ()
    """Names in `[webhooks]` whose addresses are channels of Microsoft Teams."""
    feed: bool = False
    """Whether it stands in the feed `/feeds/<team or all>/<report>.atom`."""


class Actions(Section, frozen=True):
    """`[actions]`: what may be written to the outside world, and where it may go."""

    sources: tuple[str, ...] = ()
    """Sources whose tools may be written to, like `github`; empty means none."""
    expires_days: float = 7.0
    """After so many days without a decision, or with a tool that is down, a proposal lapses."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts that may be sent to besides those of the sources' own APIs and of `[webhooks]`, like `hooks.acme.dev`."""
    networks: tuple[str, ...] = ()
    """Private networks that may be sent to, like `10.20.0.0/16`; other private addresses are refused."""


class WebhookSetup(Section, frozen=True):
    """`[webhooks.<name>]`: an address of your own that acts may call, signed by Standard Webhooks."""

    url: str = ""
    """Where it is posted to, by https."""
    secret: SecretRef | None = None
    """Key that signs it, like `whsec_` and base64."""
    events: tuple[str, ...] = ()
    """Events that may be sent there, like `release.announced`; empty means all."""


class Policy(Section, frozen=True):
    """`[policy]`: what policies go by, and where they run; the policies themselves are files of Rego."""

    opa_url: str = ""
    """Address of an OPA server, like `http://127.0.0.1:8181`; empty means the engine inside Fairlead."""
    opa_token: SecretRef | None = None
    """Token that the server asks for."""
    opa_load: bool = True
    """Whether Fairlead loads its policies and data into that server; else it has them from a bundle of yours."""
    timeout_ms: int = 1000
    """A decision that takes longer is a no."""
    repositories: tuple[str, ...] = ()
    """Globs of repositories where something may be done, like `github:acme/*`; empty means all that are read."""
    protected_branches: tuple[str, ...] = ("main", "master", "release/*", "production")
    """Globs of branches that nothing enters without a person's approval; a repository's default branch is one too."""
    quiet_hours: str = "20:00-07:00"
    """Hours of the team's zone in which messages wait and only errors page somebody; empty means none."""
    quiet_days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("sat", "sun")
    """Days that are quiet from morning to night."""
    merge_needs: tuple[Literal["tests", "review", "coverage", "documentation", "security", "performance"], ...] = (
        "tests", "review", "security",
    )  # fmt: skip
    """Gates that a merge has to pass."""
    coverage_percent: float = 0.0
    """Mark of the gate `coverage`: below it nothing is merged; it also fails where coverage falls."""
    acts_per_hour: int = 60
    """Acts of one kind in one tool within an hour at most."""
    break_glass: tuple[Literal["member", "manager", "owner"], ...] = ("manager", "owner")
    """Roles that may overcome a freeze, quiet hours, a gate or a missing approval in an emergency, with a reason."""
    own_domains: tuple[str, ...] = ()
    """Domains of mail addresses that may stand in texts that leave, like `acme.example`; all others are taken out."""


class Notices(Section, frozen=True):
    """`[notices]`: how people are told what needs them; each may change it for themselves."""

    channels: tuple[Literal["slack", "mail"], ...] = ()
    """Channels over which people are told unless they say otherwise, the first that reaches; empty: chat, mail."""
    budget: int = 5
    """Messages that a person gets on a day; what is more comes with the digest. Critical ones do not count."""
    team_budget: int = 20
    """Messages that a team's channel gets on a day."""
    keep_days: int = 90
    """How long it is kept who was told what."""


class SlackSetup(Section, frozen=True):
    """`[slack]`: commands, approvals and notices in Slack; token and signing secrets stand in `[sources.slack]`."""

    mode: Literal["off", "socket", "http"] = "off"
    """`socket` needs no address that others reach, `http` serves several processes; else nothing answers."""
    source: str = "slack"
    """Source that is the workspace."""
    app_token: SecretRef | None = None
    """App-level token with `connections:write`, for `socket`."""
    prefix: str = ""
    """Before the name of each command, like `fl-`: in a workspace the app that was installed last has a name."""
    channels: dict[str, str] = {}
    """Key of a team -> id of the channel in which the team is told, like `payments = "C0123456789"`."""
    open_channels: tuple[str, ...] = ()
    """Channels whose members and guests may all see what a viewer sees, also those whom Fairlead does not know."""
    standup_at: str = ""
    """Time of day at which people are asked for their standup, each in their own zone; empty means never."""


class LedgerSetup(Section, frozen=True):
    """`[ledger]`: how often the ledger is signed, and who outside sees its checkpoints."""

    checkpoint_minutes: int = 5
    """A checkpoint is signed at most so often, and only where something came since the last; 0 means by hand."""
    anchors: tuple[str, ...] = ()
    """Where checkpoints are shown: `git:<folder of a repository>`, `slack:<channel>`, `rfc3161:<address>`."""
    authority: str = ""
    """File of the certificates that time stamps are checked against, from the folder of `fairlead.toml`."""


class Warehouse(Section, frozen=True):
    """`[warehouse]`."""

    memory_limit: str = "256MB"
    """Memory that analysis may use."""


class Kpi(Section, frozen=True):
    """`[kpi]`: the figures that the team looks at first, at most ten: more would be watched by nobody."""

    on: tuple[str, ...] = (
        "throughput", "cycle_time", "deployment_frequency", "lead_time", "change_failure_rate",
        "failed_deployment_recovery_time", "time_to_first_review", "review_coverage", "build_success_rate",
        "incident_recurrence",
    )  # fmt: skip
    """Names of figures of the catalogue, in the order of the page."""


class Settings(Setup, frozen=True):
    """The whole of `fairlead.toml`."""

    sources: dict[str, SourceSetup] = {}
    store: Store = Store()
    bus: Bus = Bus()
    server: Server = Server()
    raw: Raw = Raw()
    schedule: Schedule = Schedule()
    mail: Mail = Mail()
    reports: Reports = Reports()
    snapshot: Snapshot = Snapshot()
    endpoints: dict[str, EndpointSetup] = {}
    deliveries: dict[str, DeliverySetup] = {}
    actions: Actions = Actions()
    webhooks: dict[str, WebhookSetup] = {}
    policy: Policy = Policy()
    notices: Notices = Notices()
    ledger: LedgerSetup = LedgerSetup()
    warehouse: Warehouse = Warehouse()
    kpi: Kpi = Kpi()
    slack: SlackSetup = SlackSetup()
    vault: Vault = Vault()

    def setup(self) -> Setup:
        """The part that every room may read."""
        return Setup(**{name: getattr(self, name) for name in Setup.__struct_fields__})


ready(Settings)


def to_builtins(settings: Settings) -> dict[str, Any]:
    """Settings as plain values; they hold references to secrets, never secrets."""
    return msgspec.to_builtins(settings)  # type: ignore[no-any-return]
