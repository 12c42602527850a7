"""A small HTTP/1.1 client that sends exactly the bytes it is given, and follows nothing."""

import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

Headers = Iterable[tuple[str, str]]

_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """A header that comes once or not at all."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def decision(self) -> tuple[str | None, str | None]:
        """The sidecar's decision and reason, if this is an answer of its."""
        return self.header("X-Authz-Decision"), self.header("X-Authz-Reason")

    def json(self) -> Any:  # noqa: ANN401 - JSON is of any shape
        """The body as JSON."""
        return json.loads(self.body)


def request_bytes(
    method: str, target: str, headers: Headers, body: bytes = b"", *, version: str = "HTTP/1.1"
) -> bytes:
    """A request exactly as told; characters above 127 go as UTF-8."""
    lines = [f"{method} {target} {version}", *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def exchange(port: int, request: bytes, *, timeout: float = _TIMEOUT) -> Answer:
    """Send a request to a loopback port on a connection of its own, and read one answer.

    Raises:
        OSError: if nobody listens, or nothing comes in time.
    """
    method = request.split(b" ", 1)[0].decode()
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection, method=method)
        try:
            response.begin()
            body = response.read()
        finally:
            response.close()
    return Answer(response.status, tuple(response.getheaders()), body)


def call(port: int, method: str, target: str, body: Mapping[str, object] | None = None) -> Answer:
    """Call a JSON API on a loopback port."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = [("Host", "127.0.0.1"), ("Content-Type", "application/json"), ("Connection", "close")]
    return exchange(port, request_bytes(method, target, headers, content))
