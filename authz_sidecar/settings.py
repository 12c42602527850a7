"""Where and how: `config/sidecar.yaml` and the environment -> frozen settings.

Read once at start-up; unlike the policy they do not reload. Secrets come from the environment or
from a file of their own, and appear in no problem and no repr.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from authz_sidecar.located_yaml import (
    Cidr,
    Document,
    Duration,
    Integer,
    Model,
    Network,
    Problem,
    Text,
    Url,
    Version,
    compose,
    instead,
    scalar,
    shown,
    validate,
)

DIALECTS = ("nginx", "traefik")
"""The dialects that this version speaks."""

PROJECT_ID_VARIABLE = "STYTCH_PROJECT_ID"
SECRET_VARIABLE = "STYTCH_SECRET"  # noqa: S105 - the name of a variable

_TCP = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):(?P<port>[0-9]{1,5})")
_MAX_PORT = 65535
_MAX_SOCKET_PATH = 107  # sun_path of unix(7), without its NUL
_COOKIE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # token, RFC 6265 section 4.1.1
_MAX_CACHE_ENTRIES = 1_000_000
_MAX_WAIT = 30.0
_MAX_SHUTDOWN = 600.0


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A TCP port of one address of this machine."""

    host: str
    """Without brackets."""
    port: int
    """0 takes a free one."""

    # Python 3.11 has no typing.override yet.
    def __str__(self) -> str:  # type: ignore[explicit-override]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A Unix socket."""

    path: str

    # Python 3.11 has no typing.override yet.
    def __str__(self) -> str:  # type: ignore[explicit-override]
        return f"unix:{self.path}"


Listen = TcpAddress | UnixAddress


