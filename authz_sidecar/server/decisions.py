"""The decision listener: aiohttp's low-level server, so that nothing stands before the decision."""

import re
import secrets
import time
from collections.abc import Mapping

from aiohttp import web

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import ProxyRequest
from authz_sidecar.dialects.base import Dialect, Reply
from authz_sidecar.server.connections import SIGNATURE
from authz_sidecar.server.peers import TrustedPeers

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class DecisionHandler:
    """Turns requests of proxies into questions, and replies into responses."""

    def __init__(
        self,
        authorizer: Authorizer,
        dialects: Mapping[str, Dialect],
        default_dialect: str,
        peers: TrustedPeers,
    ) -> None:
        """Mount the dialects.

        Args:
            authorizer: answers.
            dialects: the enabled dialects by name; each has its own path.
            default_dialect: the one that `/authz` means.
            peers: who may ask.
        """
        self._authorizer = authorizer
        self._default = dialects[default_dialect]
        self._endpoints = {f"/authz/{name}": dialect for name, dialect in dialects.items()}
        self._endpoints["/authz"] = self._default
        self._peers = peers

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        """Answer one request of a proxy, by any method."""
        arrived = time.time()
        # The raw path: routing on a decoded one would let `/authz%2Fnginx` through. The query
        # is the client's to write behind some proxies, so it is never read.
        dialect = self._endpoints.get(request.raw_path.partition("?")[0])
        refused = None
        if not self._peers.trust(request.transport):
            refused = Reason.UNTRUSTED_PROXY
        elif dialect is None:
            refused = Reason.UNKNOWN_ENDPOINT
        asked = ProxyRequest(request.headers, _request_id(request), arrived)
        response = _response(
            await self._authorizer.answer(dialect or self._default, asked, refused)
        )
        if _ends_connection(request):
            response.force_close()
        return response


def _request_id(request: web.BaseRequest) -> str:
    """The proxy's request id where it is fit to be logged, else one of our own."""
    given = request.headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _ends_connection(request: web.BaseRequest) -> bool:
    """Whether what follows on the connection could be mistaken for another request.

    aiohttp adds the trailers of a chunked body to the headers of the next request, takes the body
    of a CONNECT for one, and loses what follows an upgrade other than WebSocket's. No proxy sends
    any of these with its question.
    """
    upgrades = request.headers.getall("Upgrade", ())
    return (
        "Transfer-Encoding" in request.headers
        or request.method == "CONNECT"
        or any(value.lower() != "websocket" for value in upgrades)
    )


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, headers=SIGNATURE | reply.headers, body=reply.body)
