"""In an outage nobody waits, nobody is cancelled by another, and Stytch is left alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from statistics import median

import pytest
from aiohttp import web

from tests.sessions.outages import stand_in
from tests.sessions.service import (
    ALLOWED,
    DEAD_TOKEN,
    INVALID,
    PASSWORD,
    UNAVAILABLE,
    Service,
)

FAILURES = 5
"""In a row; these open the circuit."""


async def open_circuit(service: Service) -> None:
    await service.fail(kind="error", status=500)
    for number in range(FAILURES):
        assert await service.ask("/account", token=f"{number}".zfill(44)) == UNAVAILABLE
    assert service.session_checks == FAILURES


async def test_with_the_circuit_open_nobody_waits_and_nobody_calls(service: Service) -> None:
    known = await service.sign_in(PASSWORD)
    assert await service.ask("/account", token=known.token) == ALLOWED
    service.emulator.calls["sessions.authenticate"] = 0
    await open_circuit(service)
    service.emulator.faults.clear()
    await service.fail(kind="hang")

    took = []
    for number in range(20):
        began = time.perf_counter()
        assert await service.ask("/account", token=f"{number}".zfill(44)) == UNAVAILABLE
        took.append(time.perf_counter() - began)
        assert await service.ask("/account", token=known.token) == ALLOWED

    assert median(took) < 0.02
    assert service.session_checks == FAILURES


async def test_after_the_pause_one_call_finds_out_and_all_may_follow(service: Service) -> None:
    sessions = [(await service.sign_in(PASSWORD)).token for _ in range(6)]
    await open_circuit(service)
    service.emulator.faults.clear()
    service.clock.now += 0.7  # a second, but up to a fifth less
    assert await service.ask("/account", token=sessions[0]) == UNAVAILABLE
    assert service.session_checks == FAILURES

    service.clock.now += 0.6
    answers = await asyncio.gather(*(service.ask("/account", token=one) for one in sessions))
    assert sorted(answers) == [ALLOWED] + [UNAVAILABLE] * 5
    assert service.session_checks == FAILURES + 1

    answers = [await service.ask("/account", token=one) for one in sessions]
    assert answers == [ALLOWED] * 6


async def test_while_one_call_finds_out_no_other_session_waits(service: Service) -> None:
    await open_circuit(service)
    service.emulator.faults.clear()
    await service.fail(kind="hang")
    service.clock.now += 1.3
    tried = asyncio.ensure_future(service.ask("/account", token=DEAD_TOKEN, deadline=0.6))
    await asyncio.sleep(0.05)
    assert service.session_checks == FAILURES + 1

    began = time.perf_counter()
    assert await service.ask("/account", token="E" * 44, deadline=0.4) == UNAVAILABLE
    took = time.perf_counter() - began

    assert await tried == UNAVAILABLE
    assert took < 0.3


async def test_while_stytch_is_down_the_pauses_grow(service: Service) -> None:
    await open_circuit(service)
    calls = []
    for _ in range(600):
        service.clock.now += 0.5
        assert await service.ask("/account", token=DEAD_TOKEN) == UNAVAILABLE
        calls.append(service.session_checks)
    # 1, 2, 4, 8, 16 and then 30 seconds, a fifth more or less, in five minutes.
    assert 12 <= calls[-1] - FAILURES <= 18


async def test_dead_sessions_however_many_say_nothing_of_stytchs_health(service: Service) -> None:
    for number in range(20):
        assert await service.ask("/account", token=f"{number}".zfill(44)) == INVALID
    signed_in = await service.sign_in(PASSWORD)
    assert await service.ask("/account", token=signed_in.token) == ALLOWED
    assert service.session_checks == 21


class Refusing:
    """Somebody who answers 429, and counts."""

    def __init__(self, retry_after: str) -> None:
        self.calls = 0
        self._retry_after = retry_after

    async def answer(self, _: web.Request) -> web.Response:
        self.calls += 1
        body = {"status_code": 429, "request_id": "r", "error_type": "too_many_requests"}
        return web.json_response(body, status=429, headers={"Retry-After": self._retry_after})


Opened = Callable[[Refusing], Awaitable[None]]


@pytest.fixture
async def opened(service: Service) -> AsyncIterator[Opened]:
    """Moves the service to a stand-in, which it asks once."""
    async with AsyncExitStack() as stack:

        async def move(refusing: Refusing) -> None:
            service.move(await stand_in(stack, refusing.answer))
            assert await service.ask("/account", token=DEAD_TOKEN) == UNAVAILABLE
            assert refusing.calls == 1

        yield move


@pytest.mark.parametrize(
    ("retry_after", "pause"), [("60", 60), ("299", 299), ("300", 300), ("86400", 300)]
)
async def test_retry_after_is_honoured_from_the_first_time(
    service: Service, opened: Opened, retry_after: str, pause: float
) -> None:
    refusing = Refusing(retry_after)
    await opened(refusing)

    service.clock.now += pause - 1
    assert await service.ask("/account", token=DEAD_TOKEN) == UNAVAILABLE
    assert refusing.calls == 1

    service.clock.now += 2
    assert await service.ask("/account", token=DEAD_TOKEN) == UNAVAILABLE
    assert refusing.calls == 2


@pytest.mark.parametrize(
    "retry_after", ["Fri, 15 Jan 2027 08:00:00 GMT", "-5", "1.5", "soon", "", "²", "1e3"]
)
async def test_a_retry_after_that_is_no_number_of_seconds_is_as_good_as_none(
    service: Service, opened: Opened, retry_after: str
) -> None:
    refusing = Refusing(retry_after)
    await opened(refusing)
    for _ in range(10):
        assert await service.ask("/account", token=DEAD_TOKEN) == UNAVAILABLE
    assert refusing.calls == FAILURES


async def test_who_hangs_up_cancels_nothing_for_others(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.fail(kind="delay", seconds=0.1)
    first, second, third = (
        asyncio.ensure_future(service.ask("/account", token=signed_in.token)) for _ in range(3)
    )
    await asyncio.sleep(0.03)
    first.cancel()
    third.cancel()

    assert await second == ALLOWED
    assert first.cancelled()
    assert service.session_checks == 1


async def test_who_hangs_up_alone_has_still_asked(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.fail(kind="delay", seconds=0.1)
    asking = asyncio.ensure_future(service.ask("/account", token=signed_in.token))
    await asyncio.sleep(0.03)
    asking.cancel()

    assert await service.ask("/account", token=signed_in.token) == ALLOWED
    assert service.session_checks == 1


async def test_a_call_that_misses_the_deadline_serves_the_retry(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.fail(kind="delay", seconds=0.2)

    missed = await service.ask("/account", token=signed_in.token, deadline=0.03)
    assert missed == UNAVAILABLE
    assert await service.ask("/account", token=signed_in.token) == ALLOWED
    assert service.session_checks == 1


async def test_slow_but_within_the_deadline_is_no_outage(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.fail(kind="delay", seconds=0.1)
    assert await service.ask("/account", token=signed_in.token) == ALLOWED


async def test_answers_that_never_end_open_the_circuit_like_silence(service: Service) -> None:
    calls = 0

    async def half(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        response.content_type = "application/json"
        await response.prepare(request)
        await response.write(b'{"session": ')
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await asyncio.Event().wait()
        return response

    async with AsyncExitStack() as stack:
        service.move(await stand_in(stack, half), timeout=0.1)
        for number in range(FAILURES + 5):
            token = f"{number}".zfill(44)
            assert await service.ask("/account", token=token) == UNAVAILABLE
    assert calls == FAILURES
