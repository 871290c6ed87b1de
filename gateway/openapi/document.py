"""The document as it is served: from the services on demand, kept half a minute, else as it was last."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, FastAPI, Request, Response

from gateway.codings import Coding, encoded
from gateway.openapi import boards, live
from gateway.openapi.merge import Document, joined
from gateway.openapi.pages import coding_headers, coding_of
from gateway.openapi.refusals import responses
from gateway.proxy.connection import BrokenOff, Late
from gateway.proxy.upstream import Upstream
from gateway.routes import Route, Service
from libs.problems import Problem
from libs.telemetry.logs import logger

log = logger(__name__)

KEPT_SECONDS = 30.0
PATIENCE_SECONDS = 3.0
OK = 200


class Documents:
    """Joins the services' documents. A service that is down is shown as it was last, or left out and named."""

    def __init__(self, app: FastAPI, upstreams: Mapping[Service, Upstream], routes: Sequence[Route]) -> None:
        """Describe `app` and what of the services the table of routes shows."""
        self._routes = routes
        self._app = app
        self._upstreams = upstreams
        self._fetched: dict[str, Document] = {}
        self._bodies: dict[Coding, bytes] = {}
        self._read_at = float("-inf")
        self._one = asyncio.Lock()

    async def body(self, coding: Coding = "identity") -> bytes:
        """Return the document; of many who ask at once, one fetches, and one compresses."""
        async with self._one:
            if time.monotonic() - self._read_at > KEPT_SECONDS:
                self._bodies = {"identity": await self._read()}
                self._read_at = time.monotonic()
            if coding not in self._bodies:
                self._bodies[coding] = encoded(self._bodies["identity"], coding)
            return self._bodies[coding]

    async def _read(self) -> bytes:
        found = await asyncio.gather(*(self._fetch(upstream) for upstream in self._upstreams.values()))
        for service, document in zip(self._upstreams, found, strict=True):
            if document is not None:
                self._fetched[service] = document
        services: dict[str, Document] = {
            service: self._fetched[service] for service in self._upstreams if service in self._fetched
        }
        document = joined(self._own(), services, self._routes)
        document["x-missing-services"] = [service for service in self._upstreams if service not in services]
        return json.dumps(document, ensure_ascii=False).encode()

    def _own(self) -> Document:
        own = self._app.openapi()
        schemas = {**own.get("components", {}).get("schemas", {}), **boards.schemas(), **live.schemas()}
        paths = {**own["paths"], **boards.paths(self._routes), **live.paths(self._routes)}
        return {**own, "paths": paths, "components": {"schemas": schemas, "responses": responses()}}

    async def _fetch(self, upstream: Upstream) -> Document | None:
        try:
            status, body = await upstream.read("/openapi.json", patience=PATIENCE_SECONDS)
            document: Document = json.loads(body)
        except (Problem, BrokenOff, Late, ValueError) as error:
            log.warning("openapi_not_fetched", upstream=upstream.service, error=repr(error))
            return None
        return document if status == OK and "paths" in document else None


def router(app: FastAPI) -> APIRouter:
    """Return the route of the document."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/openapi.json")
    async def openapi(request: Request) -> Response:
        documents: Documents = app.state.documents
        coding = coding_of(request)
        body = await documents.body(coding)
        return Response(body, media_type="application/json", headers=coding_headers(coding))

    return routes
