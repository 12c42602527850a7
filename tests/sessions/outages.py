"""Every way in which Stytch can fail to say whether a session lives."""

import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from authz_sidecar.emulator import create_app
from tests.sessions.service import PATIENCE, Service

NO_SUCH_HOST = "stytch.invalid"
_SHORT = 0.2
"""Seconds; what is waited for in vain."""


class Scene(NamedTuple):
    """What an outage may lay hands on."""

    service: Service
    stack: AsyncExitStack
    monkeypatch: pytest.MonkeyPatch
    directory: Path


class Outage(NamedTuple):
    """How it begins, and how long a decision may take meanwhile."""

    begin: Callable[[Scene], Awaitable[None]]
    deadline: float = PATIENCE
    refuses: bool = False
    """Whether Stytch still says so where a session is dead; only its other answers are spoiled."""


def _ordered(timeout: float = PATIENCE, deadline: float = PATIENCE, **fault: Any) -> Outage:  # noqa: ANN401 - JSON
    async def begin(scene: Scene) -> None:
        scene.service.move(scene.service.base_url, timeout)
        await scene.service.fail(**fault)

    return Outage(begin, deadline, refuses=fault["kind"] in {"alter", "truncate"})


def _altered(**alteration: Any) -> Outage:  # noqa: ANN401 - JSON
    return _ordered(kind="alter", **alteration)


def _answered(
    body: bytes = b"{}",
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Outage:
    """Somebody else than Stytch answers, in a way that the emulator does not know."""

    async def answer(_: web.Request) -> web.Response:
        fields = {"Content-Type": content_type, **(headers or {})}
        return web.Response(status=status, body=body, headers=fields)

    async def begin(scene: Scene) -> None:
        scene.service.move(await stand_in(scene.stack, answer))

    return Outage(begin)


async def stand_in(
    stack: AsyncExitStack,
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ssl_context: ssl.SSLContext | None = None,
) -> str:
    """Serve every path on loopback until the stack unwinds; returns the base URL."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    return await _serve(stack, application, ssl_context)


async def _serve(
    stack: AsyncExitStack, application: web.Application, ssl_context: ssl.SSLContext | None
) -> str:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context).start()
    return f"http{'s' if ssl_context else ''}://127.0.0.1:{runner.addresses[0][1]}"


async def _half_an_answer(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    response.content_type = "application/json"
    await response.prepare(request)
    await response.write(b'{"session": ')
    return response


async def _an_answer_cut_short(scene: Scene) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = await _half_an_answer(request)
        assert request.transport is not None
        request.transport.close()
        return response

    scene.service.move(await stand_in(scene.stack, answer))


async def _nobody_listens(scene: Scene) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    scene.service.move(f"http://127.0.0.1:{port}")


async def _no_such_host(scene: Scene) -> None:
    def look_up(host: str, *_: object, **__: object) -> object:
        assert host == NO_SUCH_HOST
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    scene.monkeypatch.setattr(socket, "getaddrinfo", look_up)
    scene.service.move(f"https://{NO_SUCH_HOST}")


async def certified(scene: Scene, *, days: int) -> str:
    """Serve the emulator by TLS with a certificate that is trusted, and lasts so many days."""
    certificate = _certificate(scene.directory, days)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    client = ssl.create_default_context(cafile=certificate)
    # What aiohttp uses for every address whose caller says nothing of TLS.
    scene.monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", client)
    return await _serve(scene.stack, create_app(scene.service.emulator), server)


def _certificate(directory: Path, days: int) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


async def _certificate_expired(scene: Scene) -> None:
    scene.service.move(await certified(scene, days=-1))


OUTAGES = {
    "slow beyond the deadline": _ordered(deadline=_SHORT, kind="delay", seconds=60),
    "hanging": _ordered(timeout=_SHORT, kind="hang"),
    "429": _ordered(kind="error", status=429),
    "500": _ordered(kind="error", status=500),
    "503": _ordered(kind="error", status=503),
    "503 as a page": _ordered(kind="html", status=503),
    "404 as a page": _ordered(kind="html", status=404),
    "404 of a router": _ordered(kind="error", status=404, error_type="route_not_found"),
    "404 of a kind not known": _ordered(kind="error", status=404, error_type="new_thing"),
    "credentials refused": _ordered(
        kind="error", status=401, error_type="unauthorized_credentials"
    ),
    "dropped": _ordered(kind="drop"),
    "no JSON": _ordered(kind="garbage"),
    "half of the JSON": _ordered(kind="truncate"),
    "an empty object": _ordered(kind="empty"),
    "no session": _altered(drop_fields=["session"]),
    "no session id": _altered(drop_fields=["session.session_id"]),
    "no user id": _altered(drop_fields=["session.user_id"]),
    "no end of the session": _altered(drop_fields=["session.expires_at"]),
    "an end that is no time": _altered(set_fields={"session.expires_at": "soon"}),
    "a session that is a list": _altered(set_fields={"session": []}),
    "a list": _answered(b"[]"),
    "null": _answered(b"null"),
    "nothing": _answered(b"", status=204),
    "bytes that are no text": _answered(b'{"session": "\xff"}'),
    "a character set nobody knows": _answered(content_type="application/json; charset=klingon"),
    "JSON too deep to read": _answered(b"[" * 100_000),
    "compressed, but not really": _answered(b"{}", headers={"Content-Encoding": "gzip"}),
    "sent to a page": _answered(status=302, headers={"Location": "/login"}),
    "sent nowhere": _answered(status=302),
    "cut short": Outage(_an_answer_cut_short),
    "nobody listens": Outage(_nobody_listens),
    "no such host": Outage(_no_such_host),
    "certificate expired": Outage(_certificate_expired),
}
