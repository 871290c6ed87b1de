"""Owns which servers are somebody else's: addresses given in the environment are used instead of servers of our own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.local.topology import Program

# the setting that holds the address of each server that we could start ourselves
SERVERS = {"postgres": "database_url", "nats": "nats_url", "valkey": "valkey_url"}


@dataclass(frozen=True, slots=True)
class Outside:
    """What the environment says of servers.

    `CONTENT_NATS_URL` is for one program, `NATS_URL` for all; `DATABASE_URL` is a superuser's, by which the database
    and the login of each service are made, `CONTENT_DATABASE_URL` is a finished database's.
    """

    environment: Mapping[str, str]

    @property
    def administrator(self) -> str | None:
        """The superuser's address of an outside PostgreSQL."""
        return self.environment.get("DATABASE_URL")

    def address(self, program: Program, setting: str) -> str | None:
        """The address of an outside server for one program; of a database only when it is finished."""
        own = self.environment.get(program.variable(setting))
        return own or (None if setting == "database_url" else self.environment.get(setting.upper()))

    def missing(self, programs: Iterable[Program]) -> set[str]:
        """The servers of SERVERS that some of the programs need and nobody else runs."""
        return {
            server
            for server, setting in SERVERS.items()
            for program in programs
            if setting in program.settings
            and not self.address(program, setting)
            and not (server == "postgres" and self.administrator)
        }
