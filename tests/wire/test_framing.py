"""Where one request ends and the next begins: two readers must never disagree (smuggling)."""

import pytest

from tests.wire.raw import (
    ASKED,
    CLOSE,
    DENIED,
    GOOD,
    LAST_DENIED,
    Connection,
    about,
    is_bare_400,
    request,
)

CHUNKED = b"Transfer-Encoding", b"chunked"
LENGTH_5 = b"Content-Length", b"5"
EMPTY_CHUNKED = b"0\r\n\r\n"
METHODS = [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"PURGE"]
START = b"GET /authz HTTP/1.1\r\n"
FIELDS = b"".join(b"%b: %b\r\n" % field for field in ASKED)


def assert_refused(connection: Connection, data: bytes) -> None:
    """One bare 400 and a close: nothing of what was sent is decided, the rest is never read."""
    connection.send(data + GOOD)
    answers = connection.answers()
    assert len(answers) == 1
    assert is_bare_400(answers[0])


def assert_next_is_right(connection: Connection, first: str, second: str) -> None:
    """The next request is answered for itself, or the connection closed before it."""
    assert connection.reasons(2) in ([first, second], [first, None])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (LENGTH_5, CHUNKED),
        (CHUNKED, LENGTH_5),
        (LENGTH_5, LENGTH_5),
        (LENGTH_5, (b"Content-Length", b"6")),
        (CHUNKED, (b"Transfer-Encoding", b"identity")),
        ((b"Transfer-Encoding", b"identity"), CHUNKED),
        (CHUNKED, CHUNKED),
        ((b"content-length", b"5"), (b"TRANSFER-ENCODING", b"chunked")),
    ],
)
def test_two_statements_about_the_length_of_a_body_are_refused(
    connection: Connection, first: tuple[bytes, bytes], second: tuple[bytes, bytes]
) -> None:
    assert_refused(connection, request(first, second, body=EMPTY_CHUNKED))


@pytest.mark.parametrize(
    "length",
    [
        b"5, 5",
        b"5 5",
        b"+5",
        b"-1",
        b"0x5",
        b"",
        b"5;",
        b"1_0",
        b"5.0",
        b"9" * 23,
        b"\xb2",
        b"\xd9\xa5",
    ],
)
def test_a_length_that_is_no_number_is_refused(connection: Connection, length: bytes) -> None:
    assert_refused(connection, request((b"Content-Length", length), body=b"aaaaa"))


@pytest.mark.parametrize(
    "coding",
    [b"xchunked", b"chunk", b"chunked, identity", b"chunked, chunked", b"chunked;q=1", b'"chunked"',
     b"identity", b"\x0bchunked", b"chun\tked", b"chunked,", b"", b"\xffchunked", b"chunked\x00"],
)  # fmt: skip
def test_a_transfer_coding_in_an_odd_spelling_is_refused(
    connection: Connection, coding: bytes
) -> None:
    assert_refused(connection, request((b"Transfer-Encoding", coding), body=EMPTY_CHUNKED))


@pytest.mark.parametrize(
    "coding", [b"chunked", b"Chunked", b"CHUNKED", b" chunked ", b"gzip, chunked", b",chunked"]
)
def test_a_transfer_coding_that_ends_in_chunked_is_chunked(
    connection: Connection, coding: bytes
) -> None:
    connection.send(request((b"Transfer-Encoding", coding), body=EMPTY_CHUNKED) + DENIED)
    assert_next_is_right(connection, "public", "forbidden")


@pytest.mark.parametrize(
    "name", [b"Transfer_Encoding", b"Transfer.Encoding", b"X-Transfer-Encoding"]
)
def test_an_alias_of_a_framing_header_frames_nothing(connection: Connection, name: bytes) -> None:
    connection.send(request((name, b"chunked"), (b"Content_Length", b"9")) + DENIED)
    assert connection.reasons(2) == ["public", "forbidden"]


@pytest.mark.parametrize(
    "body",
    [b"0 \r\n\r\n", b"0\n\n", b"0x0\r\n\r\n", b"+0\r\n\r\n", b"-0\r\n\r\n", b"1\r\na\n0\r\n\r\n",
     b"1\naa0\r\n\r\n", b"1;\n\r\na\r\n0\r\n\r\n", b"0\r\nX : y\r\n\r\n", b"0\r\n\rX", b"\r\n\r\n",
     b"1\r\naa\r\n0\r\n\r\n", b"fffffffffffffffff\r\n", b"0\r\nX\r\n\r\n", b"g\r\n\r\n"],
)  # fmt: skip
def test_a_broken_chunk_lets_nothing_behind_it_through(connection: Connection, body: bytes) -> None:
    assert_refused(connection, request(CHUNKED, body=body))


@pytest.mark.parametrize(
    "body",
    [
        b"0;ext=1\r\n\r\n",
        b"0\r\nTrailer: x\r\n\r\n",
        b"000000\r\n\r\n",
        b"A\r\n0123456789\r\n0\r\n\r\n",
    ],
)
def test_chunks_with_all_that_the_standard_allows_are_read(
    connection: Connection, body: bytes
) -> None:
    connection.send(request(CHUNKED, body=body) + DENIED)
    assert_next_is_right(connection, "public", "forbidden")


