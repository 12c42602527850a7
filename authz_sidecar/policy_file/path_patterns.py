"""Reading path patterns and methods: what may stand in `match`, and what to write instead."""

import re
from urllib.parse import unquote_to_bytes

from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_paths
from authz_sidecar.located_yaml import shown

_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPED_STAR = re.compile(r"%2[Aa]")
_NEVER = {
    "?": "the query takes no part in matching; remove it",
    "#": "a fragment is never sent; remove it",
    ";": "requests with `;` are refused; remove it",
    "\\": "requests with a backslash are refused; remove it",
}
_REGEX_SIGNS = re.compile(r"\^|\.\*|\$$")
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # token, RFC 9110 section 5.6.2
_KNOWN_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)


def read_path(text: str) -> PathPattern:
    """A decoded path, or a wildcard over its segments.

    Args:
        text: as written in the policy.

    Returns:
        The pattern.

    Raises:
        ValueError: says what to write instead.
    """
    if _REGEX_SIGNS.search(text):
        hint = "write for example `/x/*` or `/x/**`"
        raise ValueError(f"{shown(text)}: patterns are no regular expressions; {hint}")
    if not text.startswith("/"):
        raise ValueError(f"{shown(text)} does not begin with a slash; write {shown('/' + text)}")
    for sign, reason in _NEVER.items():
        if sign in text:
            raise ValueError(f"{shown(text)}: {reason}")
    if not text.isprintable():
        raise ValueError(f"{shown(text)} has a control or invisible character; remove it")
    _refuse_escapes(text)
    _refuse_bad_segments(text)
    return PathPattern(text)


def _refuse_escapes(text: str) -> None:
    for run in _ESCAPES.findall(text):
        if isinstance(canonical_paths(f"/{run}"), Refusal):
            raise ValueError(f"{shown(text)}: requests with {shown(run)} are refused; remove it")  # noqa: TRY004 - the text is at fault
    # The star is the one character whose escape means something else in a pattern.
    kept = _ESCAPED_STAR.sub("%252A", text)
    decoded = unquote_to_bytes(kept).decode()
    cut = next((sign for sign in _NEVER if sign in decoded), None)
    if cut is not None:
        raise ValueError(f"{shown(text)}: no pattern has a {shown(cut)}; write `*` in its place")
    if _ESCAPED_STAR.sub("%2A", text) != decoded:
        raise ValueError(f"{shown(text)}: patterns are written decoded; write {shown(decoded)}")


def _refuse_bad_segments(text: str) -> None:
    segments = text.split("/")[1:]
    if "" in segments[:-1]:
        raise ValueError(f"{shown(text)} has an empty segment; write one slash")
    if "." in segments or ".." in segments:
        raise ValueError(f"{shown(text)} has a dot segment; write the path without it")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if "**" in segment and not (segment == "**" and last):
            raise ValueError(f"{shown(text)}: `**` may only be the whole last segment")
        if segment != "**" and segment.count("*") > 1:
            raise ValueError(f"{shown(text)} has a segment with two stars; write one `*` in each")


def read_method(text: str) -> str:
    """A method, which is case-sensitive (RFC 9110 section 9.1)."""
    if not _METHOD.fullmatch(text):
        raise ValueError(f"{shown(text)} is no method; write for example `GET`")
    if text not in _KNOWN_METHODS and text.upper() in _KNOWN_METHODS:
        raise ValueError(f"{shown(text)}: methods are case-sensitive; write `{text.upper()}`")
    return text
