"""The headers of an allow: who it is, and until when the decision holds.

Every one is on every allow, also of a public rule and empty where nothing is known, so that a copy
forged by the client is always replaced (GHSA-7r4p-vjf4-gxv4). Lists are one comma-joined line,
since proxies disagree about repeated ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard
from urllib.parse import quote

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.demands import ClaimValue
from authz_sidecar.core.factors import NAMES, amr_of
from authz_sidecar.core.session import Session, Source

_USER, _EMAIL, _ROLES = "X-Authz-User", "X-Authz-Email", "X-Authz-Roles"
_VALID_UNTIL, _STALE = "X-Authz-Valid-Until", "X-Authz-Stale"
IDENTITY_HEADERS = (_USER, _EMAIL, _ROLES, "X-Authz-Factors", "X-Authz-Amr", _VALID_UNTIL, _STALE)
"""Those that are always there."""

PRESETS = {
    "authelia": {"Remote-User": _USER, "Remote-Email": _EMAIL, "Remote-Groups": _ROLES},
    "oauth2_proxy": {
        "X-Auth-Request-User": _USER,
        "X-Auth-Request-Email": _EMAIL,
        "X-Auth-Request-Groups": _ROLES,
    },
}
"""By name: the headers of another forward-auth server, and which of ours each repeats."""

_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
# Printable ASCII but for the comma, which separates, and the percent sign, which escapes.
_PLAIN = "".join(map(chr, range(0x20, 0x7F))).replace(",", "").replace("%", "")


@dataclass(frozen=True, slots=True)
class IdentityHeaders:
    """Which headers tell an application who it is."""

    presets: tuple[str, ...] = ()
    """Names of `PRESETS`, for applications that know those headers."""
    claims: tuple[tuple[str, str], ...] = ()
    """Header, and the custom claim whose value it has."""

    def names(self) -> tuple[str, ...]:
        """Every header, in the order they are written."""
        repeated = (name for preset in self.presets for name in PRESETS[preset])
        return (*IDENTITY_HEADERS, *repeated, *(header for header, _ in self.claims))

    def of(self, decision: Decision) -> dict[str, str]:
        """All headers of an allow; every value is safe in a header."""
        session = decision.evidence.session if decision.evidence else None
        headers = dict.fromkeys(IDENTITY_HEADERS, "") if session is None else _own(session)
        if decision.valid_until is not None:
            headers[_VALID_UNTIL] = _timestamp(decision.valid_until)
        if decision.evidence is not None and decision.evidence.source is Source.STALE:
            headers[_STALE] = "true"
        for preset in self.presets:
            headers |= {name: headers[ours] for name, ours in PRESETS[preset].items()}
        for header, claim in self.claims:
            headers[header] = _claim_text(session.claims.get(claim)) if session else ""
        return headers


def header_safe(value: str) -> str:
    """A value that no header parser can trip over: everything else is percent-encoded UTF-8."""
    return quote(value, safe=_PLAIN, errors="surrogatepass")


def _own(session: Session) -> dict[str, str]:
    held = frozenset(session.factors) & NAMES
    values = (
        header_safe(session.user_id),
        header_safe(session.emails[0]) if session.emails else "",
        _joined(sorted(session.roles)),
        _joined(sorted(held)),
        ",".join(amr_of(held)),
        "",
        "",
    )
    return dict(zip(IDENTITY_HEADERS, values, strict=True))


def _joined(values: Iterable[str]) -> str:
    return ",".join(map(header_safe, values))


def _claim_text(claim: object) -> str:
    """Text, numbers and truth values, or a list of them; what else JSON has is left empty."""
    values = claim if isinstance(claim, list) else [claim]
    return _joined(_scalar_text(value) for value in values if _is_scalar(value))


def _is_scalar(value: object) -> TypeGuard[ClaimValue]:
    return isinstance(value, str | int | float)


def _scalar_text(value: ClaimValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _timestamp(seconds: float) -> str:
    """RFC 3339, in UTC and whole seconds."""
    return datetime.fromtimestamp(int(min(seconds, _LATEST)), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
