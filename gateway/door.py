"""The door of `/v1`: finds the route, verifies who calls, and hands the call to a service or to the boards.

Plain ASGI beside FastAPI: a FastAPI route costs three times the CPU of the work that is done here.
"""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.boards.answer import Answer
from gateway.call import Call, with_query
from gateway.errors import TooManyRequests
from gateway.limits.allowance import Fields
from gateway.live.endpoint import PATH as LIVE
from gateway.parts import Parts
from gateway.paths import WrongMethod, check, programme_of
from gateway.proxy.forward import forward
from gateway.routes import Route
from libs.auth.errors import MissingScope, MissingToken
from libs.auth.principal import Principal
from libs.auth.require import bearer_in
from libs.problems import Problem
from libs.web.linger import Incoming, refuse
from libs.web.problems import render

REFUSED = "timbre.refused"  # the place in an ASGI scope for the problem that a request has met before it came here
DOORS = ("/v1/", "/docs", "/openapi.json")  # what is for the public
REALM = 'Bearer realm="timbre"'


class Door:
    """ASGI middleware that serves every path below `/v1/` and leaves the others to the application.

    The pages of the documentation, which need no token, are counted here too.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of `app`, whose state holds the parts."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a failure becomes a problem document."""
        if scope["type"] != "http" or not scope["path"].startswith(DOORS):
            await self._app(scope, receive, send)
            return
        parts: Parts = scope["app"].state.parts
        incoming = Incoming(receive, scope)
        try:
            if not scope["path"].startswith("/v1/"):
                told = telling(send, await parts.limits.let_in_from(scope))
                await self._app(scope, incoming, told)
                return
            call = await admit(parts, scope)
            if REFUSED in scope:  # on the short way, which leaves to us how a refusal is told
                raise scope[REFUSED]
            if call.route.service == "sharing":  # which knows an author's own visits by it
                parts.visitor_keys.tell(scope)
            with parts.places.taken(call.route.work):
                told = telling(send, await parts.limits.let_in(call))
                await _serve(parts, call, incoming, told)
        except Problem as problem:
            if problem.status in {401, 403}:
                parts.metrics.refused(problem.slug)
            await refuse(render(problem, headers_of(problem, scope)), scope, incoming, send)


async def _serve(parts: Parts, call: Call, receive: Receive, send: Send) -> None:
    """Have the call answered. Raises Problem only while nothing has been answered."""
    if call.route.service is not None:
        upstream = parts.upstreams[call.route.service]
        await forward(call, upstream, receive, send, body_limit=parts.body_limit)
        return
    if call.route.path == LIVE:
        await parts.live.answer(call, receive, send)
        return
    response: Response | Answer = await parts.boards.answer(call)
    await response(call.scope, receive, send)


def telling(send: Send, fields: Fields) -> Send:
    """Return a `send` that adds fields to the answer."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *fields]}
        await send(message)

    return told


async def admit(parts: Parts, scope: Scope) -> Call:
    """Return the call when its bearer may make it. Raises what is wrong with path, token, scope or programme.

    Nobody bears a token for a signed route: its service verifies the signature, over bytes that only it has whole.
    """
    try:
        route, parameters = parts.table.find(scope["method"], scope["path"])
    except WrongMethod as wrong:
        scope["route"] = wrong.route  # metrics and log lines take the template from here
        raise
    scope["route"] = route
    principal = None if route.signed else await _principal(parts, scope, route)
    parameters, query = with_query(route, parameters, scope["query_string"])
    check(parameters)
    programme_id = programme_of(parameters)
    if programme_id is not None and principal is not None:
        principal.enter(programme_id)
    return Call(route=route, parameters=parameters, query=query, principal=principal, scope=scope)


async def _principal(parts: Parts, scope: Scope, route: Route) -> Principal:
    token = bearer_in([value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"])
    principal = parts.verifier.known(token) or await parts.verifier.verify(token)
    principal.check(*route.scopes)
    return principal


def headers_of(problem: Problem, scope: Scope) -> dict[str, str]:
    """Return the headers that HTTP asks for beside a problem (RFC 9110 and, for bearer tokens, RFC 6750)."""
    if isinstance(problem, WrongMethod):
        return {"Allow": problem.allowed}
    if problem.status == 401:
        return {"WWW-Authenticate": REALM if isinstance(problem, MissingToken) else f'{REALM}, error="invalid_token"'}
    if isinstance(problem, MissingScope):
        scopes = " ".join(scope["route"].scopes)
        return {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scopes}"'}
    if isinstance(problem, TooManyRequests):
        return {name.decode(): value.decode() for name, value in problem.fields}
    if problem.status in {408, 413}:  # what is still to come of the body is not wanted
        return {"Connection": "close"}
    return {}
