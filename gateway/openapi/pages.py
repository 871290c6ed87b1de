"""The page that shows the document: Swagger UI from a wheel, so that nothing is fetched from elsewhere."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from gateway.codings import Coding, coding_for, encoded
from gateway.security import PAGE

DAY_SECONDS = 86_400
HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Timbre</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="data:,">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
});
"""
PARTS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "start.js": "text/javascript"}


def pages() -> APIRouter:
    """Return the routes of the page and of its parts."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs() -> Response:
        return Response(HTML, media_type="text/html", headers={name.decode(): value.decode() for name, value in PAGE})

    async def part(request: Request) -> Response:
        name = request.url.path.rsplit("/", 1)[1]
        coding = coding_of(request)
        answer = Response(_part(name, coding), media_type=PARTS[name], headers=coding_headers(coding))
        answer.headers["Cache-Control"] = f"public, max-age={DAY_SECONDS}"
        return answer

    for name in PARTS:
        router.add_api_route(f"/docs/{name}", part, methods=["GET"])
    return router


def coding_of(request: Request) -> Coding:
    """Return the encoding in which this client takes what is compressed once for all."""
    return coding_for(request.headers.get("accept-encoding", "").encode("latin-1"))


def coding_headers(coding: Coding) -> dict[str, str]:
    """Return the headers of an answer that is compressed already, or is not to be."""
    return {"Vary": "Accept-Encoding", **({} if coding == "identity" else {"Content-Encoding": coding})}


@cache
def _part(name: str, coding: Coding) -> bytes:
    """Return a part of the page, compressed once and kept."""
    if coding != "identity":
        return encoded(_part(name, "identity"), coding)
    return START.encode() if name == "start.js" else files("fastapi_offline").joinpath("static", name).read_bytes()
