"""Clients that are slow, silent or many: they wait for themselves, and hold nobody up."""

import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.integration.stytch_emulator import StytchEmulator
from tests.wire.raw import GOOD, LAST_DENIED, Connection, connected, request
from tests.wire.service import Service, serving

IDLE_CONNECTIONS = 10_000
KIB_PER_IDLE_CONNECTION = 40
"""Generous: about 12 KiB are needed."""
SPARE_FILES = 300
BATCH = 100
"""Connections made before their answers are read; fewer than may wait to be accepted."""
MIB = 1024 * 1024
PROMPTLY = 3.0
"""Seconds; far more than an answer takes, since the machine may be busy with other things."""


@contextmanager
def promptly() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < PROMPTLY


@pytest.fixture
def idle_connections() -> Iterator[int]:
    """How many connections this machine lets two programs hold, up to what is wanted."""
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE_CONNECTIONS + SPARE_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    yield allowed - SPARE_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_request_may_come_byte_by_byte(connection: Connection) -> None:
    length = b"Content-Length", b"3"
    data = request(length, method=b"POST", body=b"aaa") + LAST_DENIED
    connection.send(*(data[i : i + 1] for i in range(len(data))), pause=0.0005)
    assert [answer.decision[1] for answer in connection.answers()] == ["public", "forbidden"]


@pytest.mark.parametrize("step", [2, 7, 64])
def test_a_request_may_be_cut_anywhere(connection: Connection, step: int) -> None:
    data = GOOD + LAST_DENIED
    connection.send(*(data[i : i + step] for i in range(0, len(data), step)), pause=0.0005)
    assert [answer.decision[1] for answer in connection.answers()] == ["public", "forbidden"]


def test_clients_that_never_finish_their_header_hold_nobody_up(service: Service) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(service.port)) for _ in range(200)]
        for number, connection in enumerate(slow):
            connection.send(GOOD[: number % (len(GOOD) - 1)])
        with promptly():
            service.assert_it_answers()
        connection = slow[60]
        assert connection.is_idle(0.05)
        connection.send(GOOD[60:])
        assert connection.reasons(1) == ["public"]


def test_a_body_that_never_comes_is_not_waited_for_before_the_answer(
    connection: Connection, service: Service
) -> None:
    with promptly():
        connection.send(request((b"Content-Length", b"1000000"), method=b"POST"))
        assert connection.reasons(1) == ["public"]
        service.assert_it_answers()


def test_a_large_body_is_dropped_as_it_comes(connection: Connection, service: Service) -> None:
    connection.send(GOOD)
    assert connection.reasons(1) == ["public"]
    before = service.resident_kib()
    size = 64 * MIB
    length = b"Content-Length", str(size).encode()
    connection.send(request(length, method=b"PUT"), *[b"b" * MIB] * 64, LAST_DENIED)
    assert [answer.decision[1] for answer in connection.answers()] == ["public", "forbidden"]
    assert service.resident_kib() - before < 16 * 1024


def test_a_client_that_never_reads_fills_no_memory(service: Service) -> None:
    before = service.resident_kib()
    offered = GOOD * (48 * MIB // len(GOOD))
    with ExitStack() as stack:
        for _ in range(2):
            connection = stack.enter_context(connected(service.port))
            assert connection.send_until_refused(offered, patience=0.3) < len(offered)
        with promptly():
            service.assert_it_answers()
        assert service.resident_kib() - before < 24 * 1024


def test_thousands_of_idle_connections_cost_little_and_hold_nobody_up(
    tmp_path: Path, emulator: StytchEmulator, idle_connections: int
) -> None:
    with serving(tmp_path, emulator.port) as own, ExitStack() as stack:
        own.assert_it_answers()
        before = own.resident_kib()
        idle: list[Connection] = []
        while len(idle) < idle_connections:
            batch = [Connection(own.port) for _ in range(BATCH)]
            idle += batch
            for connection in batch:
                stack.callback(connection.reset)
                connection.send(GOOD)
            assert [connection.reasons(1) for connection in batch] == [["public"]] * BATCH
        with promptly():
            own.assert_it_answers()
        for connection in (idle[0], idle[-1]):
            connection.send(GOOD)
            assert connection.reasons(1) == ["public"]
        each = (own.resident_kib() - before) / len(idle)
        print(f"{each:.1f} KiB for each of {len(idle)} idle connections")  # noqa: T201
        assert each < KIB_PER_IDLE_CONNECTION
