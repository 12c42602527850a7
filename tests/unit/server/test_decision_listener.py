"""The decision listener on a real socket: who may ask, where, and with how much."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.observers import DecisionEvent
from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Access, Match, Policy, Rule, Upstream
from authz_sidecar.core.request import Credentials
from authz_sidecar.core.session import Active, NotBefore, Verification
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.server.connections import DecisionServer
from authz_sidecar.server.decisions import DecisionHandler
from authz_sidecar.server.peers import TrustedPeers

POLICY = Policy(
    "r1",
    (
        Upstream(
            "shop",
            (HostPattern("shop.example.com"),),
            (Rule("open", Match((PathPattern("/open/**"),)), Access.PUBLIC),),
            "",
            "",
        ),
    ),
)
FIELDS = {
    "X-Forwarded-Method": "GET",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example.com",
    "X-Forwarded-Uri": "/open/1",
}
LOOPBACK = "127.0.0.0/8"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Nobody:
    """A verifier that is never asked."""

    async def verify(self, credentials: Credentials, not_before: NotBefore) -> Verification:
        raise AssertionError((credentials, not_before))

    def last_known(self, credentials: Credentials) -> Active | None:
        raise AssertionError(credentials)


class Events:
    """Keeps the decisions it is told of."""

    def __init__(self) -> None:
        self.seen: list[DecisionEvent] = []

    def decided(self, event: DecisionEvent) -> None:
        self.seen.append(event)


class Listener:
    """A running listener, and a client that writes exact bytes."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], events: Events) -> None:
        self._connect = connect
        self.events = events

    async def send(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send bytes, and read until the server closes."""
        reader, writer = await self._connect()
        writer.write(request)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return int(status.split()[1]), headers, body

    async def ask(
        self,
        path: str = "/authz",
        method: str = "GET",
        version: str = "1.1",
        **more: str,
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask with the fields of a proxy, changed or added to."""
        fields = FIELDS | {"Host": "sidecar", "Connection": "close"}
        fields |= {name.replace("_", "-"): value for name, value in more.items()}
        lines = [f"{method} {path} HTTP/{version}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return await self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))


@asynccontextmanager
async def listening(trusted: str = LOOPBACK, socket: Path | None = None) -> AsyncIterator[Listener]:
    events = Events()
    authorizer = Authorizer(POLICY, Nobody(), [events], deadline=1.0)
    dialects = {name: make(DialectConfig("stytch_session")) for name, make in DIALECTS.items()}
    peers = TrustedPeers((ip_network(trusted),))
    runner = web.ServerRunner(
        DecisionServer(DecisionHandler(authorizer, dialects, "traefik", peers))
    )
    await runner.setup()
    try:
        if socket is None:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            port = runner.addresses[0][1]
            yield Listener(lambda: asyncio.open_connection("127.0.0.1", port), events)
        else:
            await web.UnixSite(runner, socket).start()
            yield Listener(lambda: asyncio.open_unix_connection(socket), events)
    finally:
        await runner.cleanup()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as running:
        yield running


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/authz", "traefik"),
        ("/authz?x=1&dialect=nginx", "traefik"),
        ("/authz/traefik", "traefik"),
        ("/authz/nginx", "nginx"),
        ("/authz/nginx?/authz/traefik", "nginx"),
    ],
)
async def test_each_dialect_answers_at_its_own_path(
    listener: Listener, path: str, dialect: str
) -> None:
    status, headers, body = await listener.ask(path)
    assert (status, body) == (200, b"")
    assert headers["X-Authz-Reason"] == "public"
    assert headers["Server"] == "authz-sidecar"
    assert listener.events.seen[0].dialect == dialect


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/authz/",
        "/authz/caddy",
        "/authz//nginx",
        "/authz%2Fnginx",
        "/%61uthz",
        "/authz/nginx/",
        "/AUTHZ",
        "/x/../authz",
        "/authz;x",
        "http://sidecar/authz",
    ],
)
async def test_any_other_path_is_denied(listener: Listener, path: str) -> None:
    status, headers, _ = await listener.ask(path)
    assert (status, headers["X-Authz-Reason"]) == (403, "unknown_endpoint")


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "TRACE", "PURGE"])
async def test_a_proxy_may_ask_by_any_method(listener: Listener, method: str) -> None:
    status, headers, _ = await listener.ask(method=method)
    assert (status, headers["X-Authz-Reason"]) == (200, "public")


