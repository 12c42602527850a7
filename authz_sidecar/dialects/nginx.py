"""nginx `auth_request`: 200 allows, 401 and 403 deny, and every other status becomes a 500.

nginx makes the redirect itself, by `error_page 401` and the URL in `X-Authz-Redirect`; bodies of
the subrequest are dropped. A 503 reaches the client as 503 by the file in `deploy/nginx`.
"""

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
from authz_sidecar.dialects.challenge import www_authenticate
from authz_sidecar.dialects.forwarded import HEADERS, read_forwarded


@dataclass(frozen=True, slots=True)
class Nginx:
    """The dialect of nginx with the file in `deploy/nginx`."""

    config: DialectConfig
    name: str = "nginx"
    headers: tuple[str, ...] = HEADERS

    def read(self, request: ProxyRequest) -> AccessRequest | Refusal:
        """Read the four `X-Forwarded-*` headers that our file sets."""
        return read_forwarded(request.headers, self.config)

    def write(self, decision: Decision, request: AccessRequest | None) -> Reply:
        """Write statuses that `auth_request` understands, and no bodies."""
        match decision.outcome:
            case Outcome.ALLOW:
                return allow(decision, request, self.config)
            case Outcome.CHALLENGE:
                return Reply(401, _challenge_headers(decision, request))
            case Outcome.DENY | Outcome.MALFORMED:
                return Reply(403, marks(decision))
            case Outcome.UNAVAILABLE:
                return Reply(503, marks(decision) | {"Retry-After": RETRY_AFTER})
            case _ as never:
                assert_never(never)


def _challenge_headers(decision: Decision, request: AccessRequest | None) -> dict[str, str]:
    url = challenge_url(decision, request)
    if is_page(decision, request):
        return marks(decision) | {
            "WWW-Authenticate": www_authenticate(decision),
            "X-Authz-Redirect": url,
        }
    return unauthorized(decision, url)
