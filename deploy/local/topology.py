"""Owns which processes Timbre consists of: the name, the module and the settings of each, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process, `python -m <module> serve`; `settings` are the fields of its `Settings` that a deployment gives."""

    name: str
    module: str
    settings: tuple[str, ...]

    @property
    def migrates(self) -> bool:
        """Whether it has a database of its own, brought up to date by `python -m <module> migrate`."""
        return "database_url" in self.settings

    def variable(self, setting: str) -> str:
        """The name of a setting in the environment, e.g. `CONTENT_DATABASE_URL`."""
        return f"{self.name}_{setting}".upper()


LISTENS = ("host", "port")
TRUSTS = ("auth_jwks", "auth_issuer", "auth_audience")
SERVICE = (*LISTENS, "database_url", "nats_url", *TRUSTS, "person_key")

SERVICES = (
    Program(name="content", module="services.content", settings=SERVICE),
    Program(name="sharing", module="services.sharing", settings=SERVICE),
    Program(name="engagement", module="services.engagement", settings=SERVICE),
    Program(name="gamification", module="services.gamification", settings=(*SERVICE, "valkey_url")),
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
PROGRAMS = (*SERVICES, GATEWAY)


def programs_named(names: list[str]) -> tuple[Program, ...]:
    """The programs of these names, all of them for no name. Raises LookupError for an unknown name."""
    known = {program.name: program for program in PROGRAMS}
    if unknown := set(names) - known.keys():
        raise LookupError(f"There is no process {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
    return tuple(program for program in PROGRAMS if not names or program.name in names)
