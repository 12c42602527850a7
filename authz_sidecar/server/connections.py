"""aiohttp's connections, with the limits of a decision listener, and silent about bad requests.

What is no HTTP is refused by aiohttp's parser before any handler sees it. Its own answer and log
repeat the bytes it stumbled over, which may be a cookie.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

_log = logging.getLogger(__name__)

MAX_HEADER_VALUE = 65_536
"""Bytes; above what proxies pass on (lines of 32 KB), so that our own limits answer."""
MAX_HEADERS = 256
KEEP_ALIVE = 120
"""Seconds; longer than the 60 s of the proxies, so that they close first and nothing is lost."""
SIGNATURE = {"Server": "authz-sidecar", "Cache-Control": "no-store"}
"""What every answer carries, instead of aiohttp's name and version."""


class _Connection(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats the request
    ) -> web.StreamResponse:
        _log.warning("a peer at %s sent what is no request: %s", request.remote, type(exc).__name__)
        response = web.Response(status=status, headers=SIGNATURE)
        response.force_close()
        return response


class DecisionServer(web.Server):
    """A server whose requests are all answered by one handler."""

    def __init__(self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        super().__init__(handler)

    def __call__(self) -> web.RequestHandler:  # noqa: D102 - makes a connection, for asyncio
        return _Connection(
            self,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # as documented: no log
            # A body is drained and never read, so there is nothing to unpack.
            auto_decompress=False,
            keepalive_timeout=KEEP_ALIVE,
            max_line_size=MAX_HEADER_VALUE,
            max_field_size=MAX_HEADER_VALUE,
            max_headers=MAX_HEADERS,
        )