def test_trailers_are_no_headers(connection: Connection) -> None:
    trailers = b"0\r\nX-Forwarded-Uri: /public/1\r\n\r\n"
    connection.send(request(CHUNKED, CLOSE, fields=ASKED[:-1], body=trailers))
    assert connection.reasons(2) == ["missing_header", None]


@pytest.mark.parametrize("pause", [0, 0.05], ids=["pipelined", "one after the other"])
def test_trailers_are_not_the_headers_of_the_next_request(
    connection: Connection, token: bytes, pause: float
) -> None:
    trailers = b"0\r\nCookie: stytch_session=%b\r\n\r\n" % token
    of_somebody_else = request(fields=about(b"/account/1"))
    connection.send(request(CHUNKED, body=trailers), of_somebody_else, pause=pause)
    assert_next_is_right(connection, "public", "no_session")


@pytest.mark.parametrize(
    "line",
    [b"X-A: b\r\n c\r\n", b"X-A: b\r\n\tc\r\n", b"X-A: b\nX-B: c\r\n", b"X-A: b\rX-B: c\r\n",
     b"X-A: b\r\r\n", b"X-A: b\n", b"X-A: b\x00c\r\n", b"X-A : b\r\n", b"X-A\t: b\r\n", b"X-A\r\n",
     b": b\r\n", b"X\x00A: b\r\n", b"X(A): b\r\n", b"X-\xc3\xa9: b\r\n", b"X-A: \x01\r\n",
     b"X-A: \x0b\r\n", b"X-A: \x7f\r\n", b" X-A: b\r\n", b"\x00\r\n"],
)  # fmt: skip
@pytest.mark.parametrize("position", ["first", "last"])
def test_a_header_line_that_readers_read_differently_is_refused(
    connection: Connection, line: bytes, position: str
) -> None:
    fields = line + FIELDS if position == "first" else FIELDS + line
    assert_refused(connection, START + fields + b"\r\n")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\n\r", b"\r\r\n"])
def test_a_line_ends_in_cr_lf_and_nothing_else(connection: Connection, end: bytes) -> None:
    assert_refused(connection, (START + FIELDS + b"\r\n").replace(b"\r\n", end))


@pytest.mark.parametrize(
    "line",
    [
        b"GET\t/authz HTTP/1.1", b" GET /authz HTTP/1.1", b"GET /authz HTTP/1.1 ", b"GET",
        b"GET /au thz HTTP/1.1", b"GET /authz http/1.1", b"GET /authz HTTP/1.10", b"GET  HTTP/1.1",
        b"GET /authz HTTP/3.0", b"GET authz HTTP/1.1", b"GET /authz\x00 HTTP/1.1",
        b"GET /authz\xff HTTP/1.1", b"GET /authz?\xff HTTP/1.1", b"GET /authz HTTP/1.1\x0b",
        b"PRI * HTTP/2.0", b"\x16\x03\x01\x02\x00\x01",
    ],
)  # fmt: skip
def test_a_request_line_that_is_none_is_refused(connection: Connection, line: bytes) -> None:
    assert_refused(connection, line + b"\r\n" + FIELDS + b"\r\n")


@pytest.mark.parametrize("host", [(), ((b"Host", b"a"), (b"Host", b"a"))], ids=["none", "two"])
def test_a_request_has_one_host_header(
    connection: Connection, host: tuple[tuple[bytes, bytes], ...]
) -> None:
    assert_refused(connection, request(fields=(*host, *ASKED[1:])))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ((b"Content-Length", str(len(GOOD)).encode()), GOOD),
        (CHUNKED, b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD)),
    ],
    ids=["length", "chunked"],
)
def test_a_body_is_dropped_and_never_taken_for_a_request(
    connection: Connection, method: bytes, framing: tuple[bytes, bytes], body: bytes
) -> None:
    connection.send(request(framing, method=method, body=body) + LAST_DENIED)
    first = connection.answer(method)
    assert first is not None
    assert first.decision == ("allow", "public")
    rest = [answer.decision[1] for answer in connection.answers()]
    assert rest == ["forbidden"] or (not rest and framing is CHUNKED)


@pytest.mark.parametrize("together", [True, False])
def test_the_body_of_a_connect_is_never_taken_for_a_request(
    connection: Connection, together: bool
) -> None:
    length = b"Content-Length", str(len(GOOD)).encode()
    asked, body = request(length, method=b"CONNECT"), GOOD + LAST_DENIED
    connection.send(*([asked + body] if together else [asked, body]), pause=0.05)
    reasons = [answer.decision[1] for answer in connection.answers()]
    assert reasons in (["public", "forbidden"], ["public"])


def test_a_body_in_pieces_is_dropped(connection: Connection) -> None:
    length = b"Content-Length", str(2 * len(GOOD)).encode()
    connection.send(request(length, method=b"POST"), GOOD, GOOD, LAST_DENIED, pause=0.01)
    assert [answer.decision[1] for answer in connection.answers()] == ["public", "forbidden"]


def test_a_body_is_not_decoded(connection: Connection) -> None:
    packed = request((b"Content-Encoding", b"gzip"), LENGTH_5, body=b"aaaaa")
    connection.send(packed + request(CLOSE))
    assert connection.reasons(2) == ["public", "public"]
