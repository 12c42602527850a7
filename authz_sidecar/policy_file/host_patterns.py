"""Reading host patterns: what may stand in `hosts`, and what to write where it may not."""

import re

from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host
from authz_sidecar.located_yaml import shown

_ONE_LABEL = "write for example `*.example.com`"
_LABEL = re.compile(r"(?!-)[a-z0-9_*-]+(?<!-)")
_PORT = re.compile(r"(?P<host>.*):[0-9]+")
_REGEX_SIGNS = re.compile(r"[\\^$()|+?\[\]{}]")
_MAX_LABEL = 63
_MAX_HOST = 253


def read_host(text: str) -> HostPattern:
    """A host name, an IP literal, or a wildcard over labels.

    Args:
        text: as written in the policy.

    Returns:
        The pattern, in the spelling that canonical hosts have.

    Raises:
        ValueError: says what to write instead.
    """
    if text.startswith("["):
        return _ipv6(text)
    _refuse_more_than_a_host(text)
    _refuse_other_spellings(text)
    labels = text.split(".")
    if "**" in text and (labels[0] != "**" or "**" in "".join(labels[1:])):
        raise ValueError(f"{shown(text)}: `**` may only be the whole first label")
    for label in labels[1:] if labels[0] == "**" else labels:
        _refuse_bad_label(text, label)
    if len(text) > _MAX_HOST:
        raise ValueError(f"{shown(text)} is longer than {_MAX_HOST} characters, which no host is")
    return HostPattern(text)


def _ipv6(text: str) -> HostPattern:
    match canonical_host(text.partition("]")[0] + "]"):
        case Refusal():
            raise ValueError(f"{shown(text)} is no IPv6 literal; write for example `[2001:db8::1]`")
        case address:
            if address != text:
                hint = f"write {shown(address)}"
                raise ValueError(f"{shown(text)} is not how this host is spelled; {hint}")
            return HostPattern(text)


def _refuse_more_than_a_host(text: str) -> None:
    host = text.partition("://")[2] or text
    host = host.partition("/")[0]
    if host != text:
        raise ValueError(f"{shown(text)} has more than a host; write {shown(host)}")
    port = _PORT.fullmatch(text)
    if port is not None and ":" not in port["host"]:
        raise ValueError(f"{shown(text)} has a port, which takes no part; write {shown(port[1])}")
    if ":" in text:
        raise ValueError(f"{shown(text)}: write an IPv6 literal in brackets, as `[2001:db8::1]`")


def _refuse_other_spellings(text: str) -> None:
    if not text:
        raise ValueError(f"the host is empty; {_ONE_LABEL}")
    if _REGEX_SIGNS.search(text):
        raise ValueError(f"{shown(text)}: patterns are no regular expressions; {_ONE_LABEL}")
    if "%" in text:
        raise ValueError(f"{shown(text)}: a host has no percent-escapes; remove it")
    if not text.isascii():
        raise ValueError(f"{shown(text)} is not ASCII; write the `xn--` form that browsers send")
    if text != text.lower():
        raise ValueError(f"{shown(text)} has upper-case letters; write `{text.lower()}`")
    if text.endswith("."):
        raise ValueError(f"{shown(text)} ends in a dot; write {shown(text.rstrip('.'))}")
    if text.startswith("."):
        hint = f"write `*{text}` for one label or `**{text}` for any number"
        raise ValueError(f"{shown(text)} begins with a dot; {hint}")


def _refuse_bad_label(text: str, label: str) -> None:
    if not _LABEL.fullmatch(label) or len(label) > _MAX_LABEL:
        raise ValueError(f"{shown(text)} has the label {shown(label)}, which no host has")
    if label.count("*") > 1:
        raise ValueError(f"{shown(text)} has a label with two stars; write one `*` in each")
