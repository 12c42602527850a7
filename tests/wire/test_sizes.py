"""How large a request may be: what proxies pass on passes, what is larger is refused."""

import pytest

from tests.wire.raw import ASKED, Connection, about, is_bare_400, request

KIB = 1024
PARSER_LIMIT = 64 * KIB


def filler(number: int, size: int) -> list[tuple[bytes, bytes]]:
    return [(b"X-Filler-%d" % index, b"f" * size) for index in range(number)]


@pytest.mark.parametrize(
    "more",
    [
        [(b"X-Filler", b"f" * 32 * KIB)],
        [(b"Cookie", b"a=" + b"b" * 32 * KIB)],
        [(b"Authorization", b"Bearer " + b"b" * 32 * KIB)],
        [(b"Cookie", b"a=" + b"b" * 32 * KIB), *filler(4, KIB)],
        filler(36, KIB),
        filler(200, 16),
        [(b"f" * 32 * KIB, b"x")],
    ],
    ids=["header", "cookie", "token", "cookie and more", "block", "many", "name"],
)
def test_a_block_of_36_kb_and_a_line_of_32_kb_pass(
    connection: Connection, more: list[tuple[bytes, bytes]]
) -> None:
    connection.send(request(*more))
    assert connection.reasons(1) == ["public"]


def test_an_original_target_of_32_kb_passes(connection: Connection) -> None:
    connection.send(request(fields=about(b"/public/1?" + b"q" * 32 * KIB)))
    assert connection.reasons(1) == ["public"]


def test_a_request_line_of_32_kb_passes(connection: Connection) -> None:
    connection.send(request(target=b"/authz?" + b"q" * 32 * KIB))
    assert connection.reasons(1) == ["public"]


@pytest.mark.parametrize("size", [41 * KIB, 63 * KIB])
def test_a_header_of_the_dialect_that_is_larger_is_refused_by_us(
    connection: Connection, size: int
) -> None:
    connection.send(request(fields=about(b"/public/1?" + b"q" * size)))
    connection.send(request((b"Cookie", b"a=" + b"b" * size)))
    assert connection.reasons(2) == ["too_large", "too_large"]


@pytest.mark.parametrize(
    "data",
    [
        request((b"X-Filler", b"f" * 2 * PARSER_LIMIT)),
        request((b"f" * 2 * PARSER_LIMIT, b"x")),
        request(target=b"/authz?" + b"q" * 2 * PARSER_LIMIT),
        request(method=b"G" * 2 * PARSER_LIMIT),
        request(*filler(300, 16)),
        request(*filler(10_000, 16)),
        request(fields=about(b"/public/1?" + b"q" * 2 * PARSER_LIMIT)),
    ],
    ids=["value", "name", "target", "method", "many", "very many", "original target"],
)
def test_what_no_proxy_passes_is_refused_and_the_connection_dropped(
    connection: Connection, data: bytes
) -> None:
    connection.send(data)
    (answer,) = connection.answers()
    assert is_bare_400(answer)


@pytest.mark.parametrize(
    "start",
    [b"GET /authz?", b"GET /authz HTTP/1.1\r\nX-Filler: ", b"GET /authz HTTP/1.1\r\nX-Filler"],
    ids=["target", "value", "name"],
)
def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(
    connection: Connection, start: bytes
) -> None:
    connection.send(start, b"f" * 4 * PARSER_LIMIT)
    (answer,) = connection.answers()
    assert is_bare_400(answer)


def test_a_block_without_an_end_is_refused_before_it_fills_the_memory(
    connection: Connection,
) -> None:
    line = b"X-Filler: " + b"f" * KIB + b"\r\n"
    connection.send(b"GET /authz HTTP/1.1\r\n", *[line * 100] * 10)
    (answer,) = connection.answers()
    assert is_bare_400(answer)


def test_a_request_without_any_header_of_the_dialect_is_refused_by_us(
    connection: Connection,
) -> None:
    connection.send(request(fields=ASKED[:1]))
    assert connection.reasons(1) == ["missing_header"]
