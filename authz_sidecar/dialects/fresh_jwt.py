"""Handing back a session JWT that Stytch renewed, as the cookie that its browser SDK would set."""

import re
from dataclasses import dataclass

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest

# A compact JWS (RFC 7515 section 7.1); nothing else may get into a header.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class FreshJwtCookie:
    """The attributes of the cookie, which must be those that the browser SDK is configured with."""

    name: str
    path: str = "/"
    domain: str = ""
    """Empty: the host alone."""

    def header(self, decision: Decision, request: AccessRequest | None) -> dict[str, str]:
        """The one `Set-Cookie` of an allow, or nothing.

        Evidence has a new JWT only for who came with a good one of this session's user in such a
        cookie. Not with a WebSocket's handshake, where proxies lose it. The browser SDK reads the
        cookie, so it is not HttpOnly.

        Args:
            decision: an allow.
            request: what was asked.
        """
        evidence = decision.evidence
        if decision.reason is not Reason.REQUIREMENT_MET or evidence is None or request is None:
            return {}
        if request.upgrade or not _COMPACT.fullmatch(evidence.fresh_jwt):
            return {}
        parts = [f"{self.name}={evidence.fresh_jwt}", f"Path={self.path}"]
        if self.domain:
            parts.append(f"Domain={self.domain}")
        parts += [f"Max-Age={int(evidence.session.expires_at - evidence.as_of)}", "SameSite=Lax"]
        if request.scheme == "https":
            parts.append("Secure")
        return {"Set-Cookie": "; ".join(parts)}