async def test_a_head_request_has_no_body(listener: Listener) -> None:
    status, headers, body = await listener.ask(method="HEAD", X_Forwarded_Host="other.example.com")
    assert (status, headers["X-Authz-Reason"], body) == (403, "unknown_host", b"")


@pytest.mark.parametrize(
    "more",
    [
        {"Upgrade": "websocket", "Connection": "Upgrade, close"},
        {"Expect": "100-continue"},
        {"Range": "bytes=0-1"},
        {"If_None_Match": "*"},
        {"TE": "trailers"},
        {"Accept_Encoding": "gzip"},
    ],
)
async def test_headers_of_the_original_request_do_not_change_the_answer(
    listener: Listener, more: dict[str, str]
) -> None:
    status, headers, body = await listener.ask(**more)
    assert (status, headers["X-Authz-Reason"], body) == (200, "public", b"")


async def test_http_1_0_is_answered(listener: Listener) -> None:
    status, headers, _ = await listener.ask(version="1.0")
    assert (status, headers["X-Authz-Reason"]) == (200, "public")


async def test_a_peer_that_is_no_trusted_proxy_is_denied_unread() -> None:
    async with listening("192.0.2.0/24") as listener:
        status, headers, _ = await listener.ask()
    assert (status, headers["X-Authz-Reason"]) == (403, "untrusted_proxy")
    assert listener.events.seen[0].access_request is None


async def test_a_peer_on_a_unix_socket_is_trusted(tmp_path: Path) -> None:
    async with listening("192.0.2.0/24", tmp_path / "authz.sock") as listener:
        status, headers, _ = await listener.ask()
    assert (status, headers["X-Authz-Reason"]) == (200, "public")


@pytest.mark.parametrize("value", ["a" * 32_000, "a=" + "b" * 32_000])
async def test_a_line_of_32_kb_passes(listener: Listener, value: str) -> None:
    status, headers, _ = await listener.ask(Cookie=value, X_Filler="f" * 4000)
    assert (status, headers["X-Authz-Reason"]) == (200, "public")


@pytest.mark.parametrize(
    ("name", "reason"), [("Cookie", "too_large"), ("X_Forwarded_Uri", "too_large")]
)
async def test_what_is_larger_is_refused_by_our_own_limit(
    listener: Listener, name: str, reason: str
) -> None:
    status, headers, _ = await listener.ask(**{name: "/" + "a" * 50_000})
    assert (status, headers["X-Authz-Reason"]) == (400, reason)


@pytest.mark.parametrize(
    "request_",
    [
        {"X_Filler": "f" * 100_000},
        {"method": "get"},
        {"path": "*"},
        {"version": "3.0"},
        {"X_Filler": "a\x00b"},
    ],
)
async def test_what_no_proxy_sends_is_a_bare_400_of_the_parser(
    listener: Listener, request_: dict[str, str]
) -> None:
    status, headers, _ = await listener.ask(**request_)
    assert status == 400
    assert "X-Authz-Decision" not in headers


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-123", True),
        ("0" * 128, True),
        ("0" * 129, False),
        ("a b", False),
        ('a"b', False),
        ("", False),
    ],
)
async def test_the_proxys_request_id_is_logged_where_it_is_fit_to_be(
    listener: Listener, given: str, kept: bool
) -> None:
    await listener.ask(X_Request_Id=given)
    logged = listener.events.seen[0].request.request_id
    assert (logged == given) is kept
    assert kept or re.fullmatch(r"[0-9a-f]{32}", logged)


async def test_pipelined_requests_are_answered_in_order(listener: Listener) -> None:
    fields = "".join(f"{name}: {value}\r\n" for name, value in FIELDS.items())
    first = f"GET /authz HTTP/1.1\r\nHost: s\r\n{fields}\r\n"
    last = f"GET /nowhere HTTP/1.1\r\nHost: s\r\nConnection: close\r\n{fields}\r\n"
    _, _, rest = await listener.send((first + last).encode())
    assert b"unknown_endpoint" in rest
    assert [event.decision.reason for event in listener.events.seen] == [
        "public",
        "unknown_endpoint",
    ]
