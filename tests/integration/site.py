"""A protected site as its clients see it, and what of their requests reaches the application."""

from dataclasses import dataclass
from typing import Any

from tests.integration.http_client import Answer, Headers, exchange, request_bytes
from tests.integration.programs import SESSION_COOKIE, Application

HOST = "shop.test"
BROWSER: Headers = (("Accept", "text/html,application/xhtml+xml"), ("Sec-Fetch-Mode", "navigate"))
API: Headers = (("Accept", "application/json"),)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: what the client got, and what the application got."""

    answer: Answer
    reached: int
    """How many requests reached the application."""

    @property
    def passed_on(self) -> dict[str, Any]:
        """What reached the application, as it tells in the body of its answer."""
        assert self.reached == 1, (self.reached, self.answer)
        content: dict[str, Any] = self.answer.json()
        return content

    def upstream_header(self, name: str) -> list[str]:
        """The values of a header that reached the application."""
        headers: dict[str, list[str]] = self.passed_on["headers"]
        return [value for key in headers if key.lower() == name.lower() for value in headers[key]]

    def assert_refused(self, status: int, reason: str) -> None:
        """The client got this refusal of the sidecar's, and the application got nothing."""
        got = (self.answer.status, self.answer.header("X-Authz-Reason"), self.reached)
        assert got == (status, reason, 0), self.answer
        assert self.answer.header("Cache-Control") == "no-store"

    def assert_allowed(self, reason: str = "requirement_met") -> None:
        """The application answered, once."""
        got = (self.answer.status, self.answer.header("X-Authz-Reason") or reason, self.reached)
        assert got == (200, reason, 1), self.answer


@dataclass(frozen=True, slots=True)
class Site:
    """The application behind one proxy."""

    proxy: str
    port: int
    application: Application

    def get(self, target: str, token: str = "", headers: Headers = API) -> Visit:
        """A GET, with a session if there is a token."""
        return self.request("GET", target, token, headers)

    def request(
        self,
        method: str,
        target: str,
        token: str = "",
        headers: Headers = API,
        *,
        host: str = HOST,
        body: bytes = b"",
    ) -> Visit:
        """A request with a session if there is a token."""
        cookies = [("Cookie", f"{SESSION_COOKIE}={token}")] if token else []
        all_headers = [("Host", host), *cookies, *headers]
        return self.send(request_bytes(method, target, all_headers, body))

    def send(self, request: bytes, *, timeout: float = 10.0) -> Visit:
        """A request byte by byte."""
        before = self.application.requests()
        answer = exchange(self.port, request, timeout=timeout)
        return Visit(answer, self.application.requests() - before)
