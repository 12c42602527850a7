"""The headers of an allow: who it is, and until when the decision holds.

Every one is on every allow, also of a public rule and empty where nothing is known, so that a copy
forged by the client is always replaced (GHSA-7r4p-vjf4-gxv4). Lists are one comma-joined line,
since proxies disagree about repeated ones.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.factors import NAMES, amr_of

IDENTITY_HEADERS = (
    "X-Authz-User",
    "X-Authz-Email",
    "X-Authz-Roles",
    "X-Authz-Factors",
    "X-Authz-Amr",
    "X-Authz-Valid-Until",
)

# Printable ASCII but for the comma, which separates, and the percent sign, which escapes.
_PLAIN = "".join(map(chr, range(0x20, 0x7F))).replace(",", "").replace("%", "")


def header_safe(value: str) -> str:
    """A value that no header parser can trip over: everything else is percent-encoded UTF-8."""
    return quote(value, safe=_PLAIN, errors="surrogatepass")


def identity_headers(decision: Decision) -> dict[str, str]:
    """All identity headers of an allow, in the order of `IDENTITY_HEADERS`."""
    until = "" if decision.valid_until is None else _timestamp(decision.valid_until)
    if decision.evidence is None:
        return dict.fromkeys(IDENTITY_HEADERS, "") | {"X-Authz-Valid-Until": until}
    session = decision.evidence.session
    held = frozenset(session.factors) & NAMES
    values = (
        header_safe(session.user_id),
        header_safe(session.emails[0]) if session.emails else "",
        _joined(session.roles),
        _joined(held),
        ",".join(amr_of(held)),
        until,
    )
    return dict(zip(IDENTITY_HEADERS, values, strict=True))


def _joined(values: Iterable[str]) -> str:
    return ",".join(map(header_safe, sorted(values)))


def _timestamp(seconds: float) -> str:
    """RFC 3339, in UTC and whole seconds."""
    return datetime.fromtimestamp(int(seconds), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
