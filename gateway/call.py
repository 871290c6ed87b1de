"""One request that has been let in: its route, what its path and query say, and who calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.types import Scope

from gateway.boards.definitions import Definition
from gateway.errors import no_board
from gateway.paths import PARAMETER
from gateway.routes import Route
from libs.auth.errors import MissingToken
from libs.auth.principal import Principal
from libs.problems import FieldError
from libs.web.errors import InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the door hands on. `parameters` holds what the service's path needs; `query` is what is left of it.

    A signed route has no principal.
    """

    route: Route
    parameters: dict[str, str]
    query: bytes
    principal: Principal | None
    scope: Scope

    @property
    def caller(self) -> Principal:
        """Who calls. Raises MissingToken where a signature stood in for a token."""
        if self.principal is None:
            raise MissingToken("send `Authorization: Bearer <token>`")
        return self.principal

    def enter(self, board: Definition) -> None:
        """Return when the caller may enter a board's programme. Raises MissingToken, BoardNotFound.

        A board of another programme is as unknown as one that does not exist.
        """
        if not self.caller.may_enter(board.programme_id):
            raise no_board(board.board_id)

    @property
    def headers(self) -> Iterable[tuple[bytes, bytes]]:
        """The request's headers as they came, names in lower case."""
        headers: Iterable[tuple[bytes, bytes]] = self.scope["headers"]
        return headers

    def field(self, name: bytes) -> bytes | None:
        """Return the value of a header that is a list (RFC 9110, 5.3): of several of that name, all."""
        values = [value for key, value in self.headers if key == name]
        return b",".join(values) if values else None

    def header(self, name: bytes) -> str | None:
        """Return the value of the first header of that name."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), None)


def with_query(route: Route, parameters: dict[str, str], query: bytes) -> tuple[dict[str, str], bytes]:
    """Move parameters of the service's path that the public path lacks from the query to the others.

    Raises InvalidRequest, naming each that is missing or given twice.
    """
    missing = [name for name in PARAMETER.findall(route.service_path) if name not in parameters]
    if not missing:
        return parameters, query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    found = {name: [value for key, value in pairs if key == name] for name in missing}
    wrong = [FieldError(name, "must be given once in the query") for name in missing if len(found[name]) != 1]
    if wrong:
        raise InvalidRequest("a parameter of the query is missing; see errors", errors=wrong)
    rest = urlencode([pair for pair in pairs if pair[0] not in found]).encode()
    return {**parameters, **{name: values[0] for name, values in found.items()}}, rest
