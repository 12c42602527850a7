"""Requests to the shop through the proxy: what the visitor gets, and what the application gets."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from deploy.demo.ports import Ports
from deploy.demo.upstream import SEEN_PATH

# The name that sidecar.yaml leaves at its default.
SESSION_COOKIE = "stytch_session"
SHOP = "shop.localhost"
LOGIN_PAGES = "auth.localhost"

Headers = Mapping[str, str]
BROWSER: Headers = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate"}
PROGRAM: Headers = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request and what came of it."""

    status: int
    headers: CIMultiDictProxy[str]
    seconds: float
    reached: int
    """How many requests reached the application meanwhile."""
    passed_on: CIMultiDict[str]
    """The headers that reached the application; none if nothing did."""

    @property
    def reason(self) -> str:
        """Why it was decided so: what the visitor was told, or else the application."""
        told = self.headers.get("X-Authz-Reason") or self.passed_on.get("X-Authz-Reason")
        return told or ""

    @property
    def hint(self) -> str:
        """Where the visitor was sent or pointed to."""
        return self.headers.get("Location") or self.headers.get("X-Authz-Authenticate-Url") or ""


class Shop:
    """The shop, as its visitors reach it."""

    def __init__(self, http: aiohttp.ClientSession, ports: Ports) -> None:
        """Make it known.

        Args:
            http: to send requests with.
            ports: where the proxy and the application listen.
        """
        self._http = http
        self.port = ports.proxy
        self._proxy = f"http://127.0.0.1:{ports.proxy}"
        self._seen = f"http://127.0.0.1:{ports.application}{SEEN_PATH}"
        self._authority = f"{SHOP}:{ports.proxy}"

    def url(self, target: str) -> str:
        """The URL that a visitor sees."""
        return f"http://{self._authority}{target}"

    async def visit(self, method: str, target: str, headers: Headers, token: str = "") -> Visit:
        """Send a request through the proxy; redirects are not followed.

        Args:
            method: the HTTP method.
            target: path and query, sent as they are.
            headers: what the visitor sends.
            token: the visitor's session, if any.

        Raises:
            aiohttp.ClientError: no answer came.
            TimeoutError: the same.
        """
        cookie = {"Cookie": f"{SESSION_COOKIE}={token}"} if token else {}
        before = await self._reached()
        started = time.perf_counter()
        async with self._http.request(
            method,
            URL(f"{self._proxy}{target}", encoded=True),
            headers={"Host": self._authority, **headers, **cookie},
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
        seconds = time.perf_counter() - started
        reached = await self._reached() - before
        passed_on = _echoed(body) if reached else CIMultiDict[str]()
        return Visit(answer.status, answer.headers, seconds, reached, passed_on)

    async def _reached(self) -> int:
        async with self._http.get(self._seen) as answer:
            count: int = (await answer.json())["count"]
            return count


def _echoed(body: bytes) -> CIMultiDict[str]:
    headers: dict[str, list[str]] = json.loads(body)["headers"]
    return CIMultiDict((name, value) for name, values in headers.items() for value in values)
