"""How connections are kept, shared and ended, by every version of HTTP and every kind of client."""

import pytest

from tests.wire.raw import (
    CLOSE,
    DENIED,
    GOOD,
    LAST_DENIED,
    Connection,
    about,
    connected,
    is_bare_400,
    request,
)
from tests.wire.service import Service

UPGRADE = (b"Connection", b"Upgrade")
EXPECT = (b"Expect", b"100-continue")
OLD = b"HTTP/1.0"


def test_many_pipelined_requests_are_answered_in_order(connection: Connection) -> None:
    connection.send((GOOD + DENIED) * 500 + LAST_DENIED)
    reasons = [answer.decision[1] for answer in connection.answers()]
    assert reasons == ["public", "forbidden"] * 500 + ["forbidden"]


def test_many_requests_one_after_another_use_one_connection(connection: Connection) -> None:
    for _ in range(200):
        connection.send(GOOD)
        assert connection.reasons(1) == ["public"]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("garbage", [b"\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"X" * 100_000])
def test_garbage_behind_good_requests_ends_the_connection(
    connection: Connection, garbage: bytes, number: int
) -> None:
    # The parser reads ahead: where the garbage comes in the same packet, it may speak for all.
    connection.send(GOOD * number + garbage + GOOD)
    *before, last = connection.answers()
    assert is_bare_400(last)
    assert [answer.decision[1] for answer in before] == ["public"] * len(before)
    assert len(before) <= number


def test_garbage_after_an_answer_takes_nothing_back(connection: Connection) -> None:
    connection.send(GOOD)
    assert connection.reasons(1) == ["public"]
    connection.send(b"\x00\x01\r\n\r\n" + GOOD)
    (last,) = connection.answers()
    assert is_bare_400(last)


def test_a_proxy_may_ask_to_close(connection: Connection) -> None:
    connection.send(request(CLOSE))
    (answer,) = connection.answers()
    assert answer.decision == ("allow", "public")
    assert answer.header("Connection") == "close"


def test_nothing_behind_the_last_request_is_decided(connection: Connection) -> None:
    connection.send(request(CLOSE) + GOOD)
    assert len(connection.answers()) == 1


def test_http_1_0_is_answered_and_closed(connection: Connection) -> None:
    connection.send(request(version=OLD))
    assert [answer.decision[1] for answer in connection.answers()] == ["public"]


def test_http_1_0_may_keep_the_connection(connection: Connection) -> None:
    keep = (b"Connection", b"keep-alive")
    connection.send(request(keep, version=OLD))
    answer = connection.answer()
    assert answer is not None
    assert answer.decision == ("allow", "public")
    assert answer.header("Connection") == "keep-alive"
    connection.send(request(fields=about(b"/locked/1"), version=OLD))
    assert [answer.decision[1] for answer in connection.answers()] == ["forbidden"]


def test_http_1_0_needs_no_host(connection: Connection) -> None:
    connection.send(request(fields=about(b"/locked/1")[1:], version=OLD))
    (answer,) = connection.answers()
    assert is_bare_400(answer) or answer.decision == ("deny", "forbidden")


def test_http_0_9_is_not_answered_like_a_request(connection: Connection) -> None:
    connection.send(b"GET /authz\r\n")
    assert connection.is_idle(0.2)
    connection.send(b"\r\n")
    (answer,) = connection.answers()
    assert is_bare_400(answer) or answer.decision[1] == "missing_header"


@pytest.mark.parametrize("line", [b"GET /authz HTTP/0.9", b"GET /authz HTTP/2.0", b"GET /authz"])
@pytest.mark.parametrize(("uri", "reason"), [(b"/public/1", "public"), (b"/locked/1", "forbidden")])
def test_another_version_changes_no_decision_and_keeps_no_connection(
    connection: Connection, line: bytes, uri: bytes, reason: str
) -> None:
    fields = request(fields=about(uri)).partition(b"\r\n")[2]
    connection.send(line + b"\r\n" + fields)
    (answer,) = connection.answers()
    assert is_bare_400(answer) or answer.decision[1] == reason


@pytest.mark.parametrize("blank", [b"\r\n", b"\r\n\r\n", b"\n"], ids=["one", "two", "bare"])
def test_a_blank_line_before_a_request_is_overlooked(connection: Connection, blank: bytes) -> None:
    connection.send(blank + GOOD)
    assert connection.reasons(1) == ["public"]


@pytest.mark.parametrize("expected", [b"100-continue", b"100-Continue", b"200-ok"])
def test_an_expectation_without_a_body_changes_nothing(
    connection: Connection, expected: bytes
) -> None:
    connection.send(request((b"Expect", expected)) + DENIED)
    assert connection.reasons(2) == ["public", "forbidden"]


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ((b"Content-Length", b"5"), b"aaaaa"),
        ((b"Transfer-Encoding", b"chunked"), b"5\r\naaaaa\r\n0\r\n\r\n"),
    ],
    ids=["length", "chunked"],
)
def test_an_expectation_is_met_by_the_answer_and_the_body_dropped(
    connection: Connection, framing: tuple[bytes, bytes], body: bytes
) -> None:
    connection.send(request(EXPECT, framing, method=b"POST"))
    assert connection.reasons(1) == ["public"]
    connection.send(body + DENIED)
    # A service may rather close than read chunks.
    assert connection.reasons(1) in (["forbidden"], [None] if b"chunked" in framing else [])


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"TLS/1.0", b"foo"])
def test_no_connection_is_upgraded(connection: Connection, protocol: bytes) -> None:
    connection.send(request(UPGRADE, (b"Upgrade", protocol)))
    assert connection.reasons(1) == ["public"]
    connection.send(DENIED)
    assert connection.reasons(1) in (["forbidden"], [None] if protocol != b"websocket" else [])


@pytest.mark.parametrize(
    "protocol",
    [
        b"websocket",
        b"h2c",
    ],
)
def test_requests_pipelined_behind_an_upgrade_are_answered_or_the_connection_closed(
    connection: Connection, protocol: bytes
) -> None:
    connection.send(request(UPGRADE, (b"Upgrade", protocol)) + DENIED + GOOD)
    assert connection.reasons(1) == ["public"]
    assert not connection.is_idle(1.0)
    assert connection.reasons(2) in (["forbidden", "public"], [None, None])


@pytest.mark.parametrize("requests", [GOOD, GOOD + DENIED])
def test_a_client_that_is_done_sending_gets_whole_answers_or_none(
    connection: Connection, requests: bytes
) -> None:
    # No proxy does that. The loop may see the end before it has answered, and closes then.
    connection.send(requests)
    connection.finish_sending()
    reasons = [answer.decision[1] for answer in connection.answers()]
    assert reasons == ["public", "forbidden"][: len(reasons)]


@pytest.mark.parametrize("part", [1, len(b"GET /authz"), len(GOOD) // 2, len(GOOD) - 1])
def test_a_request_without_its_end_is_never_decided(connection: Connection, part: int) -> None:
    connection.send(GOOD[:part])
    assert connection.is_idle(0.05)
    connection.finish_sending()
    assert connection.answers() == []


def test_clients_that_break_off_disturb_nobody(service: Service, token: bytes) -> None:
    asks_stytch = request((b"Cookie", b"stytch_session=" + token[::-1]), fields=about(b"/account"))
    started = request((b"Content-Length", b"100"), method=b"POST", body=b"a")
    for data in (GOOD[:40], GOOD, GOOD * 100, asks_stytch, started) * 20:
        with connected(service.port) as connection:
            connection.send(data)
            connection.reset()
    service.assert_it_answers()
