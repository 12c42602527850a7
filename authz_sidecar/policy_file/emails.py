"""Reading who a rule names: users by their ids, and e-mail addresses."""

import re

from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host
from authz_sidecar.located_yaml import read_text, shown

ANY_AT = "*@"
"""What an address begins with that stands for all of its domain."""

_EXAMPLES = "write for example `ann@example.com` or `'*@example.com'`"
_SPACE = re.compile(r"\s")


def read_email(text: str) -> str:
    """An e-mail address, or `*@` and a domain; in lower case.

    Args:
        text: as written in the policy.

    Raises:
        ValueError: says what to write instead.
    """
    local, at, domain = read_text(text).lower().rpartition("@")
    if at and not local:
        raise ValueError(f"{shown(text)} has nothing before the `@`; write {shown('*' + text)}")
    if not at or "@" in local or _SPACE.search(text):
        raise ValueError(f"{shown(text)} is no e-mail address; {_EXAMPLES}")
    if "*" in domain or ("*" in local and local != "*"):
        hint = f"a star may only be all that stands before the `@`; {_EXAMPLES}"
        raise ValueError(f"{shown(text)}: {hint}")
    if isinstance(canonical_host(domain), Refusal) or ":" in domain or domain.endswith("."):
        raise ValueError(f"{shown(text)} has no valid domain behind the `@`; {_EXAMPLES}")
    return f"{local}@{domain}"


def read_user(text: str) -> str:
    """The id of a user."""
    if "@" in read_text(text):
        message = f"{shown(text)} is an e-mail address, and users are ids; write it under `emails`"
        raise ValueError(message)
    return text
