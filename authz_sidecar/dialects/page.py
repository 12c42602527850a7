"""The bodies of a refusal: problem JSON (RFC 9457) for programs, a short page for people."""

import json

from authz_sidecar.core.decision import Decision

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    503: "Service Unavailable",
}
_SENTENCES = {
    400: "This address could not be understood.",
    403: "This is not open to you. Signing in again will not change that.",
    503: "Whether you may see this cannot be checked right now. Please try again in a moment.",
}


def problem(status: int, decision: Decision, url: str | None = None) -> bytes:
    """Problem details of a refusal; `url` is where a challenge can be met."""
    details: dict[str, object] = {
        "type": "about:blank",
        "title": _TITLES[status],
        "status": status,
        "decision": decision.outcome,
        "reason": decision.reason,
    }
    if url is not None:
        details["authenticate_url"] = url
    if decision.hint is not None and decision.hint.factors:
        details["factors"] = decision.hint.factors
    if decision.hint is not None and decision.hint.max_age is not None:
        details["max_age"] = decision.hint.max_age
    return json.dumps(details).encode()


def page(status: int, decision: Decision) -> bytes:
    """A page for a person; it holds nothing that the request or the session said."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_TITLES[status]}</title>"
        "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;"
        "padding:0 1rem;color-scheme:light dark}code{opacity:.7}</style>"
        f"<h1>{_TITLES[status]}</h1><p>{_SENTENCES[status]}</p>"
        f"<p><code>{decision.reason}</code></p></html>\n"
    ).encode()
