"""What the HTTP parser refuses is refused without a word about what was in it."""

import secrets

import pytest

from tests.wire.raw import CLOSE, ONCE_ONLY, Connection, about, is_bare_400, request
from tests.wire.service import Service


def refused_requests(secret: bytes) -> dict[str, bytes]:
    """Requests with a secret beside, or in, what the parser stumbles over."""
    return {
        "cookie": request((b"Cookie", b"stytch_session=" + secret + b"\x01")),
        "authorization": request((b"Authorization", b"Bearer " + secret + b"\x00")),
        "query": request(fields=about(b"/public?code=" + secret + b"\x7f")),
        "own query": request(target=b"/authz?code=" + secret + b"\xff"),
        "long cookie": request((b"Cookie", b"stytch_session=" + secret + b"c" * 70_000)),
        "line": request(version=b"HTTP/1.1 " + secret),
    }


@pytest.mark.parametrize("which", sorted(refused_requests(b"")))
def test_the_log_repeats_nothing_of_it(
    connection: Connection, service: Service, which: str
) -> None:
    secret = f"SECRET{secrets.token_hex(16)}".upper()
    read_before = len(service.program.output())
    connection.send(refused_requests(secret.encode())[which])
    (answer,) = connection.answers()
    assert answer.status == 400
    logged = service.program.output()[read_before:]
    assert secret not in logged
    assert "Traceback" not in logged


@pytest.mark.parametrize("which", sorted(refused_requests(b"")))
def test_the_answer_repeats_nothing_of_it(connection: Connection, which: str) -> None:
    secret = f"SECRET{secrets.token_hex(16)}".upper().encode()
    connection.send(refused_requests(secret)[which])
    (answer,) = connection.answers()
    assert answer.status == 400
    assert secret not in answer.body


def test_the_answer_tells_no_version(connection: Connection) -> None:
    connection.send(b"\x00\r\n\r\n")
    (answer,) = connection.answers()
    assert answer.status == 400
    assert "aiohttp" not in (answer.header("Server") or "")


@pytest.mark.parametrize("name", sorted(ONCE_ONLY), ids=bytes.decode)
def test_a_second_copy_of_what_may_come_once_only_is_refused(
    connection: Connection, name: bytes
) -> None:
    # Traefik hands on what its client repeats; whatever that is, it must not be an allow.
    connection.send(request((name, b"1"), (name, b"1")))
    (answer,) = connection.answers()
    assert is_bare_400(answer)


def test_a_body_that_is_not_what_it_says_leaves_no_traceback(
    connection: Connection, service: Service
) -> None:
    read_before = len(service.program.output())
    packed = (b"Content-Encoding", b"gzip"), (b"Content-Length", b"5")
    connection.send(request(*packed, method=b"POST", body=b"aaaaa") + request(CLOSE))
    assert connection.reasons(1) == ["public"]
    assert len(connection.answers()) <= 1
    assert "Traceback" not in service.program.output()[read_before:]
