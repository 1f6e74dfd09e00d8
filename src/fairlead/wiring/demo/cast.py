"""Who plays: the company, its teams, people, repositories and services."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fairlead.wiring.demo.clock import BENGALURU, BERLIN, LISBON, NEW_YORK, Shift

ORG = "brightwater"
GROUP = "terminals"
"""Group at GitLab, where the team of a terminal that was bought two years ago has stayed."""
COMPANY = "Brightwater Ferries"
DOMAIN = "brightwater.example"


@dataclass(frozen=True, slots=True)
class Crew:
    """A team with its hours."""

    key: str
    name: str
    zone: str
    shift: Shift
    people: tuple[str, ...]
    """Logins; the first leads."""
    repositories: tuple[str, ...]
    host: str = "github"
    """Where its code lies: `github` or `gitlab`."""

    @property
    def tz(self) -> ZoneInfo:
        """The time zone in which the team signs commits."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Player:
    """A person."""

    login: str
    name: str
    emails: tuple[str, ...]
    """Known to GitHub; the first is used for commits."""
    private_email: str = ""
    """Used for some commits and unknown to GitHub: Fairlead can only suggest whose it is."""

    @property
    def key(self) -> str:
        """Key in `[people]`."""
        return self.emails[0].partition("@")[0].replace(".", "-")


@dataclass(frozen=True, slots=True)
class Ship:
    """A service."""

    key: str
    name: str
    repository: str
    team: str
    criticality: str
    paths: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


CREWS = (
    Crew(
        "payments", "Payments", "Europe/Berlin", BERLIN,
        ("kim-adler", "jweber", "aylin-k", "pzielinski", "lenahoff"), ("payments", "ledger"),
    ),
    Crew(
        "booking", "Booking", "America/New_York", NEW_YORK,
        ("mayatorres", "dosei", "graceliu", "samirh", "emnovak"), ("storefront", "fare-engine"),
    ),
    Crew(
        "platform", "Platform", "Asia/Kolkata", BENGALURU,
        ("ravimenon", "ananya-rao", "vshetty", "nishapillai"), ("gateway", "infra"),
    ),
    Crew(
        "terminals", "Terminals", "Europe/Lisbon", LISBON,
        ("iduarte", "tmarques", "brocha", "rteixeira", "lpinto"), ("boarding", "kiosk"), "gitlab",
    ),
)  # fmt: skip


def _player(login: str, name: str, mail: str, private: str = "") -> Player:
    return Player(login, name, (f"{mail}@{DOMAIN}",), private)


PLAYERS = (
    _player("kim-adler", "Kim Adler", "kim.adler"),
    _player("jweber", "Jonas Weber", "jonas.weber"),
    _player("aylin-k", "Aylin Kaya", "aylin.kaya"),
    _player("pzielinski", "Piotr Zieliński", "piotr.zielinski"),
    _player("lenahoff", "Lena Hoffmann", "lena.hoffmann"),
    _player("mayatorres", "Maya Torres", "maya.torres"),
    _player("dosei", "Daniel Osei", "daniel.osei", "daniel@osei.example"),
    _player("graceliu", "Grace Liu", "grace.liu"),
    _player("samirh", "سمير حداد", "samir.haddad"),
    _player("emnovak", "Emily Novak", "emily.novak"),
    _player("ravimenon", "Ravi Menon", "ravi.menon"),
    _player("ananya-rao", "Ananya Rao", "ananya.rao"),
    _player("vshetty", "Vikram Shetty", "vikram.shetty"),
    _player("nishapillai", "Nisha Pillai", "nisha.pillai", "nisha.pillai@mail.example"),
    _player("iduarte", "Inês Duarte", "ines.duarte"),
    _player("tmarques", "Tiago Marques", "tiago.marques"),
    _player("brocha", "Beatriz Rocha", "beatriz.rocha"),
    _player("rteixeira", "Rui Teixeira", "rui.teixeira"),
    _player("lpinto", "Leonor Pinto", "leonor.pinto"),
)

LEAVER = _player("tbrandt", "Tom Brandt", "tom.brandt")
"""Left the company; the account is deleted in the middle of the story."""

CODING_AGENTS = ("copilot-swe-agent", "devin-ai-integration")
REVIEW_AGENT = "coderabbitai"
BOTS = ("dependabot", "github-actions", "brightwater-ship", "github-advanced-security")
SHIP_BOT = "brightwater-ship[bot]"
"""The company's own deployment app."""
DOCK_BOT = "terminals-ship"
"""The account by which pipelines at GitLab deploy."""