@dataclass(frozen=True, slots=True)
class StytchSettings:
    """How Stytch is asked."""

    project_id: str
    secret: str = field(repr=False)
    base_url: str | None
    """None: Stytch's own, by the kind of project."""
    timeout: float
    """Seconds for one call."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How sessions are recognised and remembered."""

    cookie: str
    """The name of the cookie with the session token."""
    cache_entries: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is fixed at start-up."""

    policy: Path
    """Absolute."""
    listen: Listen
    """Decisions."""
    admin_listen: Listen
    """Metrics and health."""
    trusted_proxies: tuple[Network, ...]
    """Who may ask over TCP; peers on a Unix socket always may."""
    dialects: tuple[str, ...]
    default_dialect: str
    deadline: float
    """Seconds until a decision is due."""
    shutdown_timeout: float
    """Seconds for requests under way when the service stops."""
    stytch: StytchSettings
    session: SessionSettings


def read_listen(text: str) -> Listen:
    """An address to listen on: `127.0.0.1:9000`, `[::1]:9000` or `unix:/run/authz.sock`."""
    scheme, colon, path = text.partition("unix:")
    if colon and not scheme:
        if not path.startswith("/") or not path.isprintable():
            raise ValueError(f"{shown(text)} has no absolute path; write `unix:/path/to/socket`")
        if len(path.encode()) > _MAX_SOCKET_PATH:
            raise ValueError(f"{shown(text)} is longer than the {_MAX_SOCKET_PATH} bytes it may be")
        return UnixAddress(path)
    match = _TCP.fullmatch(text)
    if match is None or int(match["port"]) > _MAX_PORT:
        hint = "write for example `127.0.0.1:9000`, `[::1]:9000` or `unix:/path`"
        raise ValueError(f"{shown(text)} is no address to listen on; {hint}")
    host = match["host"]
    if host.startswith("["):
        try:
            host = str(IPv6Address(host[1:-1]))
        except ValueError:
            raise ValueError(f"{shown(text)} has no valid IPv6 address in its brackets") from None
    return TcpAddress(host, int(match["port"]))


def _read_dialect(text: str) -> str:
    if text not in DIALECTS:
        raise ValueError(f"the dialect {shown(text)} is unknown; {instead(text, DIALECTS)}")
    return text


def _read_cookie(text: str) -> str:
    if not _COOKIE.fullmatch(text):
        raise ValueError(f"{shown(text)} is no name of a cookie; use letters, digits, `_` and `-`")
    return text


def _wait(longest: float) -> Callable[[float], float]:
    def check(seconds: float) -> float:
        if not 0 < seconds <= longest:
            raise ValueError(f"write more than 0s and at most {longest:g}s")
        return seconds

    return check


def _check_entries(entries: int) -> int:
    if not 1 <= entries <= _MAX_CACHE_ENTRIES:
        raise ValueError(f"write a number from 1 to {_MAX_CACHE_ENTRIES}")
    return entries


_Address = Annotated[Listen, scalar(read_listen)]
_Dialect = Annotated[str, scalar(_read_dialect)]
_Wait = Annotated[Duration, AfterValidator(_wait(_MAX_WAIT))]
_Shutdown = Annotated[Duration, AfterValidator(_wait(_MAX_SHUTDOWN))]


class _StytchModel(Model):
    project_id: Text | None = None
    secret_file: Text | None = None
    base_url: Url | None = None
    timeout: _Wait = 5.0


class _SessionModel(Model):
    cookie: Annotated[str, scalar(_read_cookie)] = "stytch_session"
    cache_entries: Annotated[Integer, AfterValidator(_check_entries)] = 10_000


class _SettingsModel(Model):
    version: Version
    policy: Text = "policy.yaml"
    listen: _Address = TcpAddress("127.0.0.1", 9000)
    admin_listen: _Address = TcpAddress("127.0.0.1", 9001)
    trusted_proxies: tuple[Cidr, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    dialects: tuple[_Dialect, ...] = DIALECTS
    default_dialect: _Dialect = "nginx"
    deadline: _Wait = 1.0
    shutdown_timeout: _Shutdown = 10.0
    stytch: _StytchModel = _StytchModel()
    session: _SessionModel = _SessionModel()


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings | list[Problem]:
    """Read the settings file, the environment, and the file with the secret.

    Args:
        path: the settings file; the paths in it are relative to its directory.
        environ: the environment. An empty variable counts as absent.

    Returns:
        The settings, or every problem that could be found, sorted.
    """
    file = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return [Problem(file, 1, 1, "", f"cannot be read: {error.strerror}")]
    document = compose(data, file)
    if isinstance(document, list):
        return document
    model = validate(document, _SettingsModel)
    if isinstance(model, list):
        return model
    problems = [*_check(model, document)]
    directory = path.absolute().parent
    project_id = _project_id(model.stytch, environ, document)
    secret = _secret(model.stytch, environ, directory, document)
    problems += [found for found in (project_id, secret) if isinstance(found, Problem)]
    if problems or isinstance(project_id, Problem) or isinstance(secret, Problem):
        return sorted(problems)
    stytch = StytchSettings(project_id, secret, model.stytch.base_url, model.stytch.timeout)
    return _settings(model, stytch, directory)


def _settings(model: _SettingsModel, stytch: StytchSettings, directory: Path) -> Settings:
    return Settings(
        policy=directory / model.policy,
        listen=model.listen,
        admin_listen=model.admin_listen,
        trusted_proxies=model.trusted_proxies,
        dialects=model.dialects,
        default_dialect=model.default_dialect,
        deadline=model.deadline,
        shutdown_timeout=model.shutdown_timeout,
        stytch=stytch,
        session=SessionSettings(model.session.cookie, model.session.cache_entries),
    )


def _check(model: _SettingsModel, document: Document) -> Iterator[Problem]:
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
    if model.stytch.base_url is not None and not _is_safe(model.stytch.base_url):
        message = "only https keeps the secret; write https://, or http:// on a loopback address"
        yield document.problem(("stytch", "base_url"), message)


def _is_everybody(networks: tuple[Network, ...]) -> bool:
    v4 = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    v6 = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
    return any(n.prefixlen == 0 for n in v4) or any(n.prefixlen == 0 for n in v6)


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _project_id(
    model: _StytchModel, environ: Mapping[str, str], document: Document
) -> str | Problem:
    path = ("stytch", "project_id")
    told, given = model.project_id, environ.get(PROJECT_ID_VARIABLE)
    if told and given and told != given:
        message = f"{PROJECT_ID_VARIABLE} has another project id; remove one of them"
        return document.problem(path, message)
    project_id = told or given
    if not project_id:
        message = f"no project id; set {PROJECT_ID_VARIABLE}, or write `stytch.project_id`"
        return document.problem(path, message)
    if not _is_token(project_id):
        message = f"the project id {shown(project_id)} has a space or a character out of place"
        return document.problem(path, message)
    return project_id


def _secret(
    model: _StytchModel, environ: Mapping[str, str], directory: Path, document: Document
) -> str | Problem:
    """The secret, from one of its two places. No problem may repeat any of it."""
    path = ("stytch", "secret_file")
    secret, name = environ.get(SECRET_VARIABLE), SECRET_VARIABLE
    if secret and model.secret_file:
        message = f"{SECRET_VARIABLE} has a secret, too; remove one of them"
        return document.problem(path, message)
    if model.secret_file:
        name = shown(model.secret_file)
        try:
            secret = (directory / model.secret_file).read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            return document.problem(path, f"{name} cannot be read: {error.strerror}")
        except UnicodeDecodeError:
            return document.problem(path, f"{name} is not text in UTF-8")
        if not secret:
            return document.problem(path, f"{name} is empty; write the secret into it")
    if not secret:
        message = f"no secret; set {SECRET_VARIABLE}, or write `stytch.secret_file`"
        return document.problem(path, message)
    if not _is_token(secret):
        message = f"the secret in {name} has a space, a line break or a character out of place"
        return document.problem(path, message)
    return secret


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text
