"""The sections of the settings: what may stand in each table of `landed.toml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LedgerSettings(Section):
    """Which paths the ledger leaves out, and which commits it reads beside those of refs."""

    exclude: tuple[str, ...] = ()
    """Path patterns (gitignore style) to leave out as well."""
    include: tuple[str, ...] = ()
    """Path patterns to keep although a built-in rule leaves them out."""
    unreachable: bool = True
    """Whether to read commits too that are still there but that no ref reaches."""


class SignalSettings(Section):
    """One signal of your own: where to look in a commit or request, what to find, its meaning."""

    where: Literal[
        "author",
        "committer",
        "trailer",
        "subject",
        "body",
        "login",
        "branch",
        "request-body",
        "label",
    ]
    """The part of the commit that is looked at; of a pull or merge request the user name of its
    author, its branch, its description or a label."""
    match: Annotated[str, Field(min_length=1)]
    """For author and committer an e-mail address, for trailer its key or `Key: value`,
    for subject, body and request-body the start of a line, for branch the start of its name,
    for login and label the whole of it."""
    who: Literal["ai", "human", "automation"] = "ai"
    agent: str | None = None
    """The agent's name; needed where `who` is ai."""
    model: str | None = None

    @model_validator(mode="after")
    def _ai_names_its_agent(self) -> SignalSettings:
        if self.who == "ai" and not self.agent:
            raise ValueError("a signal for ai needs an agent name")
        return self


class PersonSettings(Section):
    """What is known of one person, by the e-mail addresses they commit with."""

    emails: Annotated[tuple[str, ...], Field(min_length=1)]
    """The first one is the person's canonical address."""
    name: str | None = None
    uses_ai: bool = True
    """False: every line of theirs without stronger evidence counts as human."""
    accounts: tuple[str, ...] = ()
    """Accounts or addresses under which agents know them."""
    logins: tuple[str, ...] = ()
    """Their user names on machines whose logs are read."""
    team: str | None = None
    senior: bool = False
    """Their reviews count as those of senior reviewers."""
    all_tools_captured_since: date | None = None
    """From this day the logs of all AI tools they use are read: what none shows is human."""


class PathMapping(Section):
    """Logs name folders under `log` that lie, or lay, under `here` on this machine."""

    log: Annotated[str, Field(min_length=1)]
    here: Annotated[str, Field(min_length=1)]


class SessionSettings(Section):
    """Which agents' logs are read, and how edits find their lines."""

    read: bool = True
    """False: no agent's log is opened."""
    agents: tuple[str, ...] = ()
    """Only these agents; none named = all that are known."""
    own_home: bool = True
    """False: logs are looked for in `homes` only, never in this user's own home directory."""
    homes: tuple[Path, ...] = ()
    """Further home directories to look in, such as copies from containers."""
    paths: tuple[PathMapping, ...] = ()
    """Where folders of the logs are on this machine; the first that fits counts."""
    keep_text: bool = True
    """Keep unmatched generated text on this machine, to score similarity once it is committed."""
    keep_text_days: Annotated[int, Field(ge=1)] = 60
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.6
    """From which token similarity a changed line is still the agent's."""
    pending_days: Annotated[int, Field(ge=1)] = 14
    """So long a line that is applied and nowhere committed counts as pending."""
    idle_days: Annotated[int, Field(ge=1)] = 90
    """A branch without commits for so long counts as closed."""


class FeatureSettings(Section):
    """A feature of the product: sessions on these branches or in these paths belong to it."""

    name: Annotated[str, Field(min_length=1)]
    branches: tuple[str, ...] = ()
    """Branch globs."""
    paths: tuple[str, ...] = ()
    """Path patterns (gitignore style): most of the session's lines went there."""
    repositories: tuple[str, ...] = ()
    """Names of repositories; none = all."""

    @model_validator(mode="after")
    def _says_which(self) -> FeatureSettings:
        if not (self.branches or self.paths or self.repositories):
            raise ValueError("a feature needs branches, paths or repositories")
        return self


