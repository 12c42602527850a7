"""The small change of Stytch's wire format: ids, tokens, timestamps."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

Json = dict[str, object]


def new_id(kind: str) -> str:
    """Return a new id of Stytch's test environment, as in `session-test-<uuid>`.

    Args:
        kind: what is named, for example `user` or `phone-number`.
    """
    return f"{kind}-test-{uuid.uuid4()}"


def new_session_token() -> str:
    """Return an opaque session token: 44 characters safe in a URL, as Stytch's are."""
    return secrets.token_urlsafe(33)


def new_link_token() -> str:
    """Return a token that works once: 44 characters safe in a URL."""
    return secrets.token_urlsafe(33)


def is_url(text: str) -> bool:
    """Tell whether a text is an absolute URL, of a web page or of an app."""
    try:
        return bool(urlsplit(text).scheme)
    except ValueError:
        return False


def with_query(url: str, query: Mapping[str, str]) -> str:
    """Return a URL with more in its query."""
    parts = urlsplit(url)
    together = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *query.items()])
    return urlunsplit(parts._replace(query=together))


def rfc3339(seconds: float) -> str:
    """Return a moment as Stytch's API writes it, in whole seconds of UTC.

    Args:
        seconds: the moment in seconds since the epoch.
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
