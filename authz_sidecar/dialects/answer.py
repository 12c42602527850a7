"""What the answers of all dialects have in common."""

from typing import assert_never

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.policy import Response
from authz_sidecar.core.request import AccessRequest
from authz_sidecar.dialects.base import DialectConfig, Reply
from authz_sidecar.dialects.challenge import authenticate_url, www_authenticate

RETRY_AFTER = "2"
"""Seconds; what could not be checked may be checked again after this."""


def marks(decision: Decision) -> dict[str, str]:
    """The headers that every answer carries; a stray server on our port has none of them."""
    return {
        "X-Authz-Decision": decision.outcome.value,
        "X-Authz-Reason": decision.reason.value,
        "Cache-Control": "no-store",
    }


def allow(decision: Decision, request: AccessRequest | None, config: DialectConfig) -> Reply:
    """200, an empty body and every identity header: what all proxies take for a yes."""
    headers = marks(decision) | config.identity.of(decision)
    if config.fresh_jwt is not None:
        headers |= config.fresh_jwt.header(decision, request)
    return Reply(200, headers)


def is_page(decision: Decision, request: AccessRequest | None) -> bool:
    """Whether a person will see the answer, by the rule's word or as the request looks.

    Only GET and HEAD are ever redirected, whatever the rule says.
    """
    if request is None:
        return False
    match decision.response:
        case Response.AUTO:
            return request.navigation
        case Response.API:
            return False
        case Response.BROWSER:
            return request.method in {"GET", "HEAD"}
        case _ as never:
            assert_never(never)


def challenge_url(decision: Decision, request: AccessRequest | None) -> str:
    """Where a challenge can be met. A challenge always has a hint and a request that was read."""
    if decision.hint is None or request is None:
        raise ValueError("a challenge without a hint or a request is a fault of the program")
    return authenticate_url(decision.reason, decision.hint, request)


def unauthorized(decision: Decision, url: str) -> dict[str, str]:
    """The headers of a 401 that is not to be redirected."""
    return marks(decision) | {
        "WWW-Authenticate": www_authenticate(decision),
        "X-Authz-Authenticate-Url": url,
    }
