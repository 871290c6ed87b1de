"""Owns which processes Timbre consists of: the name, the module and the settings of each, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process, `python -m <module> serve`; `settings` are the fields of its `Settings` that a deployment gives.

    A service whose doors and workers run apart (docs/adr/0026) is two programs: the workers are a part `of` the other
    one, with its database and its user at the broker; `fixed` are settings that make a half of each.
    """

    name: str
    module: str
    settings: tuple[str, ...]
    of: str | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """Whose settings, database and user at the broker it has."""
        return self.of or self.name

    @property
    def migrates(self) -> bool:
        """Whether it has a database of its own, brought up to date by `python -m <module> migrate`."""
        return "database_url" in self.settings and self.of is None

    def variable(self, setting: str) -> str:
        """The name of a setting in the environment, e.g. `CONTENT_DATABASE_URL`."""
        return f"{self.service}_{setting}".upper()


LISTENS = ("host", "port", "drain_seconds")
TRUSTS = ("auth_jwks", "auth_issuer", "auth_audience")
SERVICE = (*LISTENS, "database_url", "nats_url", *TRUSTS, "person_key")

SERVICES = (
    Program(name="content", module="services.content", settings=SERVICE),
    Program(name="sharing", module="services.sharing", settings=(*SERVICE, "valkey_url", "gateway_url")),
    Program(name="engagement", module="services.engagement", settings=SERVICE, fixed={"consume": "false"}),
    Program(name="gamification", module="services.gamification", settings=(*SERVICE, "valkey_url")),
    # beside the gateway, with a database of its own: put together as the services are
    Program(name="webhooks", module="gateway.webhooks", settings=(*SERVICE, "secret_key")),
)
WORKERS = (
    Program(
        name="engagement-worker",
        module="services.engagement",
        settings=SERVICE,
        of="engagement",
        fixed={"serve": "false"},
    ),
)
GATEWAY = Program(
    name="gateway",
    module="gateway",
    settings=(
        *LISTENS,
        *(f"{service.name}_url" for service in SERVICES),
        "nats_url",
        "valkey_url",
        *TRUSTS,
        "person_key",
    ),
)
PROGRAMS = (*SERVICES, *WORKERS, GATEWAY)


def programs_named(names: list[str]) -> tuple[Program, ...]:
    """The programs of these services, all of them for no name. Raises LookupError for an unknown name."""
    known = dict.fromkeys(program.service for program in PROGRAMS)
    if unknown := set(names) - known.keys():
        raise LookupError(f"There is no process {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
    return tuple(program for program in PROGRAMS if not names or program.service in names)
