"""Telling a server that is away from a request that is wrong."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.storage.valkey import ValkeyError

RETRY_STATES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock time-out


def is_outage(error: Exception) -> bool:
    """Whether PostgreSQL or Valkey is away or busy, so that the same work may succeed later."""
    if isinstance(error, OSError | PoolTimeout | ValkeyError | InterfaceError | OperationalError):
        return True
    state = getattr(getattr(error, "orig", error), "sqlstate", None) or ""
    invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
    # 08 connection, 53 resources, 57 operator intervention (appendix A of PostgreSQL's manual)
    return invalidated or state in RETRY_STATES or state[:2] in {"08", "53", "57"}
