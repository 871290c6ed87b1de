"""The table of public routes: what is served, by whom, for which scope, within which limits."""

from dataclasses import dataclass
from typing import Literal, get_args

Service = Literal["content", "sharing", "engagement", "gamification", "webhooks"]
SERVICES: tuple[Service, ...] = get_args(Service)
Method = Literal["GET", "POST", "PUT", "DELETE"]
Rate = Literal["board", "read", "write", "ingest", "export", "link", "login-less"]
Work = Literal[Service, "ingest", "export", "login-less", "boards", "live"]

KIBIBYTE = 1024
BODY_LIMIT = 1024 * KIBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One public route. Whoever holds one of `scopes` may call it; `service` None means the gateway itself.

    A `signed` route takes no token and so has no scopes: the request carries a signature, which its service verifies.

    `service_path` is the path at the service where it is not the public one without `/v1`. A parameter of it that the
    public path lacks is taken from the query. `body_limit` is in bytes, `timeout` in seconds to the answer's first
    byte. `retried` routes are called a second time when the connection fails.

    `rate` says how often somebody may call (`limits/classes.py`), `work` how many may at once (`limits/places.py`).
    """

    method: Method
    path: str
    service: Service | None
    scopes: tuple[str, ...]
    service_path: str
    body_limit: int
    timeout: float
    retried: bool
    rate: Rate
    work: Work
    signed: bool = False

    @property
    def path_format(self) -> str:
        """The template, under the name by which metrics and log lines ask a route for it."""
        return self.path


def _route(
    method: Method,
    path: str,
    service: Service | None,
    *scopes: str,
    service_path: str | None = None,
    body_limit: int = BODY_LIMIT,
    timeout: float = 10.0,
    rate: Rate | None = None,
    work: Work | None = None,
) -> Route:
    reads = method == "GET"
    usual: Rate = "board" if service is None else "read" if reads else "write"
    return Route(
        method=method,
        path=f"/v1{path}",
        service=service,
        scopes=scopes,
        service_path=service_path or path,
        body_limit=0 if method in {"GET", "DELETE"} else body_limit,
        timeout=timeout,
        retried=reads,
        rate=rate or usual,
        work=work or service or "boards",
    )


def _intake(path: str, *, service_path: str | None = None, body_limit: int) -> Route:
    return _route(
        "POST",
        path,
        "engagement",
        "engagement:write",
        service_path=service_path,
        body_limit=body_limit,
        timeout=30.0,
        rate="ingest",
        work="ingest",
    )


def _signed(method: Method, path: str, *, body_limit: int = 0) -> Route:
    """Return a route that is open to whoever signs; only engagement has such."""
    return Route(
        method=method,
        path=f"/v1{path}",
        service="engagement",
        scopes=(),
        service_path=path,
        body_limit=body_limit,
        timeout=10.0,
        retried=method == "GET",
        rate="login-less",
        work="login-less",
        signed=True,
    )


INTERACTIONS = "/programmes/{programme_id}/interactions"
IMPORTS = "/programmes/{programme_id}/imports"
INTERACTIONS_BYTES = 64 * 1024 * KIBIBYTE  # of lines; a list may have 2 MiB, as its door says
IMPORTS_BYTES = 64 * 1024 * KIBIBYTE
WEBHOOK_BYTES = 256 * KIBIBYTE
CONVERSIONS_BYTES = 512 * KIBIBYTE

ROUTES: tuple[Route, ...] = (
    _route("POST", "/programmes", "content", "programme:write"),
    _route("GET", "/programmes", "content", "content:read"),
    _route("GET", "/programmes/{programme_id}", "content", "content:read"),
    _route("POST", "/programmes/{programme_id}/campaigns", "content", "content:write"),
    _route("GET", "/programmes/{programme_id}/campaigns", "content", "content:read"),
    _route("GET", "/campaigns/{campaign_id}", "content", "content:read"),
    _route("POST", "/campaigns/{campaign_id}/items", "content", "content:write"),
    _route("GET", "/programmes/{programme_id}/items", "content", "content:read"),
    _route("GET", "/items/{item_id}", "content", "content:read"),
    _route("POST", "/items/{item_id}:publish", "content", "content:write"),
    _route("POST", "/programmes/{programme_id}/proposals", "content", "share:write"),
    _route("GET", "/programmes/{programme_id}/proposals", "content", "share:write", "content:write"),
    _route("GET", "/proposals/{proposal_id}", "content", "share:write", "content:write"),
    _route("POST", "/proposals/{proposal_id}:approve", "content", "content:write"),
    _route("POST", "/proposals/{proposal_id}:decline", "content", "content:write"),
    _route("POST", "/programmes/{programme_id}/api-keys", "content", "keys:write"),
    _route("GET", "/programmes/{programme_id}/api-keys", "content", "keys:write"),
    _route("POST", "/api-keys/{api_key_id}:rotate", "content", "keys:write"),
    _route("POST", "/api-keys/{api_key_id}:revoke", "content", "keys:write"),
    _route("POST", "/programmes/{programme_id}/teams", "sharing", "sharing:write"),
    _route("GET", "/programmes/{programme_id}/teams", "sharing", "sharing:read", "sharing:self"),
    _route("POST", "/programmes/{programme_id}/ambassadors", "sharing", "sharing:self"),
    _route("GET", "/programmes/{programme_id}/ambassadors", "sharing", "sharing:read"),
    _route("GET", "/ambassadors/{ambassador_id}", "sharing", "sharing:read", "sharing:self"),
    _route("GET", "/me", "sharing", "sharing:self"),
    _route("POST", "/programmes/{programme_id}/cohorts", "sharing", "sharing:write"),
    _route("GET", "/programmes/{programme_id}/cohorts", "sharing", "sharing:read", "sharing:self"),
    _route("GET", "/cohorts/{cohort_id}", "sharing", "sharing:read", "sharing:self"),
    _route("PUT", "/cohorts/{cohort_id}/members", "sharing", "sharing:write"),
    _route("DELETE", "/cohorts/{cohort_id}", "sharing", "sharing:write"),
    _route("PUT", "/ambassadors/{ambassador_id}/consents/{network}", "sharing", "sharing:self"),
    _route("DELETE", "/ambassadors/{ambassador_id}/consents/{network}", "sharing", "sharing:self"),
    _route("POST", "/shares:preview", "sharing", "share:write"),
    _route("POST", "/shares", "sharing", "share:write"),
    _route("GET", "/shares/{share_id}", "sharing", "sharing:read", "sharing:self"),
    _route("GET", "/ambassadors/{ambassador_id}/shares", "sharing", "sharing:read", "sharing:self"),
    _route("PUT", "/shares/{share_id}/links/{link_id}", "sharing", "share:write"),
    _route("POST", "/links", "sharing", "share:write"),
    _route("GET", "/links/{link_id}", "sharing", "sharing:read", "sharing:self"),
    _route("GET", "/links/{link_id}/clicks", "sharing", "sharing:read", "sharing:self"),
    _route("POST", "/links/{link_id}:disable", "sharing", "share:write", "sharing:write"),
    _route("GET", "/ambassadors/{ambassador_id}/links", "sharing", "sharing:read", "sharing:self"),
    _route("GET", "/programmes/{programme_id}/link-settings", "sharing", "sharing:read", "sharing:self"),
    _route("PUT", "/programmes/{programme_id}/link-settings", "sharing", "sharing:write"),
    _intake(INTERACTIONS, body_limit=INTERACTIONS_BYTES),
    _intake(IMPORTS, body_limit=IMPORTS_BYTES),
    _intake("/interactions", service_path=INTERACTIONS, body_limit=INTERACTIONS_BYTES),
    _intake("/imports", service_path=IMPORTS, body_limit=IMPORTS_BYTES),
    _intake("/snapshots", body_limit=BODY_LIMIT),
    _intake("/interactions:withdraw", body_limit=BODY_LIMIT),
    _route("GET", "/imports", "engagement", "engagement:write", service_path=IMPORTS),
    _route("GET", "/imports/{import_id}", "engagement", "engagement:write"),
    _route("POST", "/imports/{import_id}:apply", "engagement", "engagement:write"),
    _route("POST", "/imports/{import_id}:cancel", "engagement", "engagement:write"),
    _route("GET", "/imports/{import_id}/rejected", "engagement", "engagement:write"),
    _route("GET", "/programmes/{programme_id}/import-mappings", "engagement", "engagement:write"),
    _route("PUT", "/programmes/{programme_id}/import-mappings/{name}", "engagement", "engagement:write"),
    _route("DELETE", "/programmes/{programme_id}/import-mappings/{name}", "engagement", "engagement:write"),
    _signed("GET", "/webhooks/linkedin"),
    _signed("POST", "/webhooks/linkedin", body_limit=WEBHOOK_BYTES),
    _signed("GET", "/webhooks/x"),
    _signed("POST", "/webhooks/x", body_limit=WEBHOOK_BYTES),
    _signed("GET", "/webhooks/meta"),
    _signed("POST", "/webhooks/meta", body_limit=WEBHOOK_BYTES),
    _signed("POST", "/conversions", body_limit=CONVERSIONS_BYTES),
    _route("POST", "/programmes/{programme_id}/conversion-keys", "engagement", "engagement:write"),
    _route("GET", "/programmes/{programme_id}/conversion-keys", "engagement", "engagement:write"),
    _route("DELETE", "/programmes/{programme_id}/conversion-keys/{key_id}", "engagement", "engagement:write"),
    _route("GET", "/shares/{share_id}/engagement", "engagement", "engagement:read"),
    _route("GET", "/measures", "engagement", "engagement:read", timeout=30.0),
    _route("GET", "/programmes/{programme_id}/participation", "engagement", "engagement:read"),
    _route("GET", "/campaigns/{campaign_id}/progress", "engagement", "engagement:read"),
    _route("GET", "/programmes/{programme_id}/alerts", "engagement", "engagement:read", timeout=30.0),
    _route("GET", "/programmes/{programme_id}/rates", "engagement", "engagement:read"),
    _route("PUT", "/programmes/{programme_id}/rates", "engagement", "engagement:write"),
    _route(
        "GET",
        "/programmes/{programme_id}/exports/{export}",
        "engagement",
        "engagement:read",
        timeout=30.0,
        rate="export",
        work="export",
    ),
    _route("GET", "/me/conversations", "engagement", "engagement:self"),
    _route("GET", "/me/conversations/shares", "engagement", "engagement:self"),
    _route("POST", "/conversations/{interaction_id}:dismiss", "engagement", "engagement:self"),
    _route("GET", "/ambassadors/{ambassador_id}/conversations", "engagement", "engagement:write"),
    _route("GET", "/programmes/{programme_id}/conversations/summary", "engagement", "engagement:read"),
    _route("GET", "/programmes/{programme_id}/reminders", "engagement", "engagement:read"),
    _route("PUT", "/programmes/{programme_id}/reminders", "engagement", "engagement:write"),
    _route("GET", "/receipts/{receipt_id}", "engagement", "engagement:write"),
    _route("GET", "/quarantine", "engagement", "engagement:read"),
    _route("GET", "/quarantine/reasons", "engagement", "engagement:read"),
    _route("GET", "/quarantine/{quarantined_id}", "engagement", "engagement:read"),
    _route("POST", "/quarantine/{quarantined_id}:retry", "engagement", "engagement:write"),
    _route("POST", "/quarantine/{quarantined_id}:discard", "engagement", "engagement:write"),
    _route("GET", "/ambassadors/{ambassador_id}/points", "gamification", "points:read", "points:self"),
    _route("GET", "/me/points", "gamification", "points:self"),
    _route("GET", "/me/points/{entry_id}/why", "gamification", "points:self"),
    _route("GET", "/ambassadors/{ambassador_id}/progress", "gamification", "points:read", "points:self"),
    _route("GET", "/ambassadors/{ambassador_id}/badges", "gamification", "points:read", "points:self"),
    _route("GET", "/ambassadors/{ambassador_id}/streak", "gamification", "points:self"),
    _route("PUT", "/ambassadors/{ambassador_id}/cadence", "gamification", "points:self"),
    _route("GET", "/programmes/{programme_id}/levels", "gamification", "points:read", "points:self"),
    _route("PUT", "/programmes/{programme_id}/levels", "gamification", "game:write"),
    _route("GET", "/programmes/{programme_id}/badges", "gamification", "points:read", "points:self"),
    _route("POST", "/programmes/{programme_id}/badges", "gamification", "game:write"),
    _route("PUT", "/programmes/{programme_id}/badges/{key}", "gamification", "game:write"),
    _route("POST", "/programmes/{programme_id}/badges/{key}:retire", "gamification", "game:write"),
    _route("GET", "/programmes/{programme_id}/challenges", "gamification", "points:read", "points:self"),
    _route("POST", "/programmes/{programme_id}/challenges", "gamification", "game:write"),
    _route("GET", "/challenges/{challenge_id}", "gamification", "points:read", "points:self"),
    _route("PUT", "/challenges/{challenge_id}", "gamification", "game:write"),
    _route("POST", "/challenges/{challenge_id}:cancel", "gamification", "game:write"),
    _route("GET", "/challenges/{challenge_id}/progress/{ambassador_id}", "gamification", "points:read", "points:self"),
    _route("GET", "/programmes/{programme_id}/boards", "gamification", "boards:read"),
    _route("POST", "/programmes/{programme_id}/boards", "gamification", "boards:write"),
    _route("GET", "/programmes/{programme_id}/seasons", "gamification", "boards:read"),
    _route("POST", "/programmes/{programme_id}/seasons", "gamification", "boards:write"),
    _route("GET", "/programmes/{programme_id}/seasons/{season}/standings", "gamification", "boards:read"),
    _route("PUT", "/ambassadors/{ambassador_id}/visibility", "gamification", "points:self"),
    _route("POST", "/programmes/{programme_id}/rewards", "gamification", "rewards:write"),
    _route("GET", "/programmes/{programme_id}/rewards", "gamification", "points:read", "points:self"),
    _route("PUT", "/rewards/{reward_id}", "gamification", "rewards:write"),
    _route("POST", "/rewards/{reward_id}:redeem", "gamification", "points:self"),
    _route("GET", "/programmes/{programme_id}/redemptions", "gamification", "rewards:write"),
    _route("GET", "/ambassadors/{ambassador_id}/redemptions", "gamification", "points:read", "points:self"),
    _route("POST", "/redemptions/{redemption_id}:approve", "gamification", "rewards:write"),
    _route("POST", "/redemptions/{redemption_id}:deliver", "gamification", "rewards:write"),
    _route("POST", "/redemptions/{redemption_id}:refuse", "gamification", "rewards:write"),
    _route("POST", "/redemptions/{redemption_id}:cancel", "gamification", "points:self"),
    _route("POST", "/programmes/{programme_id}/spotlights", "gamification", "spotlights:write"),
    _route("GET", "/programmes/{programme_id}/spotlights", "gamification", "points:read", "points:self"),
    _route("GET", "/programmes/{programme_id}/spotlights/suggestions", "gamification", "spotlights:write"),
    _route("POST", "/spotlights/{spotlight_id}:withdraw", "gamification", "points:self", "spotlights:write"),
    _route("GET", "/programmes/{programme_id}/integrity", "gamification", "holds:write"),
    _route("PUT", "/programmes/{programme_id}/integrity", "gamification", "holds:write"),
    _route("GET", "/programmes/{programme_id}/integrity/limits", "gamification", "holds:write"),
    _route("PUT", "/programmes/{programme_id}/integrity/limits", "gamification", "holds:write"),
    _route("GET", "/programmes/{programme_id}/holds", "gamification", "holds:write"),
    _route("GET", "/me/holds", "gamification", "points:self"),
    _route("POST", "/holds/{hold_id}:answer", "gamification", "points:self"),
    _route("POST", "/holds/{hold_id}:hold", "gamification", "holds:write"),
    _route("POST", "/holds/{hold_id}:release", "gamification", "holds:write"),
    _route("POST", "/holds/{hold_id}:confirm", "gamification", "holds:write"),
    _route("GET", "/rules/{version}", "gamification", "points:read", "points:self"),
    _route("POST", "/programmes/{programme_id}/rules", "gamification", "rules:write"),
    _route("GET", "/programmes/{programme_id}/rules", "gamification", "points:read", "points:self"),
    _route("GET", "/programmes/{programme_id}/rules/{version}", "gamification", "points:read", "points:self"),
    _route("POST", "/programmes/{programme_id}/rules/{version}:activate", "gamification", "rules:write"),
    _route("POST", "/programmes/{programme_id}/rules/{version}:simulate", "gamification", "rules:write"),
    _route("GET", "/programmes/{programme_id}/simulations/{simulation_id}", "gamification", "rules:write"),
    _route("GET", "/programmes/{programme_id}/simulations/{simulation_id}/outcomes", "gamification", "rules:write"),
    _route("POST", "/programmes/{programme_id}/activations/{number}:reverse", "gamification", "rules:write"),
    _route("POST", "/programmes/{programme_id}/webhooks", "webhooks", "webhooks:write"),
    _route("GET", "/programmes/{programme_id}/webhooks", "webhooks", "webhooks:write"),
    _route("GET", "/webhooks/{webhook_id}", "webhooks", "webhooks:write"),
    _route("PUT", "/webhooks/{webhook_id}", "webhooks", "webhooks:write"),
    _route("DELETE", "/webhooks/{webhook_id}", "webhooks", "webhooks:write"),
    _route("POST", "/webhooks/{webhook_id}:rotate", "webhooks", "webhooks:write"),
    _route("POST", "/webhooks/{webhook_id}:enable", "webhooks", "webhooks:write"),
    _route("POST", "/webhooks/{webhook_id}:disable", "webhooks", "webhooks:write"),
    _route("POST", "/webhooks/{webhook_id}:test", "webhooks", "webhooks:write", timeout=30.0),
    _route("POST", "/webhooks/{webhook_id}:replay", "webhooks", "webhooks:write"),
    _route("GET", "/webhooks/{webhook_id}/replay", "webhooks", "webhooks:write"),
    _route("GET", "/webhooks/{webhook_id}/deliveries", "webhooks", "webhooks:write"),
    _route("POST", "/deliveries/{delivery_id}:retry", "webhooks", "webhooks:write"),
    _route("GET", "/deliveries/{delivery_id}/event", "webhooks", "webhooks:read", "webhooks:write"),
    _route("GET", "/boards", None, "boards:read"),
    _route("GET", "/boards/{board_id}/rank/{ambassador_id}", None, "boards:read"),
    _route("GET", "/boards/{board_id}/among", None, "boards:read"),
    _route("GET", "/boards/{board_id}", None, "boards:read"),
    _route("GET", "/boards/{board_id}/around/{ambassador_id}", None, "boards:read"),
    _route("GET", "/boards/{board_id}/live", None, "boards:read", work="live"),
)
