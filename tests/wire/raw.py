"""A client that sends exactly the bytes it is given, when it is told to, and reads what comes."""

import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.integration.http_client import Answer

TIMEOUT = 15.0
_CHUNK = 65_536
Fields = Iterable[tuple[bytes, bytes]]

ASKED: tuple[tuple[bytes, bytes], ...] = (
    (b"Host", b"sidecar"),
    (b"X-Forwarded-Method", b"GET"),
    (b"X-Forwarded-Proto", b"https"),
    (b"X-Forwarded-Host", b"shop.test"),
    (b"X-Forwarded-Uri", b"/public/1"),
)
"""What a proxy sends for a public page."""


def request(
    *more: tuple[bytes, bytes],
    fields: Fields = ASKED,
    method: bytes = b"GET",
    target: bytes = b"/authz",
    version: bytes = b"HTTP/1.1",
    body: bytes = b"",
) -> bytes:
    """A request exactly as told; how a body is framed is the caller's matter."""
    lines = [b" ".join([method, target, version])]
    lines += [b": ".join(field) for field in (*fields, *more)]
    return b"\r\n".join([*lines, b"", b""]) + body


def about(uri: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """What a proxy sends for another page."""
    return (*ASKED[:-1], (b"X-Forwarded-Uri", uri))


GOOD = request()
"""Is allowed."""
DENIED = request(fields=about(b"/locked/1"))
"""Is denied, so that the two answers can be told apart."""
CLOSE = (b"Connection", b"close")
LAST_DENIED = request(CLOSE, fields=about(b"/locked/1"))


class Connection:
    """One connection to a loopback port."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def close(self) -> None:
        """Close both directions."""
        self._socket.close()

    def reset(self) -> None:
        """Break the connection off, which leaves nothing behind in the kernel."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def finish_sending(self) -> None:
        """Close the direction to the server only."""
        self._socket.shutdown(socket.SHUT_WR)

    def send(self, *parts: bytes, pause: float = 0.0) -> None:
        """Send the parts, one after another; a server that hangs up is the reader's matter."""
        try:
            for part in parts:
                self._socket.sendall(part)
                if pause:
                    time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            return

    def send_until_refused(self, data: bytes, patience: float) -> int:
        """Send until the other side has taken no more for a while; says how much it took."""
        sent = 0
        self._socket.settimeout(patience)
        try:
            while sent < len(data):
                sent += self._socket.send(data[sent : sent + _CHUNK])
        except TimeoutError:
            pass
        self._socket.settimeout(TIMEOUT)
        return sent

    def answer(self, method: bytes = b"GET") -> Answer | None:
        """The next answer, or None where the server closes instead."""
        while b"\r\n\r\n" not in self._read:
            if not self._receive():
                assert self._read == b"", self._read
                return None
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        answer = Answer(int(status.split()[1]), tuple((n, v) for n, _, v in pairs), b"")
        length = 0 if method == b"HEAD" else int(answer.header("Content-Length") or 0)
        while len(self._read) < length:
            assert self._receive(), "the server closed within a body"
        body, self._read = self._read[:length], self._read[length:]
        return Answer(answer.status, answer.headers, body)

    def answers(self) -> list[Answer]:
        """Every answer until the server closes."""
        return list(iter(self.answer, None))

    def reasons(self, number: int) -> list[str | None]:
        """The reasons of the next answers; None is one of the parser's, or none at all."""
        found = [self.answer() for _ in range(number)]
        return [answer.decision[1] if answer else None for answer in found]

    def is_idle(self, seconds: float) -> bool:
        """Whether neither an answer nor a close comes for a while."""
        if self._read:
            return False
        self._socket.settimeout(seconds)
        try:
            self._read += self._socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(TIMEOUT)
        return False

    def _receive(self) -> bool:
        try:
            data = self._socket.recv(_CHUNK)
        except ConnectionResetError:
            return False
        self._read += data
        return bool(data)


@contextmanager
def connected(port: int) -> Iterator[Connection]:
    """A connection for this block."""
    connection = Connection(port)
    try:
        yield connection
    finally:
        connection.close()


def is_bare_400(answer: Answer | None) -> bool:
    """Whether the HTTP parser refused, before there was anything to decide."""
    return answer is not None and answer.status == 400 and answer.decision == (None, None)


ONCE_ONLY = frozenset(
    b"content-length content-location content-range content-type etag host max-forwards server"
    b" transfer-encoding user-agent".split()
)
"""Headers that the HTTP parser takes once only: two of them are its 400, not our decision."""


def once_only(fields: Fields) -> list[tuple[bytes, bytes]]:
    """The fields without a second copy of what may come once only."""
    kept: list[tuple[bytes, bytes]] = []
    for name, value in fields:
        if name.lower() not in ONCE_ONLY or name.lower() not in {one.lower() for one, _ in kept}:
            kept.append((name, value))
    return kept