SHIPS = (
    Ship("payments-api", "Payments API", "payments", "payments", "critical"),
    Ship("ledger", "Ledger", "ledger", "payments", "high"),
    Ship(
        "web", "Web shop", "storefront", "booking", "critical",
        ("apps/web/**", "packages/**"), ("production-web", "staging-web"),
    ),
    Ship(
        "search", "Crossing search", "storefront", "booking", "high",
        ("apps/search/**", "packages/**"), ("production-search", "staging-search"),
    ),
    Ship("edge", "Edge gateway", "gateway", "platform", "critical"),
    Ship("boarding", "Boarding gates", "boarding", "terminals", "high"),
    Ship("kiosk", "Ticket kiosks", "kiosk", "terminals", "medium"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Yard:
    """A repository and how its team works there."""

    name: str
    team: str
    per_day: float
    """Pull requests a day."""
    how: str
    """How pull requests are merged."""
    base: str
    language: str
    parts: tuple[str, ...]
    """Folders with code; a change stays in one of them."""
    things: tuple[str, ...]
    """What changes are about."""
    jobs: tuple[str, ...]
    red: float
    """Share of runs that fail."""
    agents: float
    """Share of changes written by coding agents."""

    @property
    def host(self) -> str:
        """Where it lies: its team works there."""
        return crew(self.team).host

    @property
    def path(self) -> str:
        """Name with its owner or group."""
        return f"{ORG if self.host == 'github' else GROUP}/{self.name}"

    @property
    def id(self) -> str:
        """Record id."""
        return f"{self.host}:{self.path}"


YARDS = (
    Yard(
        "payments", "payments", 2.6, "squash", "main", "Python",
        ("src/capture", "src/refund", "src/api", "src/fraud"),
        ("card capture", "refund window", "3-D Secure challenge", "webhook signatures", "idempotency keys",
         "currency rounding", "voucher checkout", "payout batches", "chargeback export", "retry policy"),
        ("unit", "integration"), 0.09, 0.1,
    ),
    Yard(
        "ledger", "payments", 1.5, "merge", "main", "Java", ("core/journal", "core/balance", "export/sap"),
        ("closing of the day", "account balances", "SAP export", "journal entries", "VAT split", "currency table",
         "audit trail", "statement import"),
        ("build", "contract"), 0.07, 0.06,
    ),
    Yard(
        "storefront", "booking", 3.0, "squash", "main", "TypeScript",
        ("apps/web/checkout", "apps/web/seats", "apps/search/index", "apps/search/rank", "packages/ui"),
        ("seat map", "checkout form", "harbour picker", "timetable grid", "search ranking", "delay banner",
         "vehicle lengths", "cabin photos", "translation files", "price calendar"),
        ("lint", "unit"), 0.1, 0.12,
    ),
    Yard(
        "gateway", "platform", 1.5, "merge", "dev", "Go",
        ("internal/route", "internal/limit", "internal/tls", "cmd/edge"),
        ("rate limits", "TLS settings", "health checks", "route table", "access log", "header rewriting",
         "connection pool", "bot filter"),
        ("test", "image"), 0.06, 0.1,
    ),
    Yard(
        "infra", "platform", 0.9, "rebase", "main", "HCL", ("clusters/prod", "clusters/staging", "modules/network"),
        ("node pools", "bucket policies", "DNS records", "alert rules", "backup schedule", "registry mirror"),
        ("plan",), 0.05, 0.04,
    ),
    Yard(
        "fare-engine", "booking", 1.1, "rebase", "main", "Rust", ("src/tariff", "src/season", "src/rebate"),
        ("seasonal tariffs", "resident rebates", "group fares", "fuel surcharge", "return fares", "rounding rules"),
        ("test",), 0.06, 0.05,
    ),
    Yard(
        "boarding", "terminals", 0.6, "merge", "main", "Java", ("gate/scan", "gate/door", "manifest/list"),
        ("ticket scanner", "gate timer", "passenger list", "vehicle lanes", "boarding calls", "wheelchair lift"),
        ("test",), 0.05, 0.0,
    ),
    Yard(
        "kiosk", "terminals", 0.42, "merge", "main", "TypeScript", ("screen/tickets", "screen/map", "device/printer"),
        ("ticket printer", "card reader", "language choice", "crossing list", "receipt copy"),
        ("test",), 0.06, 0.0,
    ),
)  # fmt: skip

OLD_NAME = "pricing"
"""What `fare-engine` was called until it was renamed."""


def player(login: str) -> Player:
    """The person with this login."""
    return next(found for found in (*PLAYERS, LEAVER) if found.login == login)


def crew(key: str) -> Crew:
    """The team with this key."""
    return next(found for found in CREWS if found.key == key)


def crew_of(login: str) -> Crew:
    """The team that somebody works in; whoever left counts as one of Payments."""
    return next((found for found in CREWS if login in found.people), CREWS[0])


def yard(name: str) -> Yard:
    """The repository with this name."""
    return next(found for found in YARDS if found.name == name)


def ship(key: str) -> Ship:
    """The service with this key."""
    return next(found for found in SHIPS if found.key == key)