class PriceSettings(Section):
    """Your own price of a model, in dollars for a million tokens; it wins over the list."""

    model: Annotated[str, Field(min_length=1)]
    """Model name or glob."""
    vendor: str | None = None
    since: date | None = None
    until: date | None = None
    input: Annotated[float, Field(ge=0)]
    output: Annotated[float, Field(ge=0)]
    cache_read: Annotated[float, Field(ge=0)] | None = None
    """None = as input."""
    cache_write_5m: Annotated[float, Field(ge=0)] | None = None
    cache_write_1h: Annotated[float, Field(ge=0)] | None = None
    web_search: Annotated[float, Field(ge=0)] | None = None
    """Dollars for one search."""


class SeatSettings(Section):
    """A subscription that one person holds."""

    vendor: Annotated[str, Field(min_length=1)]
    holder: Annotated[str, Field(min_length=1)]
    """An e-mail address of the holder."""
    monthly: Annotated[float, Field(ge=0)]
    """Dollars a month."""
    plan: str = ""
    since: date
    until: date | None = None


class InvoiceSettings(Section):
    """One line of an invoice."""

    vendor: Annotated[str, Field(min_length=1)]
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    kind: Literal["usage", "credits", "subscription", "overage", "discount", "tax"] = "usage"
    amount: float
    """Dollars; discounts and refunds below zero."""
    invoice: str = ""
    description: str = ""


class CashSettings(Section):
    """What is paid, beside list prices."""

    seats: tuple[SeatSettings, ...] = ()
    invoices: tuple[InvoiceSettings, ...] = ()
    hourly_rate: Annotated[float, Field(gt=0)] | None = None
    """Loaded cost of an hour of a developer, in dollars: break-even is stated with it."""
    check_minute: Annotated[float, Field(ge=0)] | None = None
    """What a minute of checks costs, in dollars; null = their minutes are in no dollars."""
    developers: Annotated[int, Field(ge=1)] | None = None
    """Developers on the roster; None = those who committed or ran agents in each month."""


class ServiceSettings(Section):
    """One service of several that are deployed from one repository."""

    name: Annotated[str, Field(min_length=1)]
    paths: Annotated[tuple[str, ...], Field(min_length=1)]
    """Path patterns (gitignore style): lines there reach production with this service."""
    environments: tuple[str, ...] = ()
    """Globs of environments to which it is deployed, where the deployments name no service."""
    repositories: tuple[str, ...] = ()
    """Names of repositories; none = all."""


class ConnectionSettings(Section):
    """A forge to read; `landed connect` keeps the same in the workspace."""

    forge: Literal["github", "gitlab"]
    url: str | None = None
    """Address of the API of a server of your own; null = github.com or gitlab.com."""
    organisations: tuple[str, ...] = ()
    """All projects of these organisations or groups are read."""
    projects: tuple[str, ...] = ()
    """Full names of projects to read, such as acme/shop."""
    token: Annotated[
        str, Field(pattern=r"^(environment:\w+|keyring:\S+|app:\d+/\d+:(environment:\w+|file:.+))$")
    ]
    """Where the token is: environment:NAME, keyring:NAME, or of a GitHub App
    app:ID/INSTALLATION:environment:NAME or app:ID/INSTALLATION:file:PATH (its private key)."""


class ForgeSettings(Section):
    """How forges are read."""

    refresh_minutes: Annotated[int, Field(ge=0)] = 15
    """A report asks a forge again once what it knows is older; 0 = each time."""
    concurrency: Annotated[int, Field(ge=1, le=16)] = 4
    """Requests to one forge at a time."""
    wait_minutes: Annotated[float, Field(ge=0)] = 5.0
    """So long a run waits for a forge's rate limit; then it ends, and the next one goes on."""
    mirrors: bool = True
    """Keep a bare mirror of each project, with the branches of its changes."""
    bots: tuple[str, ...] = ()
    """User names that are programs, beside those that the forge marks so."""


class ReviewSettings(Section):
    """What reviews are taken to cost, and what counts as one."""

    minutes_per_round: Annotated[float, Field(ge=0)] = 5.0
    """Minutes that a submitted review takes, whatever its size."""
    minutes_per_comment: Annotated[float, Field(ge=0)] = 3.0
    """Minutes that one comment on the code takes."""
    minutes_per_hundred_lines: Annotated[float, Field(ge=0)] = 10.0
    """Minutes that reading a hundred changed lines takes, once for each reviewer."""
    design_paths: tuple[str, ...] = ()
    """Path patterns (gitignore style) where changes need a senior reviewer."""
    hotfix_branches: tuple[str, ...] = ("hotfix/*", "hotfix-*")
    """Globs of branches that carry hotfixes."""
    hotfix_labels: tuple[str, ...] = ("hotfix",)
    """Labels of changes that are hotfixes."""


