"""The emulator as an aiohttp application: routes, credentials, faults and errors."""

import asyncio
import logging
import secrets
from base64 import b64decode
from collections.abc import Awaitable, Callable

from aiohttp import web

from authz_sidecar.emulator import api, control
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.fault_answers import spoil, suffer
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import new_id

MAX_BODY_BYTES = 64 * 1024

_log = logging.getLogger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(emulator: Emulator) -> web.Application:
    """Return an application that serves one emulated project.

    Args:
        emulator: its state, which the caller may look at and change while it is served from the
            same thread.
    """
    app = web.Application(middlewares=[_errors_as_json], client_max_size=MAX_BODY_BYTES)
    stopping = asyncio.Event()

    async def stop(_: web.Application) -> None:
        stopping.set()

    app.on_shutdown.append(stop)
    for endpoint in api.ENDPOINTS:
        emulator.calls.setdefault(endpoint.name, 0)
        handler = _api_handler(emulator, endpoint, stopping)
        app.router.add_route(endpoint.method, endpoint.path, handler)
    for endpoint in control.ENDPOINTS:
        app.router.add_route(endpoint.method, endpoint.path, _handler(emulator, endpoint))
    return app


def _api_handler(emulator: Emulator, endpoint: Endpoint, stopping: asyncio.Event) -> _Handler:
    answer = _handler(emulator, endpoint)

    async def handle(request: web.Request) -> web.StreamResponse:
        emulator.calls[endpoint.name] += 1
        # A fault comes first, as a load balancer in front of Stytch would.
        met = emulator.faults.meet(endpoint.name, request.path)
        failed = await suffer(met, request, stopping)
        if failed is not None:
            return failed
        if not endpoint.public:
            _require_credentials(emulator, request)
        return spoil(met, await answer(request))

    return handle


def _handler(
    emulator: Emulator, endpoint: Endpoint
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        call = Call(await request.read(), request.match_info, request.query)
        body = endpoint.handler(emulator, call)
        return web.json_response({"status_code": 200, "request_id": new_id("request-id")} | body)

    return handle


def _require_credentials(emulator: Emulator, request: web.Request) -> None:
    project_id, secret = _basic_credentials(request.headers.get("Authorization", ""))
    if not secrets.compare_digest(project_id, emulator.project_id.encode()):
        raise ApiError(
            400, "invalid_project_id_authentication", "The project_id could not be found."
        )
    if not secrets.compare_digest(secret, emulator.secret.encode()):
        raise ApiError(401, "unauthorized_credentials", "Unauthorized credentials.")


def _basic_credentials(header: str) -> tuple[bytes, bytes]:
    scheme, _, encoded = header.partition(" ")
    try:
        decoded = b64decode(encoded.strip(), validate=True)
    except ValueError:
        decoded = b""
    user, colon, password = decoded.partition(b":")
    if scheme.lower() != "basic" or not colon:
        raise ApiError(
            401, "invalid_authorization_header", "HTTP Basic of project_id and secret is needed."
        )
    return user, password


@web.middleware
async def _errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        refusal = error
    except web.HTTPNotFound:
        refusal = ApiError(404, "route_not_found", f"There is no {request.path} here.")
    except web.HTTPMethodNotAllowed:
        refusal = ApiError(405, "method_not_allowed", f"{request.path} does not take this method.")
    except web.HTTPRequestEntityTooLarge:
        refusal = ApiError(413, "bad_request", f"A body may have {MAX_BODY_BYTES} bytes.")
    except Exception:  # noqa: BLE001 - whatever it is, the client must see Stytch's error JSON
        _log.exception("the emulator failed at %s", request.path)
        refusal = ApiError(500, "internal_server_error", "The emulator itself failed; see its log.")
    return web.json_response(refusal.body(), status=refusal.status)
