"""What settings that are each sound may get wrong together. Reported all at once."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address
from urllib.parse import urlsplit

from authz_sidecar.dialects.identity import PRESETS
from authz_sidecar.located_yaml import Document, Network, Problem, shown
from authz_sidecar.settings.model import IdentityHeadersModel, SessionModel, SettingsModel
from authz_sidecar.settings.values import TcpAddress


def check(model: SettingsModel, document: Document) -> Iterator[Problem]:
    """What values that are each sound may get wrong together."""
    takes_a_free_port = isinstance(model.listen, TcpAddress) and model.listen.port == 0
    if model.listen == model.admin_listen and not takes_a_free_port:
        message = "`admin_listen` is the same as `listen`; metrics need an address of their own"
        yield document.problem(("admin_listen",), message)
    if _is_everybody(model.trusted_proxies):
        message = "this trusts everybody; list only the addresses of your proxies"
        yield document.problem(("trusted_proxies",), message)
    if len(set(model.dialects)) != len(model.dialects) or not model.dialects:
        message = "write each dialect once, and at least one"
        yield document.problem(("dialects",), message)
    elif model.default_dialect not in model.dialects:
        name = shown(model.default_dialect)
        message = f"the default dialect {name} is not among `dialects`; choose one that is"
        yield document.problem(("default_dialect",), message)
    yield from _check_session(model.session, document)
    if model.client_ip is not None and _is_everybody(model.client_ip.trusted_hops):
        message = "this passes over every address; list only the addresses of your proxies"
        yield document.problem(("client_ip", "trusted_hops"), message)
    yield from _check_identity_headers(model.identity_headers, document)
    yield from _check_base_url(model.stytch.base_url, document)


def _check_base_url(url: str | None, document: Document) -> Iterator[Problem]:
    path = ("stytch", "base_url")
    if url is not None and not _is_origin(url):
        message = "Stytch's SDK takes a scheme, a host and a port; remove what follows them"
        yield document.problem(path, message)
    if url is not None and not _is_safe(url):
        message = "only https keeps the secret; write https://, or http:// on a loopback address"
        yield document.problem(path, message)


def _check_session(model: SessionModel, document: Document) -> Iterator[Problem]:
    if model.cookie == model.jwt_cookie:
        message = "the other cookie has this name, too; choose another"
        yield document.problem(("session", "jwt_cookie"), message)
    if model.renew_jwt is not None and model.jwt_cookie.startswith("__Host-"):
        renewal = model.renew_jwt
        if renewal.domain or renewal.path != "/":
            message = "browsers take a cookie of this name for `/` and the host alone; remove it"
            yield document.problem(("session", "renew_jwt"), message)


def _check_identity_headers(model: IdentityHeadersModel, document: Document) -> Iterator[Problem]:
    if len(set(model.presets)) != len(model.presets):
        yield document.problem(("identity_headers", "presets"), "write each preset once")
    taken = {
        name.lower(): f"the preset {shown(preset)} has it"
        for preset in model.presets
        for name in PRESETS[preset]
    }
    for name in model.claims:
        if name.lower() in taken:
            message = f"the header {shown(name)} is there twice: {taken[name.lower()]}; remove one"
            yield document.problem(("identity_headers", "claims", name), message, at_key=True)
        taken[name.lower()] = "its name is written twice, and case does not matter"


def _is_everybody(networks: tuple[Network, ...]) -> bool:
    v4 = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    v6 = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
    return any(n.prefixlen == 0 for n in v4) or any(n.prefixlen == 0 for n in v6)


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and "?" not in url and "#" not in url


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
