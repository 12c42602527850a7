"""What a call that meets a fault gets instead of an answer."""

import asyncio
import json
from typing import assert_never

from aiohttp import web

from authz_sidecar.emulator.altered import altered
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.faults import Fault

_HTML = "<html><head><title>503</title></head><body>no healthy upstream</body></html>"
_GARBAGE = "upstream connect error or disconnect/reset before headers"
_POLL_SECONDS = 0.05


async def suffer(
    faults: list[Fault], request: web.Request, stopping: asyncio.Event
) -> web.Response | None:
    """Let a call suffer what it met.

    Args:
        faults: what it met, in order.
        request: the call.
        stopping: set when the emulator stops, which ends delays and hanging calls.

    Returns:
        The fault's answer, or none if the call was merely delayed.

    Raises:
        ApiError: for the kind `error`.
    """
    for fault in faults:
        match fault.kind:
            case "delay":
                await _wait(request, stopping, fault.seconds)
            case "hang":
                await _wait(request, stopping, None)
                return _drop(request)
            case "drop":
                return _drop(request)
            case "error":
                raise ApiError(fault.status, fault.error_type, "This failure was ordered.")
            case "html":
                return web.Response(status=fault.status, text=_HTML, content_type="text/html")
            case "empty":
                return web.json_response({})
            case "garbage":
                return web.json_response(text=_GARBAGE)
            case "truncate" | "alter":
                pass  # Stytch does its work before these come into effect.
            case _:
                assert_never(fault.kind)
    return None


def spoil(faults: list[Fault], answer: web.Response) -> web.Response:
    """Return what a call gets instead of its answer, after all that it met.

    Args:
        faults: what it met, in order.
        answer: the answer of a call that succeeded.
    """
    if not faults:
        return answer
    text = answer.text or ""
    for fault in faults:
        if fault.kind == "alter":
            text = json.dumps(altered(json.loads(text), fault.set_fields, fault.drop_fields))
        elif fault.kind == "truncate":
            text = text[: len(text) // 2]
    return web.json_response(text=text)


async def _wait(request: web.Request, stopping: asyncio.Event, seconds: float | None) -> None:
    # aiohttp does not cancel the handler of a caller who hung up, so it is looked for here:
    # otherwise every timed-out call would leave a task behind.
    loop = asyncio.get_running_loop()
    end = None if seconds is None else loop.time() + seconds
    while request.transport is not None and not stopping.is_set():
        left = _POLL_SECONDS if end is None else min(_POLL_SECONDS, end - loop.time())
        if left <= 0:
            return
        await asyncio.sleep(left)


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    # aiohttp wants an answer of every handler; on a dead connection it goes nowhere.
    return web.Response()
