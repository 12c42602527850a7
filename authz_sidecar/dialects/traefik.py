"""Traefik ForwardAuth: any 2xx allows; every other answer goes to the client as it is."""

from dataclasses import dataclass
from typing import assert_never

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.reasons import Outcome
from authz_sidecar.core.request import AccessRequest, ProxyRequest, Refusal
from authz_sidecar.dialects.answer import (
    RETRY_AFTER,
    allow,
    challenge_url,
    is_page,
    marks,
    unauthorized,
)
from authz_sidecar.dialects.base import DialectConfig, Reply
from authz_sidecar.dialects.forwarded import HEADERS, read_forwarded
from authz_sidecar.dialects.page import page, problem

_PROBLEM = {"Content-Type": "application/problem+json"}
_PAGE = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


@dataclass(frozen=True, slots=True)
class Traefik:
    """The dialect of Traefik with the files in `deploy/traefik`."""

    config: DialectConfig
    name: str = "traefik"
    headers: tuple[str, ...] = HEADERS

    def read(self, request: ProxyRequest) -> AccessRequest | Refusal:
        """Read the four `X-Forwarded-*` headers that Traefik makes anew."""
        return read_forwarded(request.headers, self.config)

    def write(self, decision: Decision, request: AccessRequest | None) -> Reply:
        """Write answers that a client can be shown."""
        match decision.outcome:
            case Outcome.ALLOW:
                return allow(decision, request, self.config)
            case Outcome.CHALLENGE:
                return _challenge(decision, request)
            case Outcome.DENY:
                return _refusal(403, decision, request)
            case Outcome.MALFORMED:
                return _refusal(400, decision, request)
            case Outcome.UNAVAILABLE:
                return _refusal(503, decision, request, {"Retry-After": RETRY_AFTER})
            case _ as never:
                assert_never(never)


def _challenge(decision: Decision, request: AccessRequest | None) -> Reply:
    url = challenge_url(decision, request)
    if is_page(decision, request):
        return Reply(302, marks(decision) | {"Location": url})
    headers = unauthorized(decision, url) | _PROBLEM
    return Reply(401, headers, problem(401, decision, url))


def _refusal(
    status: int,
    decision: Decision,
    request: AccessRequest | None,
    more: dict[str, str] | None = None,
) -> Reply:
    headers = marks(decision) | (more or {})
    if is_page(decision, request):
        return Reply(status, headers | _PAGE, page(status, decision))
    return Reply(status, headers | _PROBLEM, problem(status, decision))
