"""The doors of the networks: challenges are answered, deliveries are verified and kept unread."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from libs.auth.signed import Signed
from libs.bus.errors import BusUnavailable
from libs.clock import new_id
from libs.process.parts import Parts
from libs.web.errors import BodyTooLarge, MalformedBody
from libs.web.problems import problems
from services.engagement.intake.api import Pressure, read_body, size_of
from services.engagement.intake.errors import BacklogTooDeep, DoorFull
from services.engagement.webhooks import service
from services.engagement.webhooks.domain.signatures import (
    HEADERS,
    Network,
    Secrets,
    answer_to,
    is_challenge,
    is_delivery,
    is_signed,
    is_token,
)
from services.engagement.webhooks.errors import WebhookNotSetUp, WrongChallenge, WrongSignature
from services.engagement.webhooks.metrics import WebhookMetrics
from services.engagement.webhooks.schemas import LinkedInChallengeOut, ReceivedOut, XChallengeOut

router = APIRouter(tags=["webhooks"])
MOST_BYTES = 256 * 1024
CHALLENGED = problems(WebhookNotSetUp, WrongChallenge)
DELIVERED = problems(
    WebhookNotSetUp, WrongSignature, MalformedBody, BodyTooLarge, BacklogTooDeep, BusUnavailable, DoorFull
)


def _secrets_of(request: Request, of: str) -> Secrets:
    configured: Mapping[str, Secrets] = request.app.state.webhook_secrets
    if not configured.get(of):
        raise WebhookNotSetUp("set its secret first; see docs/engagement.md")
    return configured[of]


async def _verified(network: Network, request: Request) -> bytes:
    """Return the raw body once its signature was found right. Nothing is parsed before."""
    secrets = _secrets_of(request, network)
    pressure: Pressure = request.app.state.pressure
    with pressure.admitted("webhooks", size_of(request, most=MOST_BYTES)):
        body = await read_body(request, most=MOST_BYTES)
    given = request.headers.getlist(HEADERS[network])
    if len(given) != 1 or not is_signed(network, body, given[0], secrets):
        metrics: WebhookMetrics = request.app.state.webhook_metrics
        metrics.refused(network)
        raise WrongSignature(f"send the signature of the raw body in {HEADERS[network]}")
    if not is_delivery(body):  # else an answered challenge could be sent as if the network had
        raise MalformedBody("a delivery is a JSON object")
    return body


async def _challenge(network: Network, parameter: str, request: Request) -> str:
    """Return the answer to a challenge of LinkedIn or X."""
    secrets = _secrets_of(request, network)
    challenge = request.query_params.get(parameter, "")
    if not is_challenge(network, challenge):
        raise WrongChallenge(f"{parameter} has not the form of this network's challenges")
    return answer_to(network, secrets, challenge)


async def _meta_challenge(request: Request) -> str:
    """Return the challenge when Meta asks with a verify token of ours."""
    tokens = _secrets_of(request, "meta_verify_token")
    query = request.query_params
    challenge = query.get("hub.challenge", "")
    known = is_token(query.get("hub.verify_token", ""), tokens)
    if not known or query.get("hub.mode") != "subscribe" or not is_challenge("meta", challenge):
        raise WrongChallenge("hub.mode, hub.verify_token and hub.challenge are not those of a subscription")
    return challenge


def _signed_by(network: Network) -> Callable[[Request], Awaitable[bytes]]:
    return Signed(partial(_verified, network))


def _takes(*names: str) -> dict[str, Any]:  # Any: OpenAPI
    return {"parameters": [{"name": n, "in": "query", "required": True, "schema": {"type": "string"}} for n in names]}


def _body_of(network: Network) -> dict[str, Any]:  # Any: OpenAPI
    header = {"name": HEADERS[network], "in": "header", "required": True, "schema": {"type": "string"}}
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"parameters": [header], "requestBody": body}


@router.get(
    "/webhooks/linkedin",
    operation_id="challenge_linkedin",
    openapi_extra=_takes("challengeCode"),
    responses=CHALLENGED,
)
async def challenge_linkedin(
    request: Request, answer: Annotated[str, Depends(Signed(partial(_challenge, "linkedin", "challengeCode")))]
) -> LinkedInChallengeOut:
    """Answer LinkedIn's challenge, which comes at registration and every two hours."""
    return LinkedInChallengeOut(challengeCode=request.query_params["challengeCode"], challengeResponse=answer)


@router.get("/webhooks/x", operation_id="challenge_x", openapi_extra=_takes("crc_token"), responses=CHALLENGED)
async def challenge_x(answer: Annotated[str, Depends(Signed(partial(_challenge, "x", "crc_token")))]) -> XChallengeOut:
    """Answer X's challenge, which comes at registration and every hour."""
    return XChallengeOut(response_token=answer)


@router.get(
    "/webhooks/meta",
    operation_id="challenge_meta",
    response_class=PlainTextResponse,
    openapi_extra=_takes("hub.mode", "hub.verify_token", "hub.challenge"),
    responses=CHALLENGED,
)
async def challenge_meta(answer: Annotated[str, Depends(Signed(_meta_challenge))]) -> PlainTextResponse:
    """Answer Meta's challenge, which comes when a subscription is made."""
    return PlainTextResponse(answer)


@router.post(
    "/webhooks/linkedin",
    operation_id="receive_linkedin",
    openapi_extra=_body_of("linkedin"),
    responses=DELIVERED,
)
async def receive_linkedin(request: Request, body: Annotated[bytes, Depends(_signed_by("linkedin"))]) -> ReceivedOut:
    """Keep what LinkedIn sends: organization social action notifications. The same delivery again has no effect."""
    return await _keep(request, "linkedin", body)


@router.post("/webhooks/x", operation_id="receive_x", openapi_extra=_body_of("x"), responses=DELIVERED)
async def receive_x(request: Request, body: Annotated[bytes, Depends(_signed_by("x"))]) -> ReceivedOut:
    """Keep what X sends: account activity. The same delivery again has no effect."""
    return await _keep(request, "x", body)


@router.post("/webhooks/meta", operation_id="receive_meta", openapi_extra=_body_of("meta"), responses=DELIVERED)
async def receive_meta(request: Request, body: Annotated[bytes, Depends(_signed_by("meta"))]) -> ReceivedOut:
    """Keep what Meta sends: changes of a page's feed. The same delivery again has no effect."""
    return await _keep(request, "meta", body)


async def _keep(request: Request, network: Network, body: bytes) -> ReceivedOut:
    parts: Parts = request.app.state.parts
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise MalformedBody("a delivery is JSON in UTF-8") from error
    pressure: Pressure = request.app.state.pressure
    with pressure.admitted("webhooks", len(body)), pressure.queued("webhooks", len(body)):
        await service.keep(parts.publisher, network, text, receipt_id=new_id(), now=parts.clock.now())
    request.app.state.door_metrics.accepted("webhooks", 1)
    return ReceivedOut()
