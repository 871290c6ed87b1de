"""How links stand in Valkey, for the gateway to read in one command.

    link:{links}:<code>      version (4 bytes, big-endian), link id (16 bytes), target (the rest; none: it is disabled)
    link:{links}:ready       "1" once every link is there
    link:{links}:filling     the mark of the filling that is under way

The braces keep all keys in one slot of a cluster, so that a missing code and `ready` can be read as of one moment.
"""

from uuid import UUID

# letters and digits that nobody takes for another: without 0 O o 1 I i l; ten of these are 1160 times 62^8 codes
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10
READY = "link:{links}:ready"
FILLING = "link:{links}:filling"


def link_key(code: str) -> str:
    """Return the key of a link."""
    return f"link:{{links}}:{code}"


def link_value(version: int, link_id: UUID, target: str | None) -> bytes:
    """Return the value of a link; no target when it is disabled."""
    return version.to_bytes(4, "big") + link_id.bytes + (target or "").encode("ascii")