class IncidentSettings(Section):
    """Which issues of a forge are incidents, and which are bugs."""

    labels: tuple[str, ...] = ("incident", "outage")
    """Globs of labels of incidents, letter case ignored."""
    bug_labels: tuple[str, ...] = ("bug", "type: bug", "kind/bug", "type::bug")
    """Globs of labels of bugs, letter case ignored."""


class StoreSettings(Section):
    """How much of the machine the store may take."""

    memory_limit: Annotated[str, Field(pattern=r"^\d+ ?([KMGT]i?B)$")] = "256MB"
    threads: Annotated[int, Field(ge=1)] = 2
    wait_seconds: Annotated[float, Field(ge=0)] = 60.0
    """How long to wait for another process that has the store open."""


class ServerSettings(Section):
    """How `landed serve` answers, and what it does by itself."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """Address to listen on; beyond loopback accounts are needed."""
    port: Annotated[int, Field(ge=0, le=65535)] = 4321
    """Port to listen on; 0 = any that is free."""
    url: str | None = None
    """Address under which people reach it, where a proxy stands before it."""
    memory_limit: Annotated[str, Field(pattern=r"^\d+ ?([KMGT]i?B)$")] = "2GB"
    """What the store may take while the server owns it."""
    sync_minutes: Annotated[int, Field(ge=1)] = 15
    """Connected forges and their repositories are read so often."""
    session_hours: Annotated[float, Field(gt=0)] = 12.0
    """A person is asked for the password again after so many hours."""
    read_code: bool = False
    """Roles that may read code see the text of lines, read from mirrors when viewed."""
    body_megabytes: Annotated[float, Field(gt=0)] = 16.0
    """The largest body that is taken, before and after it is decompressed."""
    inbox_megabytes: Annotated[float, Field(gt=0)] = 512.0
    """Once so much waits to be read in, senders are asked to come again later."""
    telemetry_days: Annotated[int, Field(ge=1)] | None = None
    """Telemetry older than this is forgotten; null = kept."""
    access_days: Annotated[int, Field(ge=1)] = 365
    """Entries of the access log are kept so long."""
    github_secret: Annotated[str, Field(pattern=r"^(environment:\w+|keyring:\S+)$")] | None = None
    """Where the secret of GitHub's webhooks is: environment:NAME or keyring:NAME."""
    gitlab_token: Annotated[str, Field(pattern=r"^(environment:\w+|keyring:\S+)$")] | None = None
    """Where the token of GitLab's webhooks is: environment:NAME or keyring:NAME."""


class PrivacySettings(Section):
    """Whose figures are shown to whom."""

    smallest_group: Annotated[int, Field(ge=2)] = 5
    """A figure over fewer people, or that leaves fewer out, is shown to nobody else."""


class BudgetSettings(Section):
    """What may be spent in a month."""

    dollars: Annotated[float, Field(gt=0)]
    team: str | None = None
    """The team it is for; null = everybody."""
    price: Literal["list", "cash"] = "list"


class DeliverySettings(Section):
    """A report that the server sends by itself."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    every: Literal["day", "week", "month"] = "month"
    """Each day, each Monday, or each first of the month, for the time before."""
    hour: Annotated[int, Field(ge=0, le=23)] = 6
    """Hour of the day, UTC."""
    formats: Annotated[
        tuple[Literal["pdf", "html", "markdown", "csv", "json"], ...], Field(min_length=1)
    ] = ("pdf",)
    folder: Path | None = None
    """Directory to put the files in."""
    webhook: Annotated[str, Field(pattern=r"^(environment:\w+|keyring:\S+)$")] | None = None
    """Where the address of a Slack-compatible webhook is: environment:NAME or keyring:NAME."""
    repositories: tuple[str, ...] = ()
    """Names of repositories; none = all."""
